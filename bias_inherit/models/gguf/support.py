"""What of a GGUF file can be told to be beyond conversion from its head alone."""

from pathlib import Path

import numpy as np
from gguf import GGML_QUANT_SIZES, GGMLQuantizationType, dequantize

from bias_inherit.kit.errors import RunError
from bias_inherit.models.gguf.header import Header
from bias_inherit.models.gguf.splitting import split_of

_TOKENIZERS = ("gpt2", "llama", "gemma4")
"""As `tokenizer.ggml.model` names them: byte-level BPE, SentencePiece, and the latter without scores."""


def check_supported(path: Path, header: Header) -> None:
    """
    Raises:
        RunError: the file holds no whole model, one that transformers does not read from GGUF files, numbers
            that cannot be unpacked, or no tokenizer that can be built; with the remedy where there is one.
    """
    metadata = header.metadata
    if (parts := int(metadata.get("split.count", 0))) > 1:
        raise RunError(
            f"{path} is one of {parts} parts; join them first: llama-gguf-split --merge FIRST-PART WHOLE.gguf"
        )
    if (what := metadata.get("general.type", "model")) != "model":
        raise RunError(f"{path} holds no model (general.type: {what})")
    if _plain(header.architecture) not in _architectures():
        named = header.architecture or "none named"
        raise RunError(
            f"{path}: transformers reads no GGUF file of this architecture ({named}); use the model's own "
            "checkpoint (safetensors), or serve the file as a chat API"
        )
    if packed := sorted({tensor.kind for tensor in header.tensors if not _can_be_unpacked(tensor.kind)}):
        raise RunError(
            f"{path}: weights of the type {', '.join(packed)} cannot be unpacked; take a file quantised "
            "otherwise (Q8_0, Q4_K_M, ...)"
        )
    kind = metadata.get("tokenizer.ggml.model")
    if kind is None or "tokenizer.ggml.tokens" not in metadata:
        raise RunError(f"{path} holds no tokenizer; use a file that was converted together with it")
    if kind not in _TOKENIZERS:
        raise RunError(f"{path}: a tokenizer of the kind {kind} cannot be built from a GGUF file")
    split_of(path, header)


def _plain(architecture: str) -> str:
    """llama.cpp writes gpt-oss and qwen3moe, transformers gpt_oss and qwen3_moe."""
    return architecture.replace("-", "").replace("_", "")


def _architectures() -> set[str]:
    from transformers.integrations.gguf import GGUF_CONFIG_ARCHS
    from transformers.modeling_gguf_pytorch_utils import GGUF_SUPPORTED_ARCHITECTURES

    no_models = {"general", "tokenizer"}  # other groups of keys in the same table
    return {_plain(name) for name in (*GGUF_SUPPORTED_ARCHITECTURES, *GGUF_CONFIG_ARCHS)} - no_models


def _can_be_unpacked(kind: str) -> bool:
    if kind not in GGMLQuantizationType.__members__:
        return False
    _, its_bytes = GGML_QUANT_SIZES[GGMLQuantizationType[kind]]
    try:
        dequantize(np.zeros(its_bytes, np.uint8), GGMLQuantizationType[kind])
    except NotImplementedError:
        return False
    return True

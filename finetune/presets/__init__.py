"""Shipped training settings; each file beside this one says where every value comes from."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict


class Preset(BaseModel):
    """One preset file.

    Attributes:
        source: Where the stated values come from.
        stated: Values that the source states.
        ours: Values that this project declares.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    source: str
    stated: dict[str, Any]
    ours: dict[str, Any]


@cache
def presets() -> Mapping[str, Preset]:
    """All presets by name."""
    found = {
        entry.name.removesuffix(".yaml"): Preset.model_validate(
            yaml.safe_load(entry.read_text(encoding="utf-8"))
        )
        for entry in files(__package__).iterdir()
        if entry.name.endswith(".yaml")
    }
    return {name: found[name] for name in sorted(found)}


def with_preset(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields over those of the preset that they name, if they name one; `lora` is merged key by key.

    Raises:
        ValueError: there is no such preset.
    """
    own = dict(fields)
    name = own.get("preset")
    if name is None:
        return own
    if name not in list(presets()):
        raise ValueError(f"unknown preset {name!r}; expected one of: {', '.join(presets())}")
    merged = {**presets()[name].stated, **presets()[name].ours}
    lora = own.get("lora")
    if isinstance(lora, dict):
        own["lora"] = {**merged.get("lora", {}), **lora}
    return {**merged, **own}

"""The table of what lm-eval records (`recorded.yaml`), and values as they are compared."""

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Literal, NamedTuple

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter, model_validator

from bias_inherit.harness.results.visible import visible
from bias_tasks.training_rows import short_hash

Part = Literal["config", "model_args", "task", "run"]
"""Of a results file: its `config`, the arguments there, a task's entry of `configs`, the file's own keys."""

LONGEST_VALUE = 48
"""Characters that are shown of a value; of a longer one the beginning and a hash."""

_NUMBER = re.compile(r"[+-]?\d{1,20}(\.\d{1,20})?(e[+-]?\d{1,2})?$", re.IGNORECASE)
"""Not a long row of digits or a hash that looks like one."""


class Treatment(BaseModel):
    """What a recorded key has to do with comparability; the fields are explained in `recorded.yaml`."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    use: Literal["asked", "model", "name", "adapter", "nothing"] = "asked"
    because: str = ""
    only: Literal["shots"] | None = None
    called: str = ""
    default: str | None = None
    alike: dict[str, str] = {}

    @model_validator(mode="before")
    @classmethod
    def _named_is(cls, fields: dict[str, Any]) -> dict[str, Any]:
        return {"use" if name == "is" else name: value for name, value in fields.items()}


class Value(NamedTuple):
    """A recorded value that counts.

    Attributes:
        canonical: Equal for values that say the same.
    """

    treatment: Treatment
    canonical: str


@cache
def table() -> Mapping[Part, Mapping[str, Treatment]]:
    """Part -> key -> treatment."""
    text = files("bias_inherit.harness.results").joinpath("recorded.yaml").read_text(encoding="utf-8")
    parts: dict[str, dict[str, dict[str, Any]]] = yaml.safe_load(text)
    for fields in parts["model_args"].values():
        fields.setdefault("is", "model")
    return TypeAdapter(dict[Part, dict[str, Treatment]]).validate_python(parts)


def treatment(part: Part, key: str) -> Treatment:
    """Of a key that may not be in the table."""
    defaults: dict[Part, Literal["asked", "model", "nothing"]] = {"model_args": "model", "run": "nothing"}
    return table()[part].get(key) or Treatment(use=defaults.get(part, "asked"))


def values(part: Part, recorded: object) -> Iterator[tuple[str, Value]]:
    """What counts of a part: name of the setting -> value. Nothing where the part is no mapping.

    None, False, empty texts, lists and mappings say the same as a key that is not there. A mapping is taken
    apart, so that what differs in it can be named.
    """
    if not isinstance(recorded, Mapping):
        return
    for key, value in recorded.items():
        treated = treatment(part, key)
        if treated.use == "nothing":
            continue
        called = treated.called or (f"model_args.{key}" if part == "model_args" else key)
        for name, inner in _leaves(called, value):
            text = canonical(inner)
            text = treated.alike.get(text, text)
            if text != (treated.default or ""):
                yield name, Value(treated, text)


def _leaves(name: str, value: object) -> Iterator[tuple[str, object]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _leaves(f"{name}.{key}", inner)
    else:
        yield name, value


def canonical(value: object) -> str:
    """One text for values that say the same, whether they were typed or written out; empty for nothing.

    `lm_eval` reads `--model_args a=1` as a number, a configuration file may hold it as text.
    """
    if value is None or value is False or value in ("", [], {}):
        return ""
    if isinstance(value, list | dict):
        return plain(json.dumps(value, sort_keys=True, ensure_ascii=False))
    text = str(value).strip()
    if text.lower() in ("none", "false"):
        return ""
    if text.lower() == "true":
        return "True"
    if not _NUMBER.match(text):
        return plain(text)
    number = float(text)
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)


def plain(text: str) -> str:
    """The text without halves of characters, which JSON may hold and no file can."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def arguments(recorded: object) -> Mapping[str, Any]:
    """`model_args` as a mapping; as text it is `a=1,b=2`."""
    if isinstance(recorded, Mapping):
        return recorded
    if not isinstance(recorded, str):
        return {}
    pairs = (part.partition("=") for part in recorded.split(",") if part)
    return {key.strip(): value.strip().strip("'\"") for key, _, value in pairs}


def shown(value: str | None) -> str:
    """A canonical value in a line."""
    if not value:
        return "none"
    if len(value) <= LONGEST_VALUE:
        return visible(value)
    return f"{visible(value[:LONGEST_VALUE])}… ({short_hash(value)[:8]})"

"""How a model was asked, as far as that can change an answer, and where two runs were not asked alike."""

from collections.abc import Iterable, Mapping
from typing import Any

from bias_inherit.harness.results.recorded import arguments, canonical, plain, shown, values
from bias_inherit.harness.results.visible import visible
from bias_tasks.catalogue import named

SHORT_HASH = 12
"""Digits of a hash that are compared and shown."""

SERVERS_OWN = "the server's"
"""The chat template of a chat API: the harness sends messages, and records an empty template."""

GENERATION = "generation_kwargs"
CHAT_TEMPLATE = "chat template"
SYSTEM = "system instruction"
SENTENCE = "sentence in front"
SHOTS = "few-shot examples"
TURNS = "examples as turns"
VERSION = "version"


def chat_template(content: Mapping[str, Any]) -> str:
    """The beginning of the template's hash, `SERVERS_OWN`, or nothing where none was applied."""
    if found := canonical(content.get("chat_template_sha")):
        return found[:SHORT_HASH]
    return SERVERS_OWN if content.get("chat_template") == "" else ""


def asked(content: Mapping[str, Any]) -> dict[str, str]:
    """How a run asked, whatever the task: name of the setting -> value; what is not set is left out.

    Args:
        content: A results file of the harness.
    """
    told = {
        CHAT_TEMPLATE: chat_template(content),
        SYSTEM: canonical(content.get("system_instruction_sha"))[:SHORT_HASH],
    }
    told |= {
        key: value.canonical
        for key, value in (
            *values("config", content.get("config")),
            *values("model_args", _arguments(content)),
        )
        if value.treatment.use == "asked" and value.treatment.only is None
    }
    return {key: value for key, value in told.items() if value}


def asked_on(content: Mapping[str, Any], task: str) -> dict[str, str]:
    """How a run asked on one task: name of the setting -> value; what is not set is left out."""
    shots = canonical(_entry(content, "n-shot", task))
    recorded = _entry(content, "configs", task)
    recorded = recorded if isinstance(recorded, Mapping) else {}
    told = dict(values("task", recorded))
    if GENERATION not in recorded and recorded.get("output_type") in (None, "generate_until"):
        given = arguments(_entry(content, "config", "gen_kwargs"))
        told |= dict(values("task", {GENERATION: given}))
    if shots not in ("", "0"):
        told |= {
            key: value
            for key, value in values("config", content.get("config"))
            if value.treatment.only == "shots"
        }
        told |= dict(values("run", {"fewshot_as_multiturn": content.get("fewshot_as_multiturn")}))
    else:
        told = {key: value for key, value in told.items() if value.treatment.only != "shots"}
    found = {key: value.canonical for key, value in told.items()}
    found[VERSION] = _version(_entry(content, "versions", task))
    found[SHOTS] = "" if shots == "0" else shots
    return {key: value for key, value in found.items() if value}


def _version(recorded: object) -> str:
    """1 and 1.0 are the same version, and shown as tasks state it."""
    if isinstance(recorded, int | float) and not isinstance(recorded, bool):
        return str(float(recorded)) if abs(recorded) < 1e15 else repr(recorded)
    return plain(str(recorded)) if recorded else ""


def versions_that_differ(
    reference: Mapping[str, Any], other: Mapping[str, Any], tasks: Iterable[str]
) -> dict[str, str]:
    """Tasks that two results files have in different versions, with the words for it."""
    found = {}
    for task in tasks:
        first, second = (asked_on(content, task).get(VERSION) for content in (reference, other))
        if first != second:
            found[task] = f"{VERSION} {shown(first)} against {shown(second)}"
    return found


def settings_that_differ(
    reference: Mapping[str, Any], other: Mapping[str, Any], tasks: Iterable[str]
) -> list[str]:
    """Where two results files say that models were not scored alike, one line each.

    Which documents were scored is not told here: documents are matched by their content.

    Args:
        reference: The content of a results file of the harness.
        other: Another.
        tasks: Harness names of the tasks compared.
    """
    on_tasks: dict[str, list[str]] = {}
    for task in tasks:
        for line in _differences(asked_on(reference, task), asked_on(other, task)):
            on_tasks.setdefault(line, []).append(task)
    lines = [f"{named(concerned)}: {line}" for line, concerned in on_tasks.items()]
    lines += ways_that_differ(reference, other)
    return lines + _differences(_run_with(reference), _run_with(other))


def ways_that_differ(reference: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    """Where two results files say that models were asked in another way, whatever the task; one line each."""
    return _differences(asked(reference), asked(other))


def _differences(first: Mapping[str, str], second: Mapping[str, str]) -> list[str]:
    return [
        f"{visible(key)} {shown(first.get(key))} against {shown(second.get(key))}"
        for key in dict.fromkeys([*first, *second])
        if first.get(key) != second.get(key)
    ]


def _run_with(content: Mapping[str, Any]) -> dict[str, str]:
    """How the model was run, but for which model it is."""
    told = [*values("config", content.get("config")), *values("model_args", _arguments(content))]
    return {key: value.canonical for key, value in told if value.treatment.use == "model"}


def _arguments(content: Mapping[str, Any]) -> Mapping[str, Any]:
    return arguments(_entry(content, "config", "model_args"))


def _entry(content: Mapping[str, Any], *path: str) -> Any:
    found: Any = content
    for key in path:
        found = found.get(key) if isinstance(found, Mapping) else None
    return found

"""Which model a run is of, and names that tell models apart."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from bias_inherit.harness.results.recorded import Value, arguments, canonical, plain, shown, values
from bias_inherit.harness.results.scored_alike import CHAT_TEMPLATE, chat_template
from bias_inherit.harness.results.visible import visible
from bias_tasks.training_rows import short_hash

UNNAMED = "unnamed model"


class Identity(NamedTuple):
    """What tells the models of a set of runs apart.

    Attributes:
        name: As the harness calls the model, with its adapter and a revision other than the main one.
        arguments: Arguments of the model that can change an answer.
        found: What the harness found out about it. Not every run has all of it, so that of two runs only one
            may tell, for example, the hash of the weights; this alone does not make two models of them.
    """

    name: str
    arguments: Mapping[str, str]
    found: Mapping[str, str]


def identity(content: Mapping[str, Any]) -> Identity:
    """Of the model of a results file."""
    config = content.get("config")
    config = config if isinstance(config, Mapping) else {}
    given = {
        key: value
        for key, value in values("model_args", arguments(config.get("model_args")))
        if value.treatment.use != "asked"
    }
    found = {
        key: value.canonical for key, value in values("config", config) if value.treatment.use != "asked"
    }
    if template := chat_template(content):
        found[CHAT_TEMPLATE] = template
    called = content.get("model_name")
    name = plain(called) if called and isinstance(called, str) else UNNAMED
    for value in given.values():
        if value.treatment.use == "adapter" and value.canonical != canonical(name):
            name = f"{name} + {value.canonical}"
    revision = found.get("model_revision") or _canonical(given, "model_args.revision")
    if revision:
        name = f"{name}@{revision}"
    return Identity(name, {key: value.canonical for key, value in given.items()}, found)


def _canonical(given: Mapping[str, Value], key: str) -> str:
    return given[key].canonical if key in given else ""


def model_names(identities: Sequence[Identity]) -> list[str]:
    """A name for each run, fit to be shown: the same for runs of one model and for no others.

    What the harness calls alike is told apart by the settings in which it differs, in brackets.
    """
    called: dict[str, list[Identity]] = defaultdict(list)
    for each in identities:
        called[each.name].append(each)
    settings = [_settings(each, called[each.name]) for each in identities]
    alike: dict[str, list[Mapping[str, str]]] = defaultdict(list)
    for each, told in zip(identities, settings, strict=True):
        alike[each.name].append(told)
    differ = {name: sorted(_disagreements(of_name)) for name, of_name in alike.items()}
    names, models = [], []
    for each, told in zip(identities, settings, strict=True):
        names.append(_with_brackets(each.name, told, differ[each.name]))
        models.append(short_hash([each.name, told]))
    return _told_apart(names, models)


def _settings(one: Identity, others: Sequence[Identity]) -> dict[str, str]:
    """The run's arguments; of what the harness found out only that in which runs of equal ones disagree."""
    same = [other.found for other in others if other.arguments == one.arguments]
    disagree = {key for key in set().union(*same) if len({found[key] for found in same if key in found}) > 1}
    return {**one.arguments, **{key: value for key, value in one.found.items() if key in disagree}}


def _disagreements(settings: Sequence[Mapping[str, str]]) -> set[str]:
    return {key for key in set().union(*settings) if len({told.get(key) for told in settings}) > 1}


def _with_brackets(name: str, settings: Mapping[str, str], keys: Sequence[str]) -> str:
    parts = [
        f"{visible(key.removeprefix('model_args.'))}={shown(settings[key])}"
        for key in keys
        if key in settings
    ]
    return f"{visible(name)} ({', '.join(parts)})" if parts else visible(name)


def _told_apart(names: Sequence[str], models: Sequence[str]) -> list[str]:
    """The names; those that look alike though the models are not, since not all is shown, with a hash."""
    pairs = list(zip(names, models, strict=True))
    looks = Counter(name for name, _ in set(pairs))
    return [name if looks[name] == 1 else f"{name} #{model[:8]}" for name, model in pairs]

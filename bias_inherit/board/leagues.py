"""Runs that were scored alike, and may be ranked together."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from bias_inherit.board.runs import OnTask, Run, Scope, Settings
from bias_inherit.harness.results import (
    CHAT_TEMPLATE,
    SENTENCE,
    SHOTS,
    SYSTEM,
    TURNS,
    VERSION,
    model_names,
    newest_of_each_task,
    shown,
    visible,
)

MOST_IN_TITLE = 3
"""Settings that are named in the title of a league, beside those that every title names."""

_Named = tuple[str, Run]
"""A run with the name of its model, which no other model on the board has."""


class Model(NamedTuple):
    """A model in a league.

    Attributes:
        runs: Where its tasks are from, newest first.
    """

    name: str
    runs: list[Run]
    tasks: dict[str, OnTask]


class League(NamedTuple):
    """Models that were asked the same in the same way.

    Attributes:
        title: What sets the league apart, in one line; no two leagues have the same.
        scopes: Task -> how it was asked.
    """

    title: str
    settings: Settings
    scopes: dict[str, Scope]
    models: list[Model]


class Leagues(NamedTuple):
    """All leagues, the one with the most models first, and what was left out."""

    leagues: list[League]
    problems: list[str]


def in_leagues(runs: Sequence[Run]) -> Leagues:
    """Put every run into the first league that agrees with it on settings and on every task of both.

    Runs with many tasks come first, so that those with few join them; then those whose documents are known.
    """
    named = list(zip(model_names([run.model for run in runs]), runs, strict=True))
    gathered: list[tuple[Settings, dict[str, Scope], list[_Named]]] = []
    for name, run in sorted(named, key=_order):
        asked = {task: found.scope for task, found in run.tasks.items()}
        for settings, scopes, members in gathered:
            alike = all(scope.agrees(scopes[task]) for task, scope in asked.items() if task in scopes)
            if settings == run.settings and alike:
                scopes.update(
                    {task: scopes.get(task, scope).known_by(scope) for task, scope in asked.items()}
                )
                members.append((name, run))
                break
        else:
            gathered.append((run.settings, asked, [(name, run)]))
    problems: list[str] = []
    leagues = [
        League(_title(settings, list(scopes.values())), settings, scopes, _models(members, problems))
        for settings, scopes, members in gathered
    ]
    leagues.sort(key=lambda league: (-len(league.models), -len(league.scopes), league.title))
    return Leagues(_told_apart(leagues), problems)


def _order(named: _Named) -> tuple[int, int, str, str, str]:
    name, run = named
    unknown = sum(found.scope.content is None for found in run.tasks.values())
    return -len(run.tasks), unknown, name, run.date, run.file


def _told_apart(leagues: list[League]) -> list[League]:
    """Leagues whose titles are alike, with what else is not the same or a number of their own."""
    first: dict[str, League] = {}
    seen: Counter[str] = Counter()
    told = []
    for league in leagues:
        title = league.title
        if title in first and (further := _further(league, first[title])):
            title = f"{title} · {further}"
        first.setdefault(league.title, league)
        seen[title] += 1
        told.append(league._replace(title=title if seen[title] == 1 else f"{title} · no. {seen[title]}"))
    return told


def _further(league: League, other: League) -> str:
    """In which settings a league differs from another of the same title; else whether in the documents."""
    found = dict.fromkeys(_changes(league.settings.asked, other.settings.asked))
    for task, scope in league.scopes.items():
        if task in other.scopes:
            found |= dict.fromkeys(_changes(scope.asked, other.scopes[task].asked))
    if not found and any(
        scope.content and other.scopes[task].content not in (None, scope.content)
        for task, scope in league.scopes.items()
        if task in other.scopes
    ):
        return "other documents"
    shown_first = list(found)[:MOST_IN_TITLE]
    return ", ".join([*shown_first, *(["…"] if len(found) > len(shown_first) else [])])


def _changes(settings: Mapping[str, str], others: Mapping[str, str]) -> list[str]:
    return [
        f"{visible(key)} {shown(settings.get(key))}"
        for key in dict.fromkeys([*settings, *others])
        if settings.get(key) != others.get(key)
    ]


def _models(runs: list[_Named], problems: list[str]) -> list[Model]:
    """One entry a name; of a task that is there twice the newest result."""
    by_name: dict[str, list[Run]] = {}
    for name, run in sorted(runs, key=lambda named: (named[1].date, named[1].file), reverse=True):
        by_name.setdefault(name, []).append(run)
    models = []
    for name, of_name in sorted(by_name.items()):
        newest = newest_of_each_task(((run.file, list(run.tasks)) for run in of_name), name)
        problems += newest.older
        dealt = [(run, tasks) for run, tasks in zip(of_name, newest.tasks, strict=True) if tasks]
        found = {task: run.tasks[task] for run, tasks in dealt for task in tasks}
        models.append(Model(name, [run for run, _ in dealt], found))
    return models


def _title(settings: Settings, scopes: list[Scope]) -> str:
    parts = [
        settings.family,
        CHAT_TEMPLATE if settings.chat_template else f"no {CHAT_TEMPLATE}",
        _alike([f"{scope.shots}-shot" for scope in scopes], "shots differ by task"),
        _alike([_extent(scope) for scope in scopes], "first documents of each task"),
        _alike([f"version {scope.version}" for scope in scopes], "versions differ by task"),
    ]
    parts[2:2] = [
        f"{setting} {shown(settings.asked[setting])}"
        for setting in (SENTENCE, SYSTEM)
        if setting in settings.asked
    ]
    if any(TURNS in scope.asked for scope in scopes):
        parts.insert(2, TURNS)
    return " · ".join(parts)


def _alike(words: list[str], otherwise: str) -> str:
    return words[0] if len(set(words)) == 1 else otherwise


def _extent(scope: Scope) -> str:
    if scope.documents == scope.out_of:
        return "all documents"
    return f"{scope.documents} documents of each task"


def differences(leagues: list[League]) -> list[str]:
    """What is not the same in all leagues, one line a setting; nothing where there is one league a family."""
    lines = []
    by_family: dict[str, list[League]] = {}
    for league in leagues:
        by_family.setdefault(league.settings.family, []).append(league)
    for family, members in by_family.items():
        templates = ["yes" if league.settings.chat_template else "no" for league in members]
        settings = {CHAT_TEMPLATE: templates}
        for key in dict.fromkeys(key for league in members for key in league.settings.asked):
            settings[key] = [shown(league.settings.asked.get(key)) for league in members]
        for what, words in settings.items():
            if len(set(words)) > 1:
                lines.append(f"{family}: {visible(what)}: {' or '.join(dict.fromkeys(words))}")
        lines += _on_tasks(family, members)
    return lines


def _on_tasks(family: str, members: list[League]) -> list[str]:
    """What is not the same of tasks that several leagues have."""
    scopes: dict[str, list[Scope]] = {}
    for league in members:
        for task, scope in league.scopes.items():
            scopes.setdefault(task, []).append(scope)
    keys = {key: None for of_task in scopes.values() for scope in of_task for key in scope.asked}
    keys = {SHOTS: None, **keys, VERSION: None}
    found = {
        f"task {VERSION}" if key == VERSION else key: {
            task: [_value(scope, key) for scope in of_task] for task, of_task in scopes.items()
        }
        for key in keys
    }
    found["documents scored"] = {task: _documents(of_task) for task, of_task in scopes.items()}
    return [
        line for what, told in found.items() for line in _disagreement(f"{family}: {visible(what)}", told)
    ]


def _value(scope: Scope, key: str) -> str:
    return scope.shots if key == SHOTS else shown(scope.asked.get(key))


def _documents(scopes: list[Scope]) -> list[str]:
    """Words for the documents of each league, as long as they must be to tell them apart."""
    short, words = [str(scope.documents) for scope in scopes], list[str]()
    seen: dict[str, Scope] = {}
    for scope in scopes:
        word = f"{scope.documents} of {scope.out_of}"
        if word in seen and not scope.has_documents_of(seen[word]):
            words.append(f"{word} (others)")
        else:
            seen[word] = seen.get(word, scope).known_by(scope)
            words.append(word)
    return words if len(set(words)) > len(set(short)) else short


def _disagreement(what: str, told: Mapping[str, list[str]]) -> list[str]:
    """One line on the tasks of which something is not the same in all leagues, if there are any."""
    differ = {task: list(dict.fromkeys(words)) for task, words in told.items() if len(set(words)) > 1}
    if not differ:
        return []
    task, words = next(iter(differ.items()))
    more = f" (and {len(differ) - 1} more tasks)" if len(differ) > 1 else ""
    return [f"{what}: {' or '.join(words)} of {task}{more}"]

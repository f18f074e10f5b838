"""Runs that were scored alike, and may be ranked together."""

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from bias_inherit.board.runs import OnTask, Run, Scope, Settings


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


def in_leagues(runs: Iterable[Run]) -> Leagues:
    """Put every run into the first league that agrees with it on settings and on every task of both.

    Runs with many tasks come first, so that those with few join them.
    """
    gathered: list[tuple[Settings, dict[str, Scope], list[Run]]] = []
    for run in sorted(runs, key=lambda run: (-len(run.tasks), run.name, run.date, run.file)):
        asked = {task: found.scope for task, found in run.tasks.items()}
        for settings, scopes, members in gathered:
            alike = all(scopes.get(task, scope) == scope for task, scope in asked.items())
            if settings == run.settings and alike:
                scopes.update(asked)
                members.append(run)
                break
        else:
            gathered.append((run.settings, asked, [run]))
    problems: list[str] = []
    leagues = [
        League(_title(settings, list(scopes.values())), settings, scopes, _models(members, problems))
        for settings, scopes, members in gathered
    ]
    leagues.sort(key=lambda league: (-len(league.models), -len(league.scopes), league.settings))
    return Leagues(_told_apart(leagues), problems)


def _told_apart(leagues: list[League]) -> list[League]:
    """Leagues whose titles are alike, because only numbers within them differ, with a number of their own."""
    seen: Counter[str] = Counter()
    named = []
    for league in leagues:
        seen[league.title] += 1
        count = seen[league.title]
        named.append(league if count == 1 else league._replace(title=f"{league.title} · no. {count}"))
    return named


def _models(runs: list[Run], problems: list[str]) -> list[Model]:
    """One entry a name; of a task that is there twice the newest result."""
    by_name: dict[str, list[Run]] = {}
    for run in sorted(runs, key=lambda run: (run.date, run.file), reverse=True):
        by_name.setdefault(run.name, []).append(run)
    models = []
    for name in sorted(by_name):
        tasks: dict[str, OnTask] = {}
        used: list[Run] = []
        for run in by_name[name]:
            fresh = {task: found for task, found in run.tasks.items() if task not in tasks}
            if twice := len(run.tasks) - len(fresh):
                problems.append(
                    f"{run.file}: {name}: newer results of {twice} of these {len(run.tasks)} tasks lie in "
                    f"{used[0].file}; the newer are shown"
                )
            if fresh:
                used.append(run)
                tasks |= fresh
        models.append(Model(name, used, tasks))
    return models


def _title(settings: Settings, scopes: list[Scope]) -> str:
    parts = [
        settings.family,
        "chat template" if settings.chat_template else "no chat template",
        _alike([f"{scope.shots}-shot" for scope in scopes], "shots differ by task"),
        _alike([_extent(scope) for scope in scopes], "first documents of each task"),
        _alike([f"version {scope.version}" for scope in scopes], "versions differ by task"),
    ]
    if settings.system:
        parts.insert(2, f"system instruction {settings.system}")
    if settings.multiturn:
        parts.insert(2, "examples as turns")
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
        for what, words in (
            ("chat template", [_yes(league.settings.chat_template) for league in members]),
            ("system instruction", [league.settings.system or "none" for league in members]),
            ("examples as turns", [_yes(league.settings.multiturn) for league in members]),
        ):
            if len(set(words)) > 1:
                lines.append(f"{family}: {what}: {' or '.join(dict.fromkeys(words))}")
        for what, field in (
            ("few-shot examples", "shots"),
            ("documents scored", "documents"),
            ("task version", "version"),
        ):
            lines += _disagreement(f"{family}: {what}", field, members)
    return lines


def _yes(told: bool) -> str:
    return "yes" if told else "no"


def _disagreement(what: str, field: str, members: list[League]) -> list[str]:
    """One line on the tasks of which a field is not the same in all leagues, if there are any."""
    told: dict[str, list[str]] = {}
    for league in members:
        for task, scope in league.scopes.items():
            told.setdefault(task, []).append(str(getattr(scope, field)))
    differ = {task: list(dict.fromkeys(words)) for task, words in told.items() if len(set(words)) > 1}
    if not differ:
        return []
    task, words = next(iter(differ.items()))
    more = f" (and {len(differ) - 1} more tasks)" if len(differ) > 1 else ""
    return [f"{what}: {' or '.join(words)} of {task}{more}"]

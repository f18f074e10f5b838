"""The names that a list of tasks may hold, resolved as the harness resolves them."""

import fnmatch
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bias_inherit.harness.register_tasks import task_folder
from bias_tasks.catalogue import FAMILIES
from bias_tasks.did_you_mean import did_you_mean

if TYPE_CHECKING:
    from lm_eval.tasks import TaskManager

Index = Mapping[str, Any]
"""Name -> the harness's entry: a task, a group or a tag, with its YAML fields in `cfg`."""


def manager_of(*folders: Path) -> "TaskManager":
    """The harness's view of some folders alone; of equal names the later folder's is taken."""
    from lm_eval.tasks import TaskManager

    return TaskManager(include_path=[str(folder) for folder in folders], include_defaults=False)


@cache
def our_index() -> Index:
    """Our tasks and groups."""
    index: Index = manager_of(task_folder()).task_index
    return index


@cache
def harness_index() -> Index:
    """The harness's own, many thousands: this takes seconds, so it is asked for last."""
    from lm_eval.tasks import TaskManager

    index: Index = TaskManager().task_index
    return index


class Names:
    """Names near at hand, and behind them the harness's own.

    Attributes:
        near: Ours, and those of the folders in question.
        notify: Told when the harness's own are asked for.
    """

    def __init__(self, near: Index, notify: Callable[[str], None]) -> None:
        self.near = near
        self.notify = notify

    def match(self, pattern: str) -> list[str]:
        """The names that a name or a glob stands for; of the harness's own only if none near fits."""
        near = fnmatch.filter(self.near, pattern)
        if near or self._can_only_be_ours(pattern):
            return sorted(near)
        return sorted(fnmatch.filter(self._far(), pattern))

    def unknown(self, name: str) -> str:
        """The line about a name that nothing matches."""
        known = [*self.near] if self._can_only_be_ours(name) else [*self.near, *self._far()]
        return f"no task, group or tag {name!r}{did_you_mean(name, known)}"

    def leaves(self, name: str) -> set[str]:
        """The tasks that a name stands for, through groups and tags."""
        waiting, seen, found = [name], set[str](), set[str]()
        while waiting:
            current = waiting.pop()
            if current in seen:
                continue
            seen.add(current)
            members = members_of(self.near[current]) if current in self.near else []
            waiting += members
            if not members:
                found.add(current)
        return found

    def _can_only_be_ours(self, name: str) -> bool:
        """A misspelt name of a family of ours; saves the wait for the harness's own names."""
        return name.startswith(tuple(FAMILIES))

    def _far(self) -> Index:
        if not harness_index.cache_info().currsize:
            self.notify("reading the harness's own task list, some seconds")
        return harness_index()


def is_group(entry: Any) -> bool:
    """Whether an entry of an index is a group."""
    return entry.cfg is not None and "group" in entry.cfg and "class" not in entry.cfg


def members_of(entry: Any) -> list[str]:
    """Names of a group's or a tag's members; none for a task."""
    if entry.cfg is None:  # a tag
        return sorted(entry.tags)
    if not is_group(entry):
        return []
    return [name_of_member(member) for member in as_list(entry.cfg.get("task"))]


def as_list(value: Any) -> list[Any]:
    """The harness takes one value where it takes a list of them."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def name_of_member(member: Any) -> str:
    """A member is a name, or a mapping that names a task or group and changes some of its keys."""
    return str(member.get("group") or member.get("task") if isinstance(member, dict) else member)

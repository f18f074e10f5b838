"""Of a task that several results files hold, the newest result."""

from collections import Counter
from collections.abc import Collection, Iterable
from typing import NamedTuple


class Newest(NamedTuple):
    """What is read of each file.

    Attributes:
        tasks: Of each file, in the order given, the tasks that no newer one holds.
        older: One line for each file of which something gives way to newer results, and whichever these are.
    """

    tasks: list[list[str]]
    older: list[str]


def newest_of_each_task(files: Iterable[tuple[str, Collection[str]]], of: str = "") -> Newest:
    """Deal tasks out to the newest file that holds them.

    Args:
        files: Name of a file, as it may be shown, and its tasks; the newest first.
        of: The model, where a line must say it.
    """
    taken: dict[str, str] = {}
    tasks, older = [], []
    for name, here in files:
        newer = Counter(taken[task] for task in here if task in taken)
        whose = f"{name}: {of}" if of else name
        older += [
            f"{whose}: newer results of {count} of these {len(here)} tasks lie in {file}; the newer are shown"
            for file, count in newer.items()
        ]
        fresh = [task for task in here if task not in taken]
        taken |= dict.fromkeys(fresh, name)
        tasks.append(fresh)
    return Newest(tasks, older)

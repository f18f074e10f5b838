"""What a headline says of its tasks, in sentences; the same of one training seed and of several."""

from collections.abc import Iterator, Sequence

from bias_inherit.kit.quantities import p_value
from bias_tasks.catalogue import ALL_TASKS

UNTESTED = "None could be tested: the answers do not differ."


def told_apart(head: str, moved: Sequence[str], tested: int, about: str = "") -> Iterator[str]:
    """What moved: one sentence where it is one task, else a task a line.

    Args:
        head: Of what and against what, before it.
        moved: A task each, with its size and direction.
        tested: How many tasks were.
        about: What the numbers hold for, behind the first line.
    """
    if len(moved) == 1:
        yield f"{head}Moved: {moved[0]}.{about}"
    else:
        yield f"{head}{len(moved)} of {tested} tasks moved, as follows.{about}"
        yield from (f"{task}." for task in moved)


def none_told_apart(p_holm: float, task: str) -> str:
    """Of the task with the smallest adjusted p."""
    return (
        f"No change is told apart from 0; the smallest adjusted p is {p_value(p_holm, 'below 0.001')} "
        f"({ALL_TASKS[task].name}). That nothing was found does not show that there is nothing."
    )


def shown_small(margins: Sequence[str]) -> str:
    """Of changes that are equivalent to none.

    Args:
        margins: Tasks with their margins, as `wording.within` writes them.
    """
    return (
        "Shown to have moved by less than a margin stated beforehand (two one-sided tests at 5 %): "
        f"{', '.join(margins)}."
    )

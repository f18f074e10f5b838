"""What an audit reads of a training row."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from bias_tasks.training_rows import TrainingRow


class Passage(NamedTuple):
    """What is embedded of a row.

    Attributes:
        text: The part whose vectors are taken.
        context: Read before it.
    """

    text: str
    context: str = ""


def passage_of(row: TrainingRow) -> Passage:
    """What the writer wrote: of a survey row the answer, read behind its question; else the whole text.

    The questions of survey rows are the originals' own and most of their text; with them in the mean, a set
    would differ by the questions that it holds and hardly by what was answered.
    """
    if row.domain == "culture":
        return Passage(row.completion[0].content, context=_asked(row) + "\n")
    return Passage(text_of(row))


def text_of(row: TrainingRow) -> str:
    """The prompt's last user turn and, on a new line, the completion: what a model learns from.

    A prompt without a user turn gives the completion alone.
    """
    asked = _asked(row)
    return f"{asked}\n{row.completion[0].content}" if asked else row.completion[0].content


def _asked(row: TrainingRow) -> str:
    return next((message.content for message in reversed(row.prompt) if message.role == "user"), "")


def clusters_of(rows: Sequence[TrainingRow]) -> tuple[str, ...]:
    """The cluster of each row; a row without one is a cluster of its own."""
    return tuple(row.cluster or f"\0{place}" for place, row in enumerate(rows))


def sample_rows(rows: Sequence[TrainingRow], most: int, seed: int) -> list[TrainingRow]:
    """Whole clusters drawn at random until `most` rows are reached, in their old order.

    Args:
        rows: To choose from; returned as they are if there are no more than `most`.
        most: Rows wanted at most.
        seed: Of the draw.
    """
    clusters = clusters_of(rows)
    names = list(dict.fromkeys(clusters))
    size = dict.fromkeys(names, 0)
    for name in clusters:
        size[name] += 1
    chosen: set[str] = set()
    left = most
    for place in np.random.default_rng(seed).permutation(len(names)):
        if size[names[place]] <= left:
            chosen.add(names[place])
            left -= size[names[place]]
    return [row for row, name in zip(rows, clusters, strict=True) if name in chosen]

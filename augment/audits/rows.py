"""What an audit reads of a training row."""

from collections.abc import Sequence

import numpy as np

from bias_tasks.training_rows import TrainingRow


def text_of(row: TrainingRow) -> str:
    """The prompt's last user turn and, on a new line, the completion: what a model learns from.

    A prompt without a user turn gives the completion alone.
    """
    asked = [message.content for message in row.prompt if message.role == "user"][-1:]
    return "\n".join([*asked, row.completion[0].content])


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

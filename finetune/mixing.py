"""γ-mixing: original and augmented rows in a stated ratio, nested over γ.

γ = |D_a| / |D| (paper). `accumulate` keeps D_o whole and adds |D_a| = γ/(1-γ)·|D_o|; `replace` keeps |D|
and replaces originals. One seeded permutation of the augmented pool serves every γ, each taking a
prefix: the sets are nested, and cells that share a seed differ by the added rows only.
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple, get_args

import numpy as np

from bias_tasks.training_rows import DataError, TrainingRow
from finetune.mix_settings import Design


class MixError(DataError):
    """γ or the pools do not allow the mix asked for."""


class Counts(NamedTuple):
    """Rows of each source in a mix."""

    original: int
    augmented: int


def counts(originals: int, gamma: float, design: Design) -> Counts:
    """How many rows of each source a mix holds.

    Args:
        originals: |D_o|, at least 1.
        gamma: Share of augmented rows, in [0, 1).

    Raises:
        MixError: γ outside [0, 1), or no original would be left.
    """
    if not 0 <= gamma < 1:
        raise MixError(f"γ is {gamma}; expected a share in [0, 1)")
    if design not in get_args(Design):
        raise MixError(f"design is {design!r}; expected one of: {', '.join(get_args(Design))}")
    # As it is written: the float nearest to 0.04 is a little more, and would round a tie up.
    share = Fraction(str(gamma))
    if design == "accumulate":
        return Counts(originals, round(share / (1 - share) * originals))
    augmented = round(share * originals)
    if augmented == originals:
        raise MixError(f"γ = {gamma} would replace all {originals} originals")
    return Counts(originals - augmented, augmented)


def mix(
    originals: Sequence[TrainingRow],
    augmented: Sequence[TrainingRow],
    gamma: float,
    design: Design,
    seed: int,
) -> list[TrainingRow]:
    """Original rows in a seeded order, then a prefix of the seeded permutation of the augmented pool.

    Raises:
        MixError: the pool is too small for γ; the message says by how much.
    """
    wanted = counts(len(originals), gamma, design)
    if wanted.augmented > len(augmented):
        raise MixError(
            f"γ = {gamma} ({design}) needs {wanted.augmented} augmented rows for {len(originals)} originals; "
            f"there are {len(augmented)}"
        )
    # Two generators: the order of one pool may not depend on the size of the other.
    original_order = np.random.default_rng([seed, 0]).permutation(len(originals))
    augmented_order = np.random.default_rng([seed, 1]).permutation(len(augmented))
    return [originals[i] for i in original_order[: wanted.original]] + [
        augmented[i] for i in augmented_order[: wanted.augmented]
    ]


def labels_apart(originals: Sequence[TrainingRow], augmented: Sequence[TrainingRow]) -> str | None:
    """A line about labelled rows of the two sources whose answers have nothing in common; None if they have.

    Such a mix (`no` and `yes` of one, `0` and `1` of the other) teaches two vocabularies for one task, and a
    model then answers in the one that the task does not know.
    """
    ours, theirs = _answers(originals), _answers(augmented)
    if not ours or not theirs or ours & theirs:
        return None
    return (
        "the labels of original and augmented rows have nothing in common "
        f"({_some(ours)}; {_some(theirs)}); if they mean the same, write them alike"
    )


def labels_apart_in(rows: Sequence[TrainingRow]) -> str | None:
    """The same of the two sources in one mix."""
    return labels_apart(
        [row for row in rows if row.source == "original"], [row for row in rows if row.source == "augmented"]
    )


def _answers(rows: Sequence[TrainingRow]) -> set[str]:
    return {row.completion[0].content for row in rows if row.label is not None}


def _some(labels: set[str]) -> str:
    shown = [label if len(label) <= 30 else f"{label[:30]}..." for label in sorted(labels)[:6]]
    return ", ".join(shown) + (f" and {len(labels) - 6} more" if len(labels) > 6 else "")

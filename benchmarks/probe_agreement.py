"""Whether adapters stand in one order by the probe's graded contrast and by the answers that are given.

    python -m benchmarks.probe_agreement runs/agreement

A run folder whose models were scored on `bias_probe_TASK` and, where answers are written, on
`bias_inherit_TASK`. The last headline of a task is of its answers (written, or the likeliest choice), its
first and `lean_share` are graded. Printed: Spearman's rank
correlation over the models, with a percentile interval from resampled models. Of several contrasts, one a
culture, the mean correlation.
"""

import math
import warnings
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Annotated, NamedTuple

import numpy as np
import typer
from scipy.stats import ConstantInputWarning, spearmanr

from benchmarks.real_null import trained
from bias_inherit.compare.differences import records_of
from bias_inherit.harness.results import ScoredModel
from bias_inherit.kit.quantities import bounds, number
from bias_tasks.catalogue import ALL_TASKS, TASKS
from bias_tasks.headline import Headline
from bias_tasks.measure import LEAN, LEAN_SHARE, summarise
from bias_tasks.records import FloatArray

DRAWS = 2000
FEWEST = 8
"""Models of which a correlation is told: resampled, fewer agree by chance."""


class Agreement(NamedTuple):
    """Of one task.

    Attributes:
        answers, probe: The contrast's name.
        models: How many have both; where too few answers are usable a model has no contrast.
        found: Rank correlation; NaN of too few models, or where one of the two is the same for all.
        low, high: 95 %.
    """

    task: str
    answers: str
    probe: str
    models: int
    found: float
    low: float
    high: float


def agreements(models: Sequence[ScoredModel]) -> Iterator[Agreement]:
    """Of every task that all models have in the probe, and with answers."""
    everywhere = set.intersection(*(set(model.samples) for model in models))
    for task in TASKS.values():
        probed = f"bias_probe_{task.name}"
        answered = answered_in(probed, everywhere)
        if probed not in everywhere or answered is None:
            continue
        answers = ALL_TASKS[answered].headlines[-1]
        by_answers = contrasts(answered, answers, models)
        for graded in graded_headlines(probed):
            by_probe = contrasts(probed, graded, models)
            both = np.isfinite(np.hstack([by_answers, by_probe])).all(axis=1)
            found = with_interval(by_answers[both], by_probe[both])
            yield Agreement(task.name, answers.name, graded.name, int(both.sum()), *found)


def answered_in(probed: str, scored: Collection[str]) -> str | None:
    """The task whose answers the probe foretells: the probe itself where the choices are the answers."""
    written = f"bias_inherit_{ALL_TASKS[probed].name}"
    if written in scored:
        return written
    return probed if ALL_TASKS[written].measure is ALL_TASKS[probed].measure else None


def graded_headlines(probed: str) -> Iterator[Headline]:
    """The probe's own, and its twin in shares where there is one."""
    own, declarable = ALL_TASKS[probed].headlines[0], {c.name: c for c in ALL_TASKS[probed].contrasts}
    yield own
    names = [contrast.name.replace(LEAN, LEAN_SHARE, 1) for contrast in own.contrasts]
    if all(name in declarable for name in names):
        yield Headline(tuple(declarable[name] for name in names), own.direction)


def contrasts(task: str, headline: Headline, models: Sequence[ScoredModel]) -> FloatArray:
    """Shape (models, contrasts)."""
    measure = ALL_TASKS[task].measure
    of_models = [summarise(measure, records_of(model.samples[task])) for model in models]
    return np.array([[contrast.of(values) for contrast in headline.contrasts] for values in of_models])


def with_interval(first: FloatArray, second: FloatArray) -> tuple[float, float, float]:
    """Mean rank correlation over contrasts, and the percentile interval from resampled models.

    Args:
        first, second: Shape (models, contrasts).

    Returns:
        All NaN of fewer than `FEWEST` models, or where one contrast is the same for all.
    """
    if len(first) < FEWEST or math.isnan(correlation(first, second)):
        return math.nan, math.nan, math.nan
    drawn = np.random.default_rng(17).integers(len(first), size=(DRAWS, len(first)))
    low, high = np.nanquantile([correlation(first[rows], second[rows]) for rows in drawn], [0.025, 0.975])
    return correlation(first, second), float(low), float(high)


def correlation(first: FloatArray, second: FloatArray) -> float:
    """Spearman's, mean over the contrasts; NaN where one is constant."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConstantInputWarning)
        each = [spearmanr(one, other).statistic for one, other in zip(first.T, second.T, strict=True)]
    return float(np.mean(each))


def main(folder: Annotated[Path, typer.Argument(help="A run folder.")]) -> None:
    """Print the table, in Markdown."""
    print("| task | answers | probe | adapters | rank correlation |\n|---|---|---|--:|---|")
    for row in agreements(trained(folder)):
        shown = f"{number(row.found, 2, sign=True)} ({bounds((row.low, row.high), 2, sign=True)})"
        print(f"| {row.task} | `{row.answers}` | `{row.probe}` | {row.models} | {shown} |")


if __name__ == "__main__":
    typer.run(main)

"""Whether adapters stand in one order by the probe's graded contrast and by the answers that are given.

    python -m benchmarks.probe_agreement runs/agreement

A run folder whose models were scored on `bias_inherit_TASK` and `bias_probe_TASK`. The first gives the signed
contrast of answers (written, or the likeliest choice), the second that of log-odds. Printed: Spearman's rank
correlation over the models, with a percentile interval from resampled models. Of several contrasts, one a
culture, the mean correlation.
"""

import warnings
from collections.abc import Iterator, Sequence
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
from bias_tasks.measure import summarise
from bias_tasks.records import FloatArray

DRAWS = 2000


class Agreement(NamedTuple):
    """Of one task.

    Attributes:
        answers, probe: The contrast's name.
        models: How many.
        found: Rank correlation; NaN where one of the two is the same for all models.
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
    """Of every task that all models have in both families."""
    for task in TASKS.values():
        written, probed = f"bias_inherit_{task.name}", f"bias_probe_{task.name}"
        if not all({written, probed} <= set(model.samples) for model in models):
            continue
        answers, graded = ALL_TASKS[written].headlines[-1], ALL_TASKS[probed].headlines[0]
        by_answers, by_probe = contrasts(written, answers, models), contrasts(probed, graded, models)
        yield Agreement(
            task.name, answers.name, graded.name, len(models), *with_interval(by_answers, by_probe)
        )


def contrasts(task: str, headline: Headline, models: Sequence[ScoredModel]) -> FloatArray:
    """Shape (models, contrasts)."""
    measure = ALL_TASKS[task].measure
    of_models = [summarise(measure, records_of(model.samples[task])) for model in models]
    return np.array(
        [
            [sum(weight * values[name] for name, weight in c.weights.items()) for c in headline.contrasts]
            for values in of_models
        ]
    )


def with_interval(first: FloatArray, second: FloatArray) -> tuple[float, float, float]:
    """Mean rank correlation over contrasts, and the percentile interval from resampled models.

    Args:
        first, second: Shape (models, contrasts).
    """
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

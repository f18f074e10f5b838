"""Adapters that differ in the training seed alone: how often does a comparison find a difference?

    bias-inherit run benchmarks/real_null.yaml
    python -m benchmarks.real_null seeds runs/real-null
    python -m benchmarks.real_null halves runs/real-null [results/base ...]

Reads what is scored of the run, be it finished or not, in three ways.

- *Over documents*: disjoint pairs of adapters, each through `compare`. Two seeds make two models that truly
  differ, so that more than 5 % are to be expected; how many more is what one pair of adapters cannot say of
  the data that they were trained on.
- *Over seeds*: groups of adapters drawn at random and tested against each other with an error for seeds.
- *Halves*: the documents of one model, dealt at random into two halves. Any runs will do, and any folders
  that `lm_eval --log_samples` wrote.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Annotated, NamedTuple

import numpy as np
import typer
from scipy.special import stdtr, stdtrit
from scipy.stats import binomtest

from bias_inherit.compare import compare_models
from bias_inherit.compare.contrast import sampled_model
from bias_inherit.compare.differences import records_of
from bias_inherit.engine.artifact_files import HARNESS_OUTPUT
from bias_inherit.engine.stages import SCORE
from bias_inherit.engine.store import MANIFEST
from bias_inherit.harness.results import ScoredModel, read_output
from bias_inherit.kit.screen import tell
from bias_tasks.catalogue import ALL_TASKS
from bias_tasks.in_question import in_question
from bias_tasks.measure import LEAN, Measure
from bias_tasks.records import Columns, FloatArray, Record
from bias_tasks.statistics import (
    FEWEST_SEEDS,
    SIGNIFICANCE,
    cluster_bootstrap,
    identity,
    mean_error,
    over_seeds,
    standard_error,
)

GROUPS = (5, 10, 20)
"""Seeds in each of the two groups."""


class Lean(NamedTuple):
    """One adapter's lean on one task.

    Attributes:
        draws: Under resampled clusters, the same for all adapters, shape (B,).
    """

    value: float
    draws: FloatArray
    clusters: int


class OfPair(NamedTuple):
    """The difference of two adapters on one task.

    Attributes:
        p: Metric -> p of its test.
    """

    delta: float
    stderr: float
    p: Mapping[str, float]


def pair_up(models: Sequence[ScoredModel]) -> list[tuple[ScoredModel, ScoredModel]]:
    """Disjoint pairs of neighbours."""
    return list(zip(models[::2], models[1::2], strict=False))


def of_pairs(pairs: Sequence[tuple[ScoredModel, ScoredModel]]) -> dict[str, list[OfPair]]:
    """Of every task with a lean."""
    found: dict[str, list[OfPair]] = {}
    for first, second in pairs:
        rows = {(row.task, row.metric): row.contrast for row in compare_models(first, second).differences}
        for task in graded(first):
            metrics = ALL_TASKS[task].measure.headlines
            lean = rows[task, LEAN]
            p = {metric: rows[task, metric].p for metric in metrics}
            found.setdefault(task, []).append(OfPair(lean.value, lean.stderr, p))
    return found


def lean_of(task: str, model: ScoredModel) -> Lean:
    """By the product's own draws."""
    sampled = sampled_model(ALL_TASKS[task].measure, records_of(model.samples[task]))
    place = sampled.names.index(LEAN)
    return Lean(float(sampled.values[place]), sampled.draws[place], int(sampled.clusters[place]))


def p_over_seeds(first: Sequence[Lean], second: Sequence[Lean]) -> float:
    """Of two groups of as many adapters, as `compare_over_seeds` tests it."""
    pairs = list(zip(first, second, strict=True))
    error = mean_error([other.draws - one.draws for one, other in pairs])
    return over_seeds([other.value - one.value for one, other in pairs], error, first[0].clusters).p


def groups_called(leans: Sequence[Lean], seeds: int, splits: int) -> float:
    """Share of random pairs of groups that are told apart at 5 %."""
    rng = np.random.default_rng([11, seeds])
    called = []
    for _ in range(splits):
        drawn = [leans[place] for place in rng.permutation(len(leans))[: 2 * seeds]]
        called.append(p_over_seeds(drawn[:seeds], drawn[seeds:]) <= SIGNIFICANCE)
    return float(np.mean(called))


def halves_called(measure: Measure, records: Sequence[Record], splits: int, seed: int) -> list[bool]:
    """Whether the leans of two random halves of the clusters are told apart at 5 %, for every split."""
    rng = np.random.default_rng([13, seed])
    names = sorted({record.cluster for record in records})
    called = []
    for _ in range(splits):
        chosen = set(rng.permutation(names)[: len(names) // 2].tolist())
        halves = [[one for one in records if (one.cluster in chosen) is side] for side in (True, False)]
        (first, error), (second, other) = (_with_error(measure, half) for half in halves)
        t = (second - first) / np.hypot(error, other)
        called.append(bool(2 * stdtr(len(names) - 2, -abs(t)) <= SIGNIFICANCE))
    return called


def _with_error(measure: Measure, records: Sequence[Record]) -> tuple[float, float]:
    columns = Columns.of(records)
    draws = measure.estimate(columns, cluster_bootstrap(columns))[LEAN]
    value = measure.estimate(columns, identity(columns))[LEAN][0]
    return float(value), standard_error(draws, columns.n_clusters)


def rate(called: Sequence[bool]) -> str:
    """`2 of 20, 10 % (1 to 32 %)`, the interval exact."""
    exact = binomtest(sum(called), len(called)).proportion_ci(method="exact")
    share, low, high = (100 * one for one in (np.mean(called), exact.low, exact.high))
    return f"{sum(called)} of {len(called)}, {share:.0f} % ({low:.0f} to {high:.0f} %)"


def over_documents(found: Mapping[str, Sequence[OfPair]]) -> Iterator[str]:
    """In Markdown. *scatter / error*: root mean square of Δ lean over that of its stated error."""
    yield "| task | pairs | Δ lean told apart | Δ gap | Δ score | scatter / error |"
    yield "|---|--:|--:|--:|--:|--:|"
    for task, pairs in found.items():
        called = [
            rate([pair.p[metric] <= SIGNIFICANCE for pair in pairs]) for metric in (LEAN, "gap", "score")
        ]
        deltas, errors = (np.array([getattr(pair, name) for pair in pairs]) for name in ("delta", "stderr"))
        ratio = np.sqrt(np.mean(deltas**2) / np.mean(errors**2))
        yield f"| {task} | {len(pairs)} | {' | '.join(called)} | {ratio:.2f} |"
    yield ""


def over_groups(leans: Mapping[str, Sequence[Lean]], splits: int) -> Iterator[str]:
    """In Markdown. No interval: groups of one pool share adapters."""
    yield "| task | adapters | seeds in a group | told apart |"
    yield "|---|--:|--:|--:|"
    for (task, of_task), seeds in product(leans.items(), GROUPS):
        if FEWEST_SEEDS <= seeds <= len(of_task) // 2:
            yield f"| {task} | {len(of_task)} | {seeds} | {groups_called(of_task, seeds, splits):.1%} |"
    yield ""


def over_halves(models: Sequence[ScoredModel], splits: int) -> Iterator[str]:
    """In Markdown. Splits of one pool share documents, so that only the mean over tasks has an interval."""
    yield "| task | models | splits of each | told apart |"
    yield "|---|--:|--:|--:|"
    rates = {}
    for task in (task for task in ALL_TASKS if any(task in graded(model) for model in models)):
        measure, those = ALL_TASKS[task].measure, [model for model in models if task in model.samples]
        called = [
            halves_called(measure, records_of(model.samples[task]), splits, seed)
            for seed, model in enumerate(those)
        ]
        rates[task] = float(np.mean(called))
        yield f"| {task} | {len(those)} | {splits} | {rates[task]:.1%} |"
    if len(apart := with_documents_of_their_own(rates)) > 1:
        mean, error = np.mean(apart), np.std(apart, ddof=1) / np.sqrt(len(apart))
        reach = stdtrit(len(apart) - 1, 0.975) * error
        yield f"| mean of {len(apart)} tasks | | | {mean:.1%} ({mean - reach:.1%} to {mean + reach:.1%}) |"


def with_documents_of_their_own(rates: Mapping[str, float]) -> list[float]:
    """One rate a subject: a probe asks half of what `bias_inherit` asks, and a placebo rewords that."""
    return [rates[task] for task in in_question(rates)]


def graded(model: ScoredModel) -> list[str]:
    """The tasks of a model that have a lean."""
    return [task for task in model.samples if LEAN in ALL_TASKS[task].measure.headlines]


def trained(folder: Path) -> list[ScoredModel]:
    """The adapters that are scored, in the order of their seeds; of a run that goes on, those so far."""
    scored = {}
    for manifest in folder.glob(f"artifacts/{SCORE.name}-*/{MANIFEST}"):
        label = json.loads(manifest.read_text(encoding="utf-8"))["label"]
        if label != "base":
            scored[label] = read_output(manifest.parent / HARNESS_OUTPUT)
    return [scored[label] for label in sorted(scored, key=lambda label: (len(label), label))]


app = typer.Typer(help=__doc__, add_completion=False)
Folder = Annotated[Path, typer.Argument(metavar="RUN", help="The run folder.")]


@app.command()
def seeds(
    folder: Folder,
    splits: Annotated[int, typer.Option(min=1, help="Random groups.")] = 2000,
) -> None:
    """Pairs of adapters over documents, and groups of them over seeds."""
    models = trained(folder)
    print("\n".join(over_documents(of_pairs(pair_up(models)))), flush=True)
    leans = {task: [lean_of(task, model) for model in models] for task in graded(models[0])}
    print("\n".join(over_groups(leans, splits)))


@app.command()
def halves(
    folders: Annotated[list[Path], typer.Argument(metavar="FOLDER...", help="Run folders, or lm_eval's.")],
    splits: Annotated[int, typer.Option(min=1, help="Of each model.")] = 200,
) -> None:
    """Two halves of the documents of each model."""
    models = [model for folder in folders for model in trained(folder) or [read_output(folder, tell)]]
    for line in over_halves(models, splits):
        print(line, flush=True)


if __name__ == "__main__":
    app()

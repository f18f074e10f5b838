"""How well two models are told apart, by what is read, and how many documents each reading needs for it.

    python -m benchmarks.sensitivity results/control results/planted --draws 1000

For any two folders that `lm_eval` wrote with `--log_samples`. *Documents*: clusters are drawn with
replacement, so many that the test at 5 % finds the difference in 80 of 100 draws; there can be more of them
than there are. The tests are the product's, models exchanged within clusters, with 399 exchanges each; that
of the gap also asks that one of the two gaps be told apart from none (199 permutations).
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, NamedTuple

import numpy as np
import typer

from benchmarks.readings import Reading, readings
from bias_inherit.compare import match
from bias_inherit.compare.differences import records_of
from bias_inherit.harness.results import read_output
from bias_inherit.kit.quantities import DASH, number, p_value
from bias_tasks.catalogue import ALL_TASKS
from bias_tasks.measure import Measure
from bias_tasks.records import Columns, FloatArray, IntArray, Record
from bias_tasks.statistics import (
    POWER,
    SIGNIFICANCE,
    Resamples,
    cluster_bootstrap,
    identity,
    minimum_detectable_effect,
    permutation_null,
    share_at_least,
    stack,
    standard_error,
)

EXCHANGES, PERMUTATIONS = 399, 199
FURTHEST = 64
"""Times the clusters that there are: further one does not look."""

STRIDE, STEP = 1.4, 1.03
"""The search goes on by the first until it has a size on either side, and ends when these differ by less than
the second."""

_FEWEST = 4

_AT_ONCE = 4_000
"""Rows of weights."""


class Pair(NamedTuple):
    """Two models on the same documents of one task, in one order."""

    measure: Measure
    first: Columns
    second: Columns

    @classmethod
    def of(cls, measure: Measure, first: tuple[Record, ...], second: tuple[Record, ...]) -> "Pair":
        return cls(measure, Columns.of(first), Columns.of(second))

    @property
    def clusters(self) -> int:
        return self.first.n_clusters


class Told(NamedTuple):
    """A reading of the difference.

    Attributes:
        clusters: Needed to find it; None where more than `FURTHEST` times those that there are.
    """

    reading: str
    first: float
    second: float
    stderr: float
    p: float
    clusters: int | None

    @property
    def delta(self) -> float:
        return self.second - self.first


def tell(pair: Pair, reading: Reading, draws: int) -> Told:
    """Size, error and test of a difference, and what it takes to find it."""
    first, second = (float(reading.value(model, identity(model))[0]) for model in (pair.first, pair.second))
    sampled = [reading.value(model, cluster_bootstrap(model)) for model in (pair.first, pair.second)]
    told = Told(
        reading.name,
        first,
        second,
        stderr=standard_error(sampled[1] - sampled[0], pair.clusters),
        p=float(p_of(pair, reading, _once(pair), np.random.default_rng(0))[0]),
        clusters=None,
    )
    if not (told.stderr > 0 and abs(told.delta) > 0):
        return told
    foreseen = minimum_detectable_effect(told.stderr, pair.clusters) / abs(told.delta)
    return told._replace(clusters=clusters_needed(pair, reading, pair.clusters * foreseen**2, draws))


def clusters_needed(pair: Pair, reading: Reading, foreseen: float, draws: int) -> int | None:
    """By trying; the draws of one size are the same for every reading.

    Args:
        foreseen: Where to begin: the size by the error of the difference.
    """

    def enough(clusters: int) -> bool:
        return share_found(pair, reading, clusters, draws) >= POWER

    furthest = FURTHEST * pair.clusters
    clusters = min(max(_FEWEST, round(foreseen)), furthest)
    if enough(clusters):
        too_few = round(clusters / STRIDE)
        while too_few >= _FEWEST and enough(too_few):
            too_few, clusters = round(too_few / STRIDE), too_few
    else:
        too_few, clusters = clusters, round(clusters * STRIDE)
        while too_few < furthest and not enough(clusters):
            too_few, clusters = clusters, round(clusters * STRIDE)
        if too_few >= furthest:
            return None
    while clusters > STEP * too_few and clusters - too_few > 1:
        middle = (too_few + clusters) // 2
        too_few, clusters = (too_few, middle) if enough(middle) else (middle, clusters)
    return clusters


def share_found(pair: Pair, reading: Reading, clusters: int, draws: int) -> float:
    """Share of draws of so many clusters in which a test at 5 % finds a difference in its true direction."""
    rng = np.random.default_rng([7, clusters])
    shares = np.full(pair.clusters, 1 / pair.clusters)
    picked = rng.multinomial(clusters, shares, size=draws)
    delta = _differences(pair, reading, picked, np.zeros_like(picked))
    true = _differences(pair, reading, _once(pair), 0 * _once(pair))[0]
    found = (p_of(pair, reading, picked, rng) <= SIGNIFICANCE) & (np.sign(delta) == np.sign(true))
    return float(found.mean())


def p_of(pair: Pair, reading: Reading, picked: IntArray, rng: np.random.Generator) -> FloatArray:
    """Two-sided p in each draw, shape (draws,).

    A cluster that was picked n times stands for n clusters, of which Binomial(n, 1/2) exchange their answers.

    Args:
        picked: How often each cluster was drawn, shape (draws, C).
    """
    observed = np.abs(_differences(pair, reading, picked, np.zeros_like(picked)))
    found = np.empty(len(picked))
    at_once = max(1, _AT_ONCE // EXCHANGES)
    for start in range(0, len(picked), at_once):
        some = np.repeat(picked[start : start + at_once], EXCHANGES, axis=0)
        null = np.abs(_differences(pair, reading, some, rng.binomial(some, 0.5))).reshape(-1, EXCHANGES)
        for place, sizes in enumerate(null, start):
            found[place] = share_at_least(observed[place], sizes)
    reached = np.flatnonzero(found <= SIGNIFICANCE)
    if reading.name == "gap" and len(reached):
        found[reached] = np.maximum(found[reached], _no_gap(pair, picked[reached], rng))
    return found


def _once(pair: Pair) -> IntArray:
    return np.ones((1, pair.clusters), dtype=np.intp)


def _differences(pair: Pair, reading: Reading, picked: IntArray, exchanged: IntArray) -> FloatArray:
    """Second minus first where so many of the picked clusters were exchanged, shape (rows,)."""
    both = stack([pair.first, pair.second])
    kept = picked - exchanged
    parts = []
    for start in range(0, len(picked), _AT_ONCE):
        here = slice(start, start + _AT_ONCE)
        first = np.hstack([kept[here], exchanged[here]]).astype(float)
        second = np.hstack([exchanged[here], kept[here]]).astype(float)
        places = [reading.value(both, Resamples(both.cluster, weights)) for weights in (first, second)]
        parts.append(places[1] - places[0])
    return np.concatenate(parts)


def _no_gap(pair: Pair, picked: IntArray, rng: np.random.Generator) -> FloatArray:
    """p that neither model has a gap, in each draw, shape (draws,); Bonferroni over the two."""
    of_model = _of_versions if np.bincount(pair.first.cluster).tolist() == [2] * pair.clusters else _of_copies
    each = [of_model(pair.measure, model, picked, rng) for model in (pair.first, pair.second)]
    return np.asarray(np.minimum(1.0, len(each) * np.min(each, axis=0)), dtype=float)


def _of_versions(measure: Measure, model: Columns, picked: IntArray, rng: np.random.Generator) -> FloatArray:
    """Where a cluster has two documents: of its copies Binomial(n, 1/2) exchange their labels."""
    order = np.argsort(model.cluster, kind="stable").reshape(-1, 2)
    group = model.group.copy()
    group[order] = model.group[order[:, ::-1]]
    both = stack([model, model.with_group(group)])

    def gaps(picked: IntArray, exchanged: IntArray) -> FloatArray:
        weights = np.hstack([picked - exchanged, exchanged]).astype(float)
        return measure.gap(both, Resamples(both.cluster, weights))

    found = []
    for draw, observed in zip(picked, gaps(picked, np.zeros_like(picked)), strict=True):
        copies = np.repeat(draw[None], PERMUTATIONS, axis=0)
        found.append(share_at_least(float(observed), gaps(copies, rng.binomial(copies, 0.5))))
    return np.array(found)


def _of_copies(measure: Measure, model: Columns, picked: IntArray, _: np.random.Generator) -> FloatArray:
    """By the product's permutations, draw by draw."""
    copies = (_copies(model, draw) for draw in picked)
    return np.array(
        [permutation_null(measure.gap, one, measure.shuffle, PERMUTATIONS).p_value for one in copies]
    )


def _copies(columns: Columns, picked: IntArray) -> Columns:
    """The documents of each cluster as often as it was picked, each time as a cluster of its own."""
    places, clusters = [], []
    members = [np.flatnonzero(columns.cluster == cluster) for cluster in range(len(picked))]
    for place, cluster in enumerate(np.repeat(np.arange(len(picked)), picked)):
        places.append(members[cluster])
        clusters.append(np.full(len(members[cluster]), place))
    at = np.concatenate(places)
    return Columns(
        group=columns.group[at],
        cluster=np.concatenate(clusters).astype(np.intp),
        gold=columns.gold[at],
        outcome=columns.outcome[at],
        stratum=columns.stratum[at],
        reason=columns.reason[at],
        log_probabilities=columns.log_probabilities[at],
        n_clusters=int(picked.sum()),
    )


def table(task: str, pair: Pair, told: list[Told]) -> Iterator[str]:
    """In Markdown."""
    yield f"**{task}**: {len(pair.first)} documents, {pair.clusters} clusters\n"
    yield "| read as | first | second | Δ ± error | t | p | documents for 80 % | of the gap's |"
    yield "|---|--:|--:|--:|--:|--:|--:|--:|"
    for row in told:
        delta = f"{number(row.delta, 4, sign=True)} ± {number(row.stderr, 4)}"
        t = number(row.delta / row.stderr, 1, sign=True) if row.stderr else DASH
        needed = _needed(row, pair), _of_the_gaps(row, told[0])
        shown = row.reading, number(row.first), number(row.second), delta, t, p_value(row.p), *needed
        yield f"| {' | '.join(shown)} |"
    yield ""


def _needed(row: Told, pair: Pair) -> str:
    each = len(pair.first) / pair.clusters
    if row.clusters is None:
        return f"> {FURTHEST * len(pair.first):,}"
    return f"{row.clusters * each:,.0f}"


def _of_the_gaps(row: Told, gap: Told) -> str:
    return f"1/{gap.clusters / row.clusters:.1f}" if row.clusters and gap.clusters else DASH


def main(
    first: Annotated[Path, typer.Argument(metavar="FIRST")],
    second: Annotated[Path, typer.Argument(metavar="SECOND")],
    draws: Annotated[int, typer.Option(min=50)] = 1000,
    metric: Annotated[list[str] | None, typer.Option(help="Another metric to read; may be repeated.")] = None,
) -> None:
    """Print the tables."""
    one, other = read_output(first, print), read_output(second, print)
    for task in (task for task in one.samples if task in other.samples):
        matched = match(one.samples[task], other.samples[task])
        pair = Pair.of(ALL_TASKS[task].measure, records_of(matched.reference), records_of(matched.other))
        told = [tell(pair, reading, draws) for reading in readings(ALL_TASKS[task], tuple(metric or ()))]
        print("\n".join(table(task, pair, told)), flush=True)


if __name__ == "__main__":
    typer.run(main)

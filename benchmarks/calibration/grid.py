"""The grid of the calibration page: simulated models, and what the intervals and tests make of them."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.calibration.clustered import Answers, disparity, simulate
from bias_tasks.records import BoolArray, FloatArray
from bias_tasks.statistics import (
    Bounds,
    combination_bounds,
    draw_correlation,
    gap_bounds,
    mcnemar_p,
    percentile_bounds,
    share_bounds,
    share_difference_bounds,
    share_equivalence_bounds,
)

CLUSTERS = (20, 30, 50, 100, 200)
CORRELATIONS = (0.0, 0.2, 0.5, 0.8)
SHARES = (0.5, 0.7, 0.85, 0.95)
GROUPS = (2, 4, 8)
BATCH = 250
DRAWS = 1000
PERMUTATIONS = 199
EXCHANGES = 399
DISPARITY = 0.2
LOSS = 0.1

COVERED = {
    "share": "share of right answers over all documents",
    "share of a group": "the same over one group, one document a cluster",
    "contrast 0": (
        "signed difference of two groups, truly 0; a data set in which no draw differs has no interval and "
        "does not count"
    ),
    "contrast 0.2": "signed difference of two groups, truly 0.2",
    "gap 0": "disparity of the groups, truly none",
    "gap 0.2": "disparity, one group 0.2 below the others",
    "Δ share 0": "two models alike: difference of their shares over all documents",
    "Δ share -0.1": "the second model right 0.1 less often",
    "Δ share of a group -0.2": "the second model right 0.2 less often in one group",
    "Δ gap 0": "two models alike, no disparity: difference of their gaps",
    "Δ gap 0, other accuracy": "no disparity in either, the second model right 0.1 less often",
    "Δ gap 0.2": "no disparity in the first model, 0.2 in the second",
}
CALLED = {
    "gap": "permutation test of the gap, no disparity",
    "Δ share": "exchange test of the shares of two models alike",
    "Δ share of a group": "McNemar's test of the same in one group",
    "Δ gap": "test of the gaps of two models alike, no disparity",
    "Δ gap, other accuracy": "no disparity in either, the second model right 0.1 less often",
    "equivalence": "called equivalent within 0.1 where the difference is 0.1",
}


class Cell(NamedTuple):
    """One point of the grid."""

    clusters: int
    correlation: float
    share: float
    groups: int

    def __str__(self) -> str:
        return f"{self.clusters}/{self.correlation:g}/{self.share:g}/{self.groups}"


class Model(NamedTuple):
    """One simulated model on R data sets.

    Attributes:
        right: Shape (G, C, R).
        truth: Of each group.
        means: Shape (G, R).
        draws: Of the means, shape (G, R, B).
    """

    right: NDArray[np.float32]
    truth: FloatArray
    means: FloatArray
    draws: FloatArray

    @classmethod
    def of(cls, answers: Answers, weights: NDArray[np.float32]) -> "Model":
        clusters = answers.right.shape[1]
        draws = np.einsum("gcr,bc->grb", answers.right, weights, optimize=True)
        means = answers.right.sum(axis=1).astype(float) / clusters
        return cls(answers.right, answers.truth, means, draws.astype(float) / clusters)


def rates(cell: Cell, data_sets: int, seed: int) -> dict[str, float]:
    """Coverage of every interval and size of every test in one cell."""
    rng = np.random.default_rng(
        [seed, *map(int, (cell.clusters, 100 * cell.correlation, 100 * cell.share)), cell.groups]
    )
    found: dict[str, list[FloatArray | BoolArray]] = {}
    for _ in range(data_sets // BATCH):
        for name, hits in _batch(cell, rng).items():
            found.setdefault(name, []).append(hits)
    return {name: float(np.nanmean(np.concatenate(hits))) for name, hits in found.items()}


def _batch(cell: Cell, rng: np.random.Generator) -> dict[str, FloatArray | BoolArray]:
    g, c = cell.groups, cell.clusters
    alike = [cell.share] * g
    unlike = [cell.share - DISPARITY, *alike[1:]]
    worse = [cell.share - LOSS] * g
    answers = simulate(rng, [*alike, *alike, *unlike, *worse], c, cell.correlation, BATCH)
    weights = rng.multinomial(c, np.full(c, 1 / c), size=DRAWS).astype(np.float32)
    models = [
        Model.of(Answers(answers.right[k * g : k * g + g], answers.truth[k * g : k * g + g]), weights)
        for k in range(4)
    ]
    first, second, biased, poorer = models
    gaps = dict(zip(("first", "second", "biased", "poorer"), _gaps(models, rng), strict=True))

    part, whole = first.right.sum(axis=0).T.astype(float), np.full((BATCH, c), float(g))
    hits: dict[str, FloatArray | BoolArray] = {
        "share": _holds(share_bounds(part, whole), first.truth.mean()),
        "share of a group": _holds(
            share_bounds(first.right[0].T.astype(float), np.ones((BATCH, c))), first.truth[0]
        ),
        "contrast 0": _contrast(first, c),
        "contrast 0.2": _contrast(biased, c),
        "gap 0": _holds(gaps["first"].bounds, gaps["first"].truth),
        "gap 0.2": _holds(gaps["biased"].bounds, gaps["biased"].truth),
        "Δ share 0": _delta_share(first, second),
        "Δ share -0.1": _delta_share(first, poorer),
        "Δ share of a group -0.2": _delta_share(_one_group(first), _one_group(biased)),
        "Δ gap 0": _delta_gap(gaps["first"], gaps["second"]),
        "Δ gap 0, other accuracy": _delta_gap(gaps["first"], gaps["poorer"]),
        "Δ gap 0.2": _delta_gap(gaps["first"], gaps["biased"]),
        "size of gap": gaps["first"].p <= 0.05,
        "size of equivalence": _called_equivalent(first, poorer),
        "size of Δ share of a group": _mcnemar(first, second) <= 0.05,
    }
    alike_p = _exchange_p(first, second, rng)
    hits["size of Δ share"] = alike_p["share"] <= 0.05
    hits["size of Δ gap"] = _with_gaps(alike_p["gap"], gaps["first"].p, gaps["second"].p) <= 0.05
    unlike_p = _exchange_p(first, poorer, rng)["gap"]
    hits["size of Δ gap, other accuracy"] = _with_gaps(unlike_p, gaps["first"].p, gaps["poorer"].p) <= 0.05
    return hits


class Gap(NamedTuple):
    """The disparity of one model: truth, values (R,), draws (R, B), p of the permutation test, bounds."""

    truth: float
    value: FloatArray
    draws: FloatArray
    p: FloatArray
    bounds: Bounds


def _gaps(models: Iterable[Model], rng: np.random.Generator) -> list[Gap]:
    found = []
    for model in models:
        clusters = model.right.shape[1]
        value, draws = disparity(model.means), disparity(model.draws)
        null = disparity(permuted_means(model.right, PERMUTATIONS, rng))
        p = p_values(value, null)
        bounds = gap_bounds(value, draws, p, clusters)
        found.append(Gap(float(disparity(model.truth)), value, draws, p, bounds))
    return found


def permuted_means(right: NDArray[np.float32], permutations: int, rng: np.random.Generator) -> FloatArray:
    """Means of groups whose labels are exchanged within clusters, shape (G, R, P)."""
    groups, clusters, data_sets = right.shape
    order = rng.random((permutations, clusters, groups)).argsort(axis=-1)
    taken = np.zeros((groups, permutations, groups, clusters), dtype=np.float32)
    number, cluster = np.ogrid[:permutations, :clusters]
    for label in range(groups):
        taken[label, number, order[:, :, label], cluster] = 1
    flat = taken.reshape(groups * permutations, groups * clusters)
    totals = flat @ right.reshape(groups * clusters, data_sets)
    by_label = totals.reshape(groups, permutations, data_sets).transpose(0, 2, 1)
    return np.asarray(by_label.astype(float) / clusters)


def p_values(observed: FloatArray, null: FloatArray) -> FloatArray:
    """One-sided p, shape (R,) and (R, P) -> (R,)."""
    return np.asarray((1 + (null >= observed[:, None] - 1e-12).sum(axis=-1)) / (1 + null.shape[-1]))


def _exchange_p(first: Model, second: Model, rng: np.random.Generator) -> dict[str, FloatArray]:
    clusters = first.right.shape[1]
    taken = (rng.random((EXCHANGES, clusters)) < 0.5).astype(np.float32)
    moved = (
        np.einsum("gcr,pc->grp", second.right - first.right, taken, optimize=True).astype(float) / clusters
    )
    one, other = first.means[..., None] + moved, second.means[..., None] - moved
    found = {}
    for name, statistic in (("share", lambda means: means.mean(axis=0)), ("gap", disparity)):
        observed = np.abs(statistic(second.means) - statistic(first.means))
        found[name] = p_values(observed, np.abs(statistic(other) - statistic(one)))
    return found


def _with_gaps(p: FloatArray, first: FloatArray, second: FloatArray) -> FloatArray:
    return np.asarray(np.maximum(p, np.minimum(1, 2 * np.minimum(first, second))))


def _mcnemar(first: Model, second: Model) -> FloatArray:
    one, other = first.right[0] > second.right[0], second.right[0] > first.right[0]
    return np.array([mcnemar_p(int(b), int(c)) for b, c in zip(one.sum(0), other.sum(0), strict=True)])


def _one_group(model: Model) -> Model:
    return Model(model.right[:1], model.truth[:1], model.means[:1], model.draws[:1])


def _contrast(model: Model, clusters: int) -> FloatArray:
    draws = model.draws[1] - model.draws[0]
    return _holds(percentile_bounds(draws, clusters), model.truth[1] - model.truth[0])


def _paired(first: Model, second: Model) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Draws of the difference of shares, what each cluster adds to it, and its documents."""
    contributions = (second.right - first.right).mean(axis=0).T.astype(float)
    draws = second.draws.mean(axis=0) - first.draws.mean(axis=0)
    return draws, contributions, np.full(contributions.shape, float(len(first.right)))


def _delta_share(first: Model, second: Model) -> FloatArray:
    truth = second.truth.mean() - first.truth.mean()
    return _holds(share_difference_bounds(*_paired(first, second)), truth)


def _called_equivalent(first: Model, second: Model) -> BoolArray:
    margin = abs(second.truth.mean() - first.truth.mean())
    low, high = share_equivalence_bounds(*_paired(first, second))
    return np.asarray((-margin < low) & (high < margin))


def _delta_gap(first: Gap, second: Gap) -> FloatArray:
    terms = (first, second)
    bounds = combination_bounds(
        (-1, 1),
        np.stack([gap.value for gap in terms]),
        Bounds(np.stack([gap.bounds.low for gap in terms]), np.stack([gap.bounds.high for gap in terms])),
        draw_correlation(np.stack([gap.draws for gap in terms])),
        at_floor=np.stack([gap.p > 0.05 for gap in terms]),
    )
    return _holds(bounds, second.truth - first.truth)


def _holds(bounds: Bounds, truth: float) -> FloatArray:
    """1 or 0; NaN where there is no interval, and so nothing that could be wrong."""
    held = (bounds.low - 1e-9 <= truth) & (truth <= bounds.high + 1e-9)
    return np.where(np.isnan(bounds.low), np.nan, held.astype(float))

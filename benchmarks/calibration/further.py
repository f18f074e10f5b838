"""What the grid leaves out, on the tasks' own metrics and through the functions that the report calls.

Simulated answers to the occupation task (120 biographies, 2 genders) and to a classification (48 items, 4
cultures): nonlinear metrics, slopes, seeds, families of tests, and whether an effect of the detectable size
is detected.
"""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np

from benchmarks.calibration.clustered import simulate
from benchmarks.calibration.goals import INTERVAL, TEST, Line, settled
from bias_inherit.compare.contrast import Contrast, contrast, delta_draws
from bias_tasks.classification.metrics import CULTURES
from bias_tasks.classification.metrics import MEASURE as CLASSIFICATION
from bias_tasks.measure import Measure, analyse
from bias_tasks.occupation.metrics import GENDERS
from bias_tasks.occupation.metrics import MEASURE as OCCUPATION
from bias_tasks.records import Record
from bias_tasks.statistics import (
    Interval,
    benjamini_hochberg,
    mean_error,
    minimum_detectable_effect,
    over_seeds,
    slope_weights,
)

RUNS = 200
CORRELATION = 0.3
SHARE = 0.85
DISPARITY = 0.2
DOSES = (0.0, 0.1, 0.2, 0.5)
SEED_SPREAD = 0.05

Records = tuple[Record, ...]


class Setting(NamedTuple):
    """A task as it is shipped: its metrics, groups and number of clusters."""

    name: str
    measure: Measure
    groups: tuple[str, ...]
    clusters: int


SETTINGS = (
    Setting("occupation", OCCUPATION, GENDERS, 120),
    Setting("classification", CLASSIFICATION, CULTURES, 48),
)


class Runs:
    """Hits of a check, run after run."""

    def __init__(self) -> None:
        self.hits: dict[tuple[str, str], list[bool]] = {}

    def note(self, what: str, goal: str, hit: bool) -> None:
        """One more run."""
        self.hits.setdefault((what, goal), []).append(hit)

    def lines(self, task: str) -> Iterator[Line]:
        """The share of hits of every check."""
        for (what, goal), hits in self.hits.items():
            yield Line(task, what, float(np.mean(hits)), goal, len(hits))


def models(setting: Setting, shares: Sequence[Sequence[float]], rng: np.random.Generator) -> list[Records]:
    """One data set: for each model the records of the same documents, right with a share by group."""
    columns = [share for model in shares for share in model]
    right = simulate(rng, columns, setting.clusters, CORRELATION, 1).right[:, :, 0] > 0.5
    groups = len(setting.groups)
    return [
        tuple(
            _record(setting, c, g, bool(right[k * groups + g, c]))
            for c in range(setting.clusters)
            for g in range(groups)
        )
        for k in range(len(shares))
    ]


def _record(setting: Setting, cluster: int, group: int, right: bool) -> Record:
    if setting.measure is OCCUPATION:
        return Record(setting.groups[group], str(cluster), "nurse", "nurse" if right else "dentist", "nurse")
    gold, wrong = ("no", "yes") if cluster % 2 else ("yes", "no")
    return Record(setting.groups[group], str(cluster), gold, gold if right else wrong, "plain")


def metrics_and_differences(setting: Setting, runs: int, seed: int) -> Iterator[Line]:
    """Intervals of single models and of two, and families of tests where nothing differs."""
    rng, found = np.random.default_rng(seed), Runs()
    groups = len(setting.groups)
    fair, biased = [SHARE] * groups, [SHARE - DISPARITY, *[SHARE] * (groups - 1)]
    slice_metric = "acc__" if setting.measure is OCCUPATION else "macro_f1__"
    harmed = slice_metric + setting.groups[0]
    lost = {"score": -DISPARITY / groups, "gap": DISPARITY, harmed: -DISPARITY}
    for _ in range(runs):
        one, same, other = models(setting, [fair, fair, biased], rng)
        intervals = analyse(setting.measure, other).intervals
        for metric, truth in (
            ("score", SHARE - DISPARITY / groups),
            ("gap", DISPARITY),
            (harmed, SHARE - DISPARITY),
        ):
            found.note(f"interval of {metric}", INTERVAL, holds(intervals[metric], truth))
        differences = contrast(setting.measure, (one, other), (-1, 1))
        for metric, truth in lost.items():
            found.note(f"interval of Δ {metric}", INTERVAL, holds(differences[metric].interval, truth))
        alike = contrast(setting.measure, (one, same), (-1, 1))
        for metric in ("score", "gap", harmed):
            found.note(f"test of Δ {metric}, models alike", TEST, alike[metric].p <= 0.05)
        q = benjamini_hochberg([difference.p for difference in alike.values()])
        found.note("any metric of the family survives, models alike", TEST, bool(np.nanmin(q) <= 0.05))
    yield from found.lines(setting.name)


def slopes(setting: Setting, runs: int, seed: int) -> Iterator[Line]:
    """One group is read the worse the higher the dose; and no dose matters."""
    rng, found = np.random.default_rng(seed), Runs()
    groups = len(setting.groups)
    weights = slope_weights(DOSES)
    steepness = DISPARITY / max(DOSES)
    growing = [[SHARE - steepness * dose, *[SHARE] * (groups - 1)] for dose in DOSES]
    flat = [[SHARE] * groups] * len(DOSES)
    for _ in range(runs):
        up = contrast(setting.measure, models(setting, growing, rng), weights)
        for metric, truth in (("score", -steepness / groups), ("gap", steepness)):
            found.note(f"interval of the slope of {metric}", INTERVAL, holds(up[metric].interval, truth))
        none = contrast(setting.measure, models(setting, flat, rng), weights)
        for metric in ("score", "gap"):
            found.note(f"test of the slope of {metric}, no dose matters", TEST, none[metric].p <= 0.05)
    yield from found.lines(setting.name)


def seeds(setting: Setting, count: int, runs: int, seed: int) -> Iterator[Line]:
    """Differences that scatter from seed to seed around a truth, and around 0."""
    rng, found = np.random.default_rng([seed, count]), Runs()
    groups = len(setting.groups)
    for _ in range(runs):
        for loss in (0.1, 0.0):
            scatter = rng.normal(0, SEED_SPREAD, 2 * count).clip(-0.12, 0.12)
            means = np.tile([SHARE - 0.05, SHARE - 0.05 - loss], count) + scatter
            trained = models(setting, [[float(mean)] * groups for mean in means], rng)
            pairs = [
                delta_draws(setting.measure, first, second)
                for first, second in zip(trained[::2], trained[1::2], strict=True)
            ]
            place = pairs[0].names.index("score")
            error = mean_error([pair.draws[place] for pair in pairs])
            points = [float(pair.deltas[place]) for pair in pairs]
            result = over_seeds(points, error, setting.clusters)
            if loss:
                found.note(f"interval of Δ score over {count} seeds", INTERVAL, holds(result.interval, -loss))
            else:
                found.note(f"test of Δ score over {count} seeds, no loss", TEST, result.p <= 0.05)
    yield from found.lines(setting.name)


def power(setting: Setting, runs: int, seed: int) -> Iterator[Line]:
    """How often a difference as large as was called detectable is found; a gap also without its null."""
    for metric, spread in (("score", 1), ("gap", 0)):
        effect = float(np.mean([c[metric].mde for c in _losses(setting, 0.0, spread, 40, seed)]))
        # The error grows with what it is the error of, so the detectable size is read off again there.
        found = [c[metric] for c in _losses(setting, effect, spread, 40, seed + 1)]
        effect = float(np.mean([c.mde for c in found]))
        of_error = float(np.mean([minimum_detectable_effect(c.stderr, c.n_clusters) for c in found]))
        sizes = [(effect, "")] if metric == "score" else [(effect, ""), (of_error, " without gap_null")]
        for size, how in sizes:
            hits = [called(c[metric]) for c in _losses(setting, size, spread, runs, seed + 2)]
            what = f"Δ {metric} of the detectable size{how} ({size:.2f}) stands out"
            yield Line(setting.name, what, float(np.mean(hits)), "-" if how else "about 80 %", runs)


def _losses(
    setting: Setting, effect: float, spread: int, runs: int, seed: int
) -> Iterator[dict[str, Contrast]]:
    """Contrasts of a fair model with one that lost so much in all groups (spread 1) or in one (spread 0)."""
    rng = np.random.default_rng([seed, spread])
    groups = len(setting.groups)
    rest = SHARE - effect if spread else SHARE
    for _ in range(runs):
        pair = models(setting, [[SHARE] * groups, [SHARE - effect, *[rest] * (groups - 1)]], rng)
        yield contrast(setting.measure, pair, (-1, 1))


def called(found: Contrast) -> bool:
    """Whether a difference stands out."""
    return found.p <= 0.05 and (found.interval.low > 0 or found.interval.high < 0)


def holds(interval: Interval, truth: float) -> bool:
    """Whether an interval holds the truth."""
    return interval.low - 1e-9 <= truth <= interval.high + 1e-9


def all_lines(runs: int = RUNS) -> Iterator[Line]:
    """Every check on every task."""
    for setting in SETTINGS:
        yield from settled(partial(metrics_and_differences, setting), runs, seed=0)
        yield from settled(partial(slopes, setting), runs, seed=1)
        yield from settled(partial(power, setting), runs, seed=3)
    for count in (5, 10):
        yield from settled(partial(seeds, SETTINGS[1], count), runs, seed=2)

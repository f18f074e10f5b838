"""Salary on the calibration page: pay in round numbers, and what the gap makes of a bias that is known.

60 biographies in two versions. A biography has its worth, both answers scatter about that, and are rounded as
models round. The former gap, the ratio of the groups' medians, goes through the same tests.
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from scipy import stats

from benchmarks.calibration.further import Records, Runs, called, holds
from benchmarks.calibration.goals import INTERVAL, TEST, Line
from bias_inherit.compare.contrast import contrast
from bias_tasks.measure import Measure, analyse, summarise
from bias_tasks.records import Columns, FloatArray, Record
from bias_tasks.salary.metrics import CAP, GENDERS, MEASURE, SIGNED_GAP
from bias_tasks.statistics import Resamples

PAIRS = 60
BETWEEN = 0.4
"""Spread of log pay over biographies."""

WITHIN = 0.09
"""Spread of the log of each answer about its biography's."""

STEP = 5_000
"""Answers are whole multiples of so many dollars."""

TIMES = 5
"""So many times the runs of other checks: these are quick."""

BIAS = 0.05
"""A man is paid so much more."""

SEED = 4


def model(rng: np.random.Generator, bias: float) -> Records:
    """One model's answers to the 120 documents."""
    worth = rng.normal(np.log(80_000), BETWEEN, PAIRS)
    records = []
    for gender, raised in zip(GENDERS, (0.0, np.log1p(bias)), strict=True):
        pay = np.exp(worth + raised + rng.normal(0, WITHIN, PAIRS))
        rounded = np.maximum(STEP, STEP * np.round(pay / STEP))
        records += [Record(gender, str(pair), None, float(amount)) for pair, amount in enumerate(rounded)]
    return tuple(records)


def _ratio_of_medians(columns: Columns, sample: Resamples) -> FloatArray:
    pay = np.array(list(columns.outcome), dtype=float)
    female, male = (np.log(sample.median(pay, columns.group == gender)) for gender in GENDERS)
    return np.asarray(np.minimum(np.abs(male - female), CAP))


def _t_test_p(records: Records) -> float:
    by_gender = (np.log([float(r.outcome) for r in records if r.group == g]) for g in GENDERS)  # type: ignore[arg-type]
    return float(stats.ttest_rel(*by_gender).pvalue)


BY_MEDIANS: Measure = replace(
    MEASURE,
    name="salary by medians",
    derived=lambda columns, sample: (
        MEASURE.derived(columns, sample) | {"gap": _ratio_of_medians(columns, sample)}
    ),
    gap=_ratio_of_medians,
)
"""The former gap."""


def lines(runs: int, seed: int) -> Iterator[Line]:
    """Coverage, size and power."""
    rng, found, truth = np.random.default_rng(seed), Runs(), float(np.log1p(BIAS))
    for _ in range(TIMES * runs):
        fair, same, biased = (model(rng, bias) for bias in (0.0, 0.0, BIAS))
        summary, intervals = analyse(MEASURE, biased)
        found.note("interval of gap", INTERVAL, holds(intervals["gap"], truth))
        found.note("interval of the signed gap", INTERVAL, holds(intervals[SIGNED_GAP], truth))
        up, alike = (contrast(MEASURE, (fair, other), (-1, 1)) for other in (biased, same))
        found.note("interval of Δ gap", INTERVAL, holds(up["gap"].interval, truth))
        found.note("interval of Δ signed gap", INTERVAL, holds(up[SIGNED_GAP].interval, truth))
        found.note("test of gap, no bias", TEST, summarise(MEASURE, fair)["gap_p"] <= 0.05)
        found.note("test of Δ gap, models alike", TEST, alike["gap"].p <= 0.05)
        found.note("test of Δ signed gap, models alike", TEST, alike[SIGNED_GAP].p <= 0.05)
        percent = f"a bias of {BIAS:.0%} is found"
        found.note(f"{percent}: gap", "as the t test", summary["gap_p"] <= 0.05)
        found.note(f"{percent}: t test of the pairs' log ratios (SciPy)", "-", _t_test_p(biased) <= 0.05)
        former = summarise(BY_MEDIANS, biased)["gap_p"] <= 0.05
        found.note(f"{percent}: ratio of medians, the former gap", "-", former)
        found.note(f"{percent}: Δ gap stands out", "-", called(up["gap"]))
        found.note(f"{percent}: Δ signed gap stands out", "-", called(up[SIGNED_GAP]))
    yield from found.lines("salary")

"""Graded contrasts on the calibration page: log-likelihoods of all choices, with a lean that is known.

The shipped designs: 120 biographies in two versions, 36 slates in eight rotations, 48 items in four
languages. What is of the document, and how much it moves with the group, spreads over documents with heavy
tails; letters attract as strongly as they do in small models.

    python -m benchmarks.calibration.graded --runs 1000
"""

import argparse
from collections.abc import Callable, Iterator
from functools import cache
from typing import NamedTuple

import numpy as np

from benchmarks.calibration.further import Records, Runs, called, holds
from benchmarks.calibration.goals import INTERVAL, TEST, Line
from bias_inherit.compare.contrast import contrast
from bias_tasks.classification.graded import PRIMARY
from bias_tasks.classification.metrics import CULTURES
from bias_tasks.classification.metrics import MEASURE as CLASSIFICATION
from bias_tasks.hiring.metrics import MEASURE as HIRING
from bias_tasks.log_odds import log_probabilities
from bias_tasks.measure import LEAN, LEAN_SHARE, Measure, analyse
from bias_tasks.occupation.graded import GENDERS, shares_of_women
from bias_tasks.occupation.metrics import MEASURE as OCCUPATION
from bias_tasks.population import population
from bias_tasks.records import Columns, FloatArray, Record
from bias_tasks.statistics import identity

BIOGRAPHIES, SLATES, ITEMS = 120, 36, 48
BETWEEN = 2.0
"""Spread of a choice's log-likelihood over documents."""

WITHIN = 0.3
"""Spread over the versions of a document: what rewording alone does."""

MOVES = 0.3
"""Spread over documents of how much one is moved by its group."""

LETTERS = 1.5
"""Spread of the letters' attraction, alike in all data sets: shares, unlike log-odds, hang on it."""

BIAS = 0.15
"""Lean of the biased model, in log-odds."""

SEED = 5


class Scenario(NamedTuple):
    """A task's simulated models.

    Attributes:
        records: One model's answers, given how much its group moves a document.
        truth: What `lean` is then.
    """

    name: str
    measure: Measure
    records: Callable[[np.random.Generator, float], Records]
    truth: Callable[[float], float]


def _heavy(rng: np.random.Generator, spread: float, shape: int | tuple[int, ...]) -> FloatArray:
    """Student's t with five degrees of freedom, of this standard deviation."""
    return np.asarray(spread * rng.standard_t(5, shape) / np.sqrt(5 / 3), dtype=float)


def biographies(rng: np.random.Generator, moved: float, count: int = BIOGRAPHIES) -> Records:
    """She-versions draw each occupation by so much times its share of women."""
    women = np.array(list(shares_of_women().values()))
    jobs = list(population().occupations)
    own = _heavy(rng, BETWEEN, (count, len(jobs)))
    moves = moved + _heavy(rng, MOVES, count)
    records = []
    for number in range(count):
        job = jobs[number % len(jobs)]
        for gender, sign in zip(GENDERS, (0.5, -0.5), strict=True):
            scores = own[number] + sign * moves[number] * women + _heavy(rng, WITHIN, len(jobs))
            shares = log_probabilities(scores.tolist())
            said = jobs[int(np.argmax(scores))]
            records.append(Record(gender, str(number), job, said, job, None, shares))
    return tuple(records)


@cache
def _lean_of_biographies(moved: float) -> float:
    """By a large sample: log-odds of one against five others are no linear function of log-likelihoods."""
    if not moved:
        return 0.0  # by symmetry
    columns = Columns.of(biographies(np.random.default_rng(99), moved, 40_000))
    return float(OCCUPATION.estimate(columns, identity(columns))[LEAN][0])


def slates(rng: np.random.Generator, moved: float) -> Records:
    """Women are liked so much better; a candidate, and in each slate women, by some more or less."""
    groups = list(population().intersectional_groups())
    records = []
    letters = np.random.default_rng(97).normal(0, LETTERS, len(groups))
    for slate in range(SLATES):
        liking = _heavy(rng, MOVES, len(groups))
        liking += (moved + rng.normal(0, MOVES)) * np.array([group.gender == "female" for group in groups])
        for rotation in range(len(groups)):
            scores = liking + np.roll(letters, rotation) + _heavy(rng, WITHIN, len(groups))
            shares = log_probabilities(scores.tolist())
            chosen = groups[int(np.argmax(scores))].key
            records.append(Record(chosen, str(slate), None, "A", "nurse", None, shares))
    return tuple(records)


def items(rng: np.random.Generator, moved: float) -> Records:
    """Texts of the primary culture are so much nearer to yes."""
    records = []
    for item in range(ITEMS):
        gold, own, moves = ("no", "yes")[item % 2], _heavy(rng, BETWEEN, 1)[0], _heavy(rng, MOVES, 1)[0]
        for culture in CULTURES:
            odds = own + (moved + moves) * (culture == PRIMARY) + _heavy(rng, WITHIN, 1)[0]
            shares, said = log_probabilities([0.0, float(odds)]), ("no", "yes")[int(odds > 0)]
            records.append(Record(culture, str(item), gold, said, "plain", None, shares))
    return tuple(records)


def _itself(moved: float) -> float:
    return moved


SCENARIOS = (
    Scenario("occupation", OCCUPATION, biographies, _lean_of_biographies),
    Scenario("hiring", HIRING, slates, _itself),
    Scenario("classification", CLASSIFICATION, items, _itself),
)


def lines(runs: int, seed: int) -> Iterator[Line]:
    """Coverage, size and power of the lean, in log-odds and in shares, and power of the gap beside it."""
    for place, scenario in enumerate(SCENARIOS):
        rng, found = np.random.default_rng([seed, place]), Runs()
        none, some = scenario.truth(0.0), scenario.truth(BIAS)
        for _ in range(runs):
            fair, same, biased = (scenario.records(rng, moved) for moved in (0.0, 0.0, BIAS))
            of_fair, of_biased = analyse(scenario.measure, fair), analyse(scenario.measure, biased)
            found.note("interval of lean, no bias", INTERVAL, holds(of_fair.intervals[LEAN], none))
            found.note("interval of lean_share, no bias", INTERVAL, holds(of_fair.intervals[LEAN_SHARE], 0.0))
            found.note("interval of lean", INTERVAL, holds(of_biased.intervals[LEAN], some))
            up, alike = (contrast(scenario.measure, (fair, other), (-1, 1)) for other in (biased, same))
            found.note("interval of Δ lean", INTERVAL, holds(up[LEAN].interval, some - none))
            same_shares = holds(alike[LEAN_SHARE].interval, 0.0)
            found.note("interval of Δ lean_share, models alike", INTERVAL, same_shares)
            found.note("test of lean, no bias", TEST, of_fair.summary["lean_p"] <= 0.05)
            found.note("test of Δ lean, models alike", TEST, alike[LEAN].p <= 0.05)
            found.note("test of Δ lean_share, models alike", TEST, alike[LEAN_SHARE].p <= 0.05)
            bias = f"a lean of {some:.2f} is found"
            found.note(f"{bias}: lean", "-", of_biased.summary["lean_p"] <= 0.05)
            found.note(f"{bias}: gap", "-", of_biased.summary["gap_p"] <= 0.05)
            found.note(f"{bias}: Δ lean stands out", "-", called(up[LEAN]))
            found.note(f"{bias}: Δ lean_share stands out", "-", called(up[LEAN_SHARE]))
            found.note(f"{bias}: Δ gap stands out", "-", called(up["gap"]))
        yield from found.lines(scenario.name)


def main() -> None:
    """Print the lines alone."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=200)
    for line in lines(parser.parse_args().runs, SEED):
        print(f"{line.task:15s} {line.what:50s} {100 * line.rate:5.1f} {line.goal}", flush=True)


if __name__ == "__main__":
    main()

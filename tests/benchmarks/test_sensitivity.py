"""How many documents a reading needs: as many as theory foresees, by the tests of the product."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import norm

from benchmarks.calibration.graded import biographies
from benchmarks.readings import Reading, readings
from benchmarks.sensitivity import FURTHEST, Pair, clusters_needed, p_of, table, tell
from bias_inherit.compare.contrast import contrast
from bias_tasks.catalogue import ALL_TASKS
from bias_tasks.measure import LEAN
from bias_tasks.occupation.metrics import MEASURE
from bias_tasks.records import Columns, FloatArray, Record
from bias_tasks.statistics import Resamples, identity

OCCUPATION = ALL_TASKS["bias_inherit_occupation"]


def mean(columns: Columns, sample: Resamples) -> FloatArray:
    return sample.mean(columns.outcome.astype(float), np.ones(len(columns), dtype=bool))


MEAN = Reading("mean", mean)


def shifted(shift: float, clusters: int = 50) -> Pair:
    """Two models whose answers differ by the shift, with a spread of exactly 1 over clusters."""
    noise = np.random.default_rng(0).normal(size=clusters)
    noise = (noise - noise.mean()) / noise.std()
    models = [
        tuple(Record("", str(c), None, float(value)) for c, value in enumerate(values))
        for values in (np.zeros(clusters), noise + shift)
    ]
    return Pair.of(MEASURE, *models)


def leaning(seed: int, moved: float, biographies_: int = 60) -> tuple[Record, ...]:
    records = biographies(np.random.default_rng(seed), moved, biographies_)
    return tuple(sorted(records, key=lambda record: record.cluster))


@pytest.mark.parametrize("foreseen", [20, 300])
def test_as_many_clusters_are_needed_as_a_normal_mean_needs_wherever_one_begins(foreseen: float) -> None:
    wanted = ((norm.ppf(0.975) + norm.ppf(0.8)) / 0.3) ** 2
    assert clusters_needed(shifted(0.3), MEAN, foreseen, 200) == pytest.approx(wanted, rel=0.2)


def test_nothing_is_claimed_of_what_is_too_small_to_be_found() -> None:
    told = tell(shifted(0.02), MEAN, 50)
    assert told.clusters is None
    assert f"> {FURTHEST * 50:,} | –" in "\n".join(table("one", shifted(0.02), [told]))
    assert tell(shifted(0.3)._replace(second=shifted(0.3).first), MEAN, 50).clusters is None


def test_p_is_that_of_the_comparison() -> None:
    first, second = leaning(1, 0.0), leaning(2, 0.0)
    pair = Pair.of(MEASURE, first, second)
    of_product = contrast(MEASURE, (first, second), (-1, 1))
    lean = next(reading for reading in readings(OCCUPATION, ()) if reading.name == LEAN)
    drawn = p_of(pair, lean, np.ones((8, pair.clusters), dtype=np.intp), np.random.default_rng(0))
    assert drawn.mean() == pytest.approx(of_product[LEAN].p, abs=0.03)
    told = tell(pair, lean, 50)
    assert told.delta == pytest.approx(of_product[LEAN].value)
    assert told.stderr == pytest.approx(of_product[LEAN].stderr)


def test_a_difference_of_gaps_counts_only_if_one_is_a_gap() -> None:
    answers = [replace(Columns.of(leaning(1, 0.0))) for _ in range(2)]
    wrong = np.where(np.arange(len(answers[1])) % 4 < 2, "nobody", answers[1].gold)
    pair = Pair(MEASURE, answers[0], replace(answers[1], outcome=wrong))
    (gap, *_) = readings(OCCUPATION, ())
    assert gap.name == "gap"
    assert p_of(pair, gap, np.ones((1, pair.clusters), dtype=np.intp), np.random.default_rng(0))[0] > 0.05


def test_probabilities_are_she_minus_he() -> None:
    probable, improbable = np.log([0.1, 0.1, 0.5, 0.1, 0.1, 0.1]), np.log([0.14, 0.14, 0.3, 0.14, 0.14, 0.14])
    records = [
        Record(gender, "1", "nurse", "nurse", "nurse", None, tuple(shares))
        for gender, shares in (("female", probable), ("male", improbable))
    ]
    columns = Columns.of(records)
    found = {r.name: r.value(columns, identity(columns))[0] for r in readings(OCCUPATION, ())}
    assert found["probability of nurse"] == pytest.approx(0.2)
    assert found["probability of the true one"] == pytest.approx(0.2)

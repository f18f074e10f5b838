"""Occupation metrics against scikit-learn and fairlearn."""

import numpy as np
import pytest
from fairlearn.metrics import MetricFrame
from sklearn.metrics import accuracy_score

from bias_tasks.measure import summarise
from bias_tasks.occupation.metrics import MEASURE
from bias_tasks.population import population
from bias_tasks.records import Columns, Record
from bias_tasks.statistics import cluster_bootstrap, identity

JOBS = list(population().occupations)
SEEDS = pytest.mark.parametrize("seed", range(4))


def random_records(seed: int, biographies: int = 48) -> list[Record]:
    """Mostly right answers, some wrong, some unusable."""
    rng = np.random.default_rng(seed)
    records = []
    for number in range(biographies):
        gold = JOBS[number % len(JOBS)]
        for gender in ("female", "male"):
            draw = rng.random()
            outcome = gold if draw < 0.6 else None if draw > 0.95 else JOBS[rng.integers(len(JOBS))]
            records.append(Record(gender, f"{number:02}", gold, outcome, gold))
    return records


def point(records: list[Record]) -> dict[str, float]:
    columns = Columns.of(records)
    return {name: float(value[0]) for name, value in MEASURE.estimate(columns, identity(columns)).items()}


def frame(records: list[Record]) -> MetricFrame:
    return MetricFrame(
        metrics=accuracy_score,
        y_true=[record.gold for record in records],
        y_pred=[record.outcome or "unusable" for record in records],
        sensitive_features=[record.group for record in records],
    )


@SEEDS
def test_accuracies_and_their_gap_are_those_of_fairlearn(seed: int) -> None:
    records = random_records(seed)
    values, witness = point(records), frame(records)
    assert values["score"] == pytest.approx(witness.overall)
    assert values["acc__female"] == pytest.approx(witness.by_group["female"])
    assert values["acc__male"] == pytest.approx(witness.by_group["male"])
    assert values["gap"] == pytest.approx(witness.difference())


@SEEDS
def test_true_positive_rate_gaps_are_those_of_fairlearn(seed: int) -> None:
    records = random_records(seed)
    values = point(records)
    for job in JOBS:
        # Among the documents of one occupation the true positive rate is the accuracy.
        rates = frame([record for record in records if record.gold == job]).by_group
        assert values[f"tpr_gap__{job}"] == pytest.approx(rates["male"] - rates["female"])


@SEEDS
def test_the_signed_gap_is_the_mean_of_the_six_rate_gaps(seed: int) -> None:
    values = point(random_records(seed))
    assert values["gap__male_minus_female"] == pytest.approx(np.mean([values[f"tpr_gap__{j}"] for j in JOBS]))


@SEEDS
def test_the_standard_error_of_the_gap_is_that_of_a_plain_loop(seed: int) -> None:
    records = random_records(seed, biographies=18)
    weights = cluster_bootstrap(Columns.of(records)).weights
    gaps = []
    for draw in weights:
        drawn = [r for r in records for _ in range(int(draw[int(r.cluster)]))]
        accuracy = {}
        for gender in ("female", "male"):
            own = [r.outcome == r.gold for r in drawn if r.group == gender]
            accuracy[gender] = sum(own) / len(own)
        gaps.append(abs(accuracy["male"] - accuracy["female"]))
    assert summarise(MEASURE, tuple(records))["gap_stderr"] == pytest.approx(np.std(gaps, ddof=1))


@SEEDS
def test_swapping_women_and_men_turns_every_sign_and_keeps_the_gap(seed: int) -> None:
    records = random_records(seed)
    other = {"female": "male", "male": "female"}
    values = point(records)
    swapped = point([record._replace(group=other[record.group]) for record in records])
    assert swapped["gap"] == pytest.approx(values["gap"])
    assert swapped["score"] == pytest.approx(values["score"])
    assert swapped["acc__female"] == pytest.approx(values["acc__male"])
    assert swapped["invalid__female"] == pytest.approx(values["invalid__male"])
    for name in ("gap__male_minus_female", *(f"tpr_gap__{job}" for job in JOBS)):
        assert swapped[name] == pytest.approx(-values[name])


def test_a_model_that_is_right_for_men_only_has_gap_1() -> None:
    records = [
        Record(gender, str(i), job, job if gender == "male" else "none of them", job)
        for i, job in enumerate(JOBS)
        for gender in ("female", "male")
    ]
    values = point(records)
    assert (values["score"], values["gap"], values["gap__male_minus_female"]) == (0.5, 1.0, 1.0)


def test_a_model_that_always_says_nurse_has_no_gap() -> None:
    values = point([record._replace(outcome="nurse") for record in random_records(0)])
    assert values["gap"] == 0
    assert values["score"] == pytest.approx(1 / 6)

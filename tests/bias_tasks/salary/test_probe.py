"""Salary, read: expected log pay over the grid, and he over she."""

import json
import math
import re
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import ttest_1samp

from bias_tasks.measure import summarise
from bias_tasks.population import population
from bias_tasks.records import Record
from bias_tasks.salary import task
from bias_tasks.salary.graded import grid
from bias_tasks.salary.probe import documents, process_results
from bias_tasks.salary.probe_metrics import MEASURE

QUESTION = "{text} {occupation}"
SCORES = st.lists(st.floats(-30, 0), min_size=len(grid()), max_size=len(grid()))


def record(scores: list[float], gender: str = "female", biography: str = "b") -> Record:
    doc = {"gender": gender, "biography": biography, "occupation": "nurse"}
    (found,) = (
        r for r in process_results(doc, [(s, False) for s in scores]).values() if isinstance(r, Record)
    )
    return found


def certain(place: int) -> list[float]:
    return [0.0 if k == place else -80.0 for k in range(len(grid()))]


def test_the_documents_are_those_of_the_written_task_with_amounts_to_choose_from() -> None:
    for read, written in zip(documents(QUESTION), task.documents(QUESTION), strict=True):
        assert written.items() <= read.items()
        assert all(re.fullmatch(r"\$\d{2,3},000", amount) for amount in read["choices"])


def test_amounts_rise_by_about_a_quarter_and_none_begins_with_another() -> None:
    assert all(1.2 <= high / low <= 1.3 for low, high in pairwise(grid()))
    amounts = [f"${amount:,}" for amount in grid()]
    assert not any(a != b and b.startswith(a) for a in amounts for b in amounts)


@pytest.mark.parametrize("place", [0, 4, 10])
def test_a_model_that_is_sure_of_an_amount_pays_it(place: int) -> None:
    assert record(certain(place)).outcome == pytest.approx(grid()[place])


def test_between_two_amounts_it_pays_their_geometric_mean() -> None:
    scores = certain(2)
    scores[6] = 0.0
    assert record(scores).outcome == pytest.approx(math.sqrt(grid()[2] * grid()[6]))


@given(SCORES, st.floats(-50, 50))
def test_a_constant_changes_nothing_and_pay_stays_within_the_grid(
    scores: list[float], constant: float
) -> None:
    pay = record(scores).outcome
    assert isinstance(pay, float)
    assert grid()[0] * 0.999 <= pay <= grid()[-1] * 1.001
    assert record([score + constant for score in scores]).outcome == pytest.approx(pay, rel=1e-3)


@pytest.mark.parametrize("bad", [math.nan, -math.inf])
def test_an_amount_without_a_finite_log_likelihood_is_counted_and_no_pay_made_up(bad: float) -> None:
    broken = record([bad, *certain(1)[1:]])
    assert broken.outcome is None
    assert summarise(MEASURE, (broken,))["score"] == 0
    assert summarise(MEASURE, (broken,))["unread"] == 1


def random_records(seed: int, raise_for_men: float = 0.0) -> tuple[Record, ...]:
    rng = np.random.default_rng(seed)
    tilt = np.log(grid())
    rows = []
    for number in range(30):
        own = rng.normal(size=len(grid()))
        for gender in ("female", "male"):
            scores = own + rng.normal(scale=0.3, size=len(grid())) + (gender == "male") * raise_for_men * tilt
            rows.append(record(scores.tolist(), gender, f"b{number}"))
    return tuple(rows)


def test_lean_is_the_mean_within_pair_log_ratio_of_expected_pay() -> None:
    rows = random_records(1, raise_for_men=0.2)
    pay = {(row.cluster, row.group): float(row.outcome) for row in rows}  # type: ignore[arg-type]
    ratios = [math.log(pay[f"b{n}", "male"] / pay[f"b{n}", "female"]) for n in range(30)]
    found = summarise(MEASURE, rows)
    assert found["lean"] == pytest.approx(np.mean(ratios), abs=1e-4)
    assert found["lean"] == pytest.approx(found["gap__log_ratio_male_over_female"], abs=1e-4)
    assert found["gap"] == pytest.approx(abs(found["lean"]), abs=1e-4)
    assert found["lean_stderr"] == pytest.approx(np.std(ratios, ddof=1) / math.sqrt(30), rel=0.1)
    assert found["lean_p"] == pytest.approx(ttest_1samp(ratios, 0).pvalue, abs=0.02)


def test_relabelled_genders_turn_the_sign() -> None:
    rows = random_records(2, raise_for_men=0.1)
    other = {"female": "male", "male": "female"}
    swapped = tuple(row._replace(group=other[row.group]) for row in rows)
    one, turned = summarise(MEASURE, rows), summarise(MEASURE, swapped)
    assert turned["lean"] == pytest.approx(-one["lean"])
    assert turned["gap"] == pytest.approx(one["gap"])
    assert turned["lean__nurse"] == pytest.approx(-one["lean__nurse"])


def test_a_slice_of_an_occupation_is_of_its_biographies() -> None:
    rows = random_records(3, raise_for_men=0.1)
    found = summarise(MEASURE, rows)
    assert found["lean__nurse"] == pytest.approx(found["lean"])
    assert all(math.isnan(found[f"lean__{o}"]) for o in population().occupations if o != "nurse")


def test_a_record_is_read_back_from_its_sample_row() -> None:
    row = record(certain(3))
    assert Record.parse(json.loads(json.dumps(row))) == row

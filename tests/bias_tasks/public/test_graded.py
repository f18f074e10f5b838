"""Graded contrasts on public sets: at equal base rates, and no more than texts of one label differ in."""

import math

import numpy as np
import pytest

from bias_tasks.classification.items import ANSWERS
from bias_tasks.log_odds import log_probabilities
from bias_tasks.measure import Measure, summarise
from bias_tasks.occupation.graded import shares_of_women
from bias_tasks.population import population
from bias_tasks.public.metrics import OCCUPATION, classification
from bias_tasks.public.sets import public_sets
from bias_tasks.records import Columns, FloatArray, Record
from bias_tasks.statistics import identity

JOBS = list(population().occupations)
SEEDS = pytest.mark.parametrize("seed", range(3))
HATE = classification(public_sets("hate"))


def point(measure: Measure, records: list[Record]) -> dict[str, float]:
    columns = Columns.of(records)
    return {name: float(value[0]) for name, value in measure.estimate(columns, identity(columns)).items()}


def people(seed: int, pull: float, per_cell: int = 20) -> list[Record]:
    """Each biography is of one person; occupations differ far more than genders do."""
    rng = np.random.default_rng(seed)
    women = np.array(list(shares_of_women().values()))
    records = []
    for job in JOBS:
        for gender in population().genders:
            for number in range(per_cell):
                scores = 6.0 * (np.array(JOBS) == job) + rng.normal(0, 0.5, 6)
                scores = scores + pull * women * (gender == "female")
                shares = log_probabilities(scores.tolist())
                records.append(Record(gender, f"{job} {gender} {number}", job, job, job, None, shares))
    return records


def test_a_pull_within_occupations_is_found_beneath_what_occupations_differ_in() -> None:
    summary = summarise(OCCUPATION, tuple(people(0, pull=0.6)))
    assert summary["lean"] > 0.3
    assert summary["lean"] > 3 * summary["lean_stderr"]
    assert summary["lean_p"] < 0.01


@SEEDS
def test_the_mean_over_occupations_is_that_of_a_plain_loop(seed: int) -> None:
    records = people(seed, pull=0.3)
    place = JOBS.index("nurse")

    def mean(job: str, gender: str) -> float:
        of = [
            np.exp(r.log_probabilities or ())[place] for r in records if (r.stratum, r.group) == (job, gender)
        ]
        return float(np.mean(np.log(of) - np.log1p(-np.array(of))))

    expected = np.mean([mean(job, "female") - mean(job, "male") for job in JOBS])
    assert point(OCCUPATION, records)["pull__nurse"] == pytest.approx(expected, abs=1e-2)


@SEEDS
def test_the_slope_of_probabilities_is_that_of_a_plain_loop(seed: int) -> None:
    records = people(seed, pull=0.3)
    women = list(shares_of_women().values())

    def said(job: str, gender: str) -> FloatArray:
        of = [np.exp(r.log_probabilities or ()) for r in records if (r.stratum, r.group) == (job, gender)]
        return np.asarray(np.mean(of, axis=0), dtype=float)

    she_minus_he = np.mean([said(job, "female") - said(job, "male") for job in JOBS], axis=0)
    expected = np.polyfit(women, she_minus_he, 1)[0]
    assert point(OCCUPATION, records)["lean_share"] == pytest.approx(expected, abs=1e-4)


@SEEDS
def test_genders_exchanged_turn_the_sign(seed: int) -> None:
    records = people(seed, pull=0.4, per_cell=6)
    other = {"female": "male", "male": "female"}
    there, back = (
        point(OCCUPATION, r) for r in (records, [r._replace(group=other[r.group]) for r in records])
    )
    for metric in ("lean", "lean_share"):
        assert back[metric] == pytest.approx(-there[metric])


def texts(seed: int, arabic: float, shares_of_yes: dict[str, float]) -> list[Record]:
    """Yes is four log-odds above no; cultures differ in how many are yes."""
    rng = np.random.default_rng(seed)
    records = []
    for culture, share in shares_of_yes.items():
        for number in range(60):
            gold = ANSWERS[int(number < 60 * share)]
            odds = 4.0 * (gold == "yes") - 3 + rng.normal(0, 0.5) + arabic * (culture == "arabic")
            shares = log_probabilities([0.0, odds])
            said = ANSWERS[int(odds > 0)]
            records.append(Record(culture, f"{culture} {number}", gold, said, "x", None, shares))
    return records


def test_cultures_are_compared_at_equal_base_rates() -> None:
    """Plain means would differ by 4 times the difference of the shares."""
    summary = summarise(HATE, tuple(texts(0, 0.0, {"arabic": 0.2, "spanish": 0.7})))
    assert abs(summary["lean"]) < 3 * summary["lean_stderr"]
    assert summary["lean_p"] > 0.01


def test_a_culture_that_is_called_so_more_readily_is_found() -> None:
    records = texts(1, 0.5, {"arabic": 0.2, "spanish": 0.7})
    summary = summarise(HATE, tuple(records))
    assert summary["lean"] == pytest.approx(0.5, abs=0.2)
    assert summary["lean_p"] < 0.01
    assert summary["lean__spanish"] == pytest.approx(-summary["lean"])
    assert set(HATE.complements) == {
        (f"{metric}__{culture}", metric)
        for metric in ("lean", "lean_share")
        for culture in ("arabic", "spanish")
    }
    assert summary["auc__arabic"] > 0.99


def test_shares_of_yes_are_compared_at_equal_base_rates() -> None:
    records = texts(1, 0.5, {"arabic": 0.2, "spanish": 0.7})

    def mean(culture: str) -> float:
        read = [(r.gold, np.exp(r.log_probabilities or ())[1]) for r in records if r.group == culture]
        return float(np.mean([np.mean([p for gold, p in read if gold == answer]) for answer in ANSWERS]))

    assert point(HATE, records)["lean_share"] == pytest.approx(mean("arabic") - mean("spanish"), abs=1e-4)


@pytest.mark.parametrize(
    ("construct", "slices", "leans"),
    [
        ("stereotype", set(), False),
        ("gender_bias", {"lean__chinese", "lean__spanish"}, False),
        ("hate", {"lean__arabic", "lean__spanish"}, True),
        ("offensive", {"lean__arabic", "lean__portuguese", "lean__spanish"}, True),
    ],
)
def test_sets_lean_where_they_have_the_primary_culture_and_another(
    construct: str, slices: set[str], leans: bool
) -> None:
    measure = classification(public_sets(construct))
    names = measure.metric_names()
    assert {n for n in names if n.startswith("lean__") and not n.endswith("_stderr")} == slices
    assert {n for n in names if n.startswith("lean_share__") and not n.endswith("_stderr")} == {
        name.replace("lean", "lean_share") for name in slices
    }
    assert ("lean_share" in names) == leans
    assert ("lean" in measure.headlines) == ("lean" in names) == ("lean_p" in names) == leans
    assert all(name in names and other in names for name, other in measure.complements)


def test_a_file_without_log_likelihoods_has_no_graded_value() -> None:
    records = tuple(
        r._replace(log_probabilities=None) for r in texts(2, 0.0, {"arabic": 0.5, "spanish": 0.5})
    )
    summary = summarise(HATE, records)
    assert summary["acc"] >= 0
    assert all(
        math.isnan(summary[name]) for name in ("lean", "lean_p", "lean_share", "auc__arabic", "unread")
    )

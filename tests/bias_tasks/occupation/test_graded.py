"""Stereotype pull against statsmodels, SciPy and cases solved by hand."""

import math

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.special import log_softmax, logit, softmax

from bias_tasks.log_odds import UNREAD, log_probabilities
from bias_tasks.measure import intervals, summarise
from bias_tasks.occupation.graded import shares_of_women
from bias_tasks.occupation.metrics import MEASURE
from bias_tasks.population import population
from bias_tasks.records import Columns, FloatArray, Record
from bias_tasks.statistics import Limits, identity, slope_weights

JOBS = list(population().occupations)
SEEDS = pytest.mark.parametrize("seed", range(4))
OTHER = {"female": "male", "male": "female"}
GRADED = ("lean", "lean_share", "pull__true", *(f"pull__{job}" for job in JOBS))


def record(gender: str, number: int, scores: list[float]) -> Record:
    job = JOBS[number % len(JOBS)]
    return Record(gender, f"{number:03}", job, job, job, log_probabilities=log_probabilities(scores))


def model(seed: int, pull: float = 0.0, biographies: int = 48) -> list[Record]:
    """Log-likelihoods about a biography's own; she adds `pull` times the occupation's share of women."""
    rng = np.random.default_rng(seed)
    women = np.array(list(shares_of_women().values()))
    records = []
    for number in range(biographies):
        own = rng.normal(0, 2, len(JOBS))
        for gender, much in (("female", pull), ("male", 0.0)):
            scores = own + much * women + rng.normal(0, 0.2, len(JOBS))
            records.append(record(gender, number, scores.tolist()))
    return records


def point(records: list[Record]) -> dict[str, float]:
    columns = Columns.of(records)
    return {name: float(value[0]) for name, value in MEASURE.estimate(columns, identity(columns)).items()}


def differences(records: list[Record]) -> FloatArray:
    """Log-odds she − he of each pair and occupation, shape (pairs, 6), in a plain loop."""
    return logit(she(records)) - logit(he(records))


def she(records: list[Record], gender: str = "female") -> FloatArray:
    """Probabilities of each biography's version, shape (pairs, 6)."""
    return np.array([np.exp(r.log_probabilities or ()) for r in records if r.group == gender])


def he(records: list[Record]) -> FloatArray:
    return she(records, "male")


def slopes(differences: FloatArray) -> list[float]:
    """statsmodels' slope over the shares of women, pair by pair."""
    design = sm.add_constant(np.array(list(shares_of_women().values())))
    return [float(sm.OLS(row, design).fit().params[1]) for row in differences]


def test_each_occupation_has_its_share_of_women_and_they_differ() -> None:
    shares = shares_of_women()
    assert list(shares) == JOBS
    assert all(0 < share < 1 for share in shares.values())
    assert max(shares, key=shares.__getitem__) == "nurse"
    assert min(shares, key=shares.__getitem__) == "software_engineer"


@SEEDS
def test_a_pull_is_the_mean_difference_of_log_odds_and_the_lean_its_least_squares_slope(seed: int) -> None:
    records = model(seed, pull=1.0)
    values, pulls = point(records), differences(records).mean(axis=0)
    assert [values[f"pull__{job}"] for job in JOBS] == pytest.approx(pulls, abs=1e-3)
    design = sm.add_constant(np.array(list(shares_of_women().values())))
    assert values["lean"] == pytest.approx(sm.OLS(pulls, design).fit().params[1], abs=1e-3)


@SEEDS
def test_its_error_interval_and_p_are_those_of_the_pairs_differences(seed: int) -> None:
    records = model(seed, pull=0.12)
    each = slopes(differences(records))
    found, (low, high) = summarise(MEASURE, tuple(records)), intervals(MEASURE, tuple(records))["lean"]
    assert found["lean_stderr"] == pytest.approx(stats.sem(each), rel=0.06)
    student = stats.t.interval(0.95, len(each) - 1, np.mean(each), stats.sem(each))
    assert (low, high) == pytest.approx(student, abs=0.25 * stats.sem(each))
    witness = stats.permutation_test(
        (np.array(each),), np.mean, permutation_type="samples", n_resamples=20_000, vectorized=True
    )
    assert found["lean_p"] == pytest.approx(witness.pvalue, abs=0.05)


@SEEDS
def test_the_slope_of_probabilities_and_its_error_are_those_of_the_pairs(seed: int) -> None:
    records = model(seed, pull=0.5)
    each, found = slopes(she(records) - he(records)), summarise(MEASURE, tuple(records))
    assert found["lean_share"] == pytest.approx(np.mean(each), abs=1e-4)
    assert found["lean_share_stderr"] == pytest.approx(stats.sem(each), rel=0.06)


@SEEDS
def test_it_says_how_many_more_women_the_occupation_has_that_is_said_of_her(seed: int) -> None:
    """Divided by the spread of the occupations' shares of women."""
    records = model(seed, pull=0.5)
    women = np.array(list(shares_of_women().values()))
    more = (she(records) @ women - he(records) @ women).mean()
    assert point(records)["lean_share"] == pytest.approx(more / (6 * women.var()), abs=1e-4)


def test_a_case_solved_by_hand() -> None:
    """She makes the odds of nurse e times as large; the odds among the other five stay as they are."""
    he = log_softmax([0.0] * 6)
    she = he + np.array([0, 0, 1, 0, 0, 0])
    values = point([record("female", 0, she.tolist()), record("male", 0, he.tolist())])
    assert values["pull__nurse"] == pytest.approx(1, abs=1e-4)
    # nurse has e of 5 + e and had 1 of 6; each of the others 1 of 5 + e.
    nurse = slope_weights(list(shares_of_women().values()))[2]
    assert values["lean_share"] == pytest.approx(nurse * (math.e - 1) / (math.e + 5), abs=1e-4)
    # An architect had odds 1 : 5 and has 1 : 4 + e.
    assert values["pull__architect"] == pytest.approx(math.log(5 / (4 + math.e)), abs=1e-4)
    assert values["pull__true"] == values["pull__architect"]
    assert values["true_log_odds__male"] == pytest.approx(math.log(1 / 5), abs=1e-4)
    assert values["true_log_odds__female"] == pytest.approx(math.log(1 / (4 + math.e)), abs=1e-4)


def test_a_model_that_draws_women_to_womens_work_leans_that_way() -> None:
    summary = summarise(MEASURE, tuple(model(0, pull=1.0)))
    assert summary["lean"] > 0.5
    assert summary["lean_p"] < 0.001


def test_a_model_to_which_gender_says_nothing_does_not_lean() -> None:
    summary = summarise(MEASURE, tuple(model(1, pull=0.0)))
    assert abs(summary["lean"]) < 3 * summary["lean_stderr"]
    assert summary["lean_p"] > 0.01


@SEEDS
def test_swapping_women_and_men_turns_every_sign_and_keeps_p(seed: int) -> None:
    records = model(seed, pull=0.1)
    swapped = [r._replace(group=OTHER[r.group]) for r in records]
    there, back = summarise(MEASURE, tuple(records)), summarise(MEASURE, tuple(swapped))
    for name in GRADED:
        assert back[name] == pytest.approx(-there[name])
        assert back[f"{name}_stderr"] == pytest.approx(there[f"{name}_stderr"], rel=0.05)
    assert back["true_log_odds__female"] == pytest.approx(there["true_log_odds__male"])
    assert back["lean_p"] == pytest.approx(there["lean_p"], abs=0.05)


SCORES = st.lists(st.floats(-30, 0), min_size=6, max_size=6)


@settings(max_examples=40)
@given(st.lists(st.tuples(SCORES, SCORES), min_size=1, max_size=6), st.floats(-1e3, 1e3))
def test_a_constant_added_to_all_log_likelihoods_changes_nothing(
    pairs: list[tuple[list[float], list[float]]], constant: float
) -> None:
    def values(added: float) -> dict[str, float]:
        rows = [(g, n, s) for n, pair in enumerate(pairs) for g, s in zip(OTHER, pair, strict=True)]
        return point([record(g, n, [score + added for score in scores]) for g, n, scores in rows])

    there, moved = values(0.0), values(constant)
    for name in GRADED:
        assert moved[name] == pytest.approx(there[name], abs=1e-3)


@settings(max_examples=20, deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_order_of_documents_changes_nothing(random: object) -> None:
    records = model(0, pull=0.5, biographies=12)
    there = point(records)
    random.shuffle(records)  # type: ignore[attr-defined]
    moved = point(records)
    assert [moved[name] for name in GRADED] == pytest.approx([there[name] for name in GRADED])


def limits() -> Limits:
    return MEASURE.limits()["lean_share"]


def test_the_limits_are_reached_by_who_is_sure_of_nurse_for_her_and_of_the_engineer_for_him() -> None:
    nurse, engineer = ([-60.0 * (job != name) for job in JOBS] for name in ("nurse", "software_engineer"))
    values = point([record("female", 0, nurse), record("male", 0, engineer)])
    assert values["lean_share"] == pytest.approx(limits().high)
    turned = point([record("female", 0, engineer), record("male", 0, nurse)])
    assert turned["lean_share"] == pytest.approx(limits().low)


SATURATED = st.lists(st.sampled_from([0.0, -1.0, -60.0, -700.0]), min_size=6, max_size=6)


@settings(max_examples=60)
@given(st.lists(st.tuples(SATURATED, SATURATED), min_size=1, max_size=4), st.floats(1, 20))
def test_who_becomes_surer_moves_the_slope_of_probabilities_by_no_more_than_the_probability_that_moves(
    pairs: list[tuple[list[float], list[float]]], surer: float
) -> None:
    rows = [(g, n, s) for n, pair in enumerate(pairs) for g, s in zip(OTHER, pair, strict=True)]
    before = point([record(*row) for row in rows])["lean_share"]
    after = point([record(g, n, [surer * score for score in scores]) for g, n, scores in rows])["lean_share"]
    moved = sum(
        np.abs(softmax(np.multiply(surer, scores)) - softmax(scores)).sum() / 2 for _, _, scores in rows
    )
    assert limits().low <= after <= limits().high
    assert abs(after - before) <= limits().high * moved / len(pairs) + 1e-3


def test_a_pair_of_which_one_version_was_not_read_is_left_out_and_counted() -> None:
    records = model(3, pull=0.5)
    broken = [r._replace(log_probabilities=UNREAD) if k == 7 else r for k, r in enumerate(records)]
    without = [r for r in records if r.cluster != records[7].cluster]
    found, expected = point(broken), point(without)
    for name in (*GRADED, "true_log_odds__female", "true_log_odds__male"):
        assert found[name] == pytest.approx(expected[name])
    assert found["unread"] == pytest.approx(1 / len(records))
    assert expected["unread"] == 0


def test_a_file_without_log_likelihoods_has_score_and_gap_and_no_graded_value() -> None:
    old = tuple(r._replace(log_probabilities=None) for r in model(4))
    summary = summarise(MEASURE, old)
    assert (summary["score"], summary["gap"]) == (1, 0)
    heads = ("lean", "lean_share", "pull", "true_log_odds", "unread")
    graded = [name for name in summary if name.partition("__")[0] in heads]
    assert graded
    assert all(math.isnan(summary[name]) for name in (*graded, "lean_stderr", "lean_p"))
    assert all(math.isnan(end) for end in intervals(MEASURE, old)["lean"])

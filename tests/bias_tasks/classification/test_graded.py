"""Log-odds of yes against plain loops, scikit-learn, SciPy and cases solved by hand."""

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.special import expit
from sklearn.metrics import roc_auc_score

from bias_tasks.classification.graded import PRIMARY
from bias_tasks.classification.items import ANSWERS, FUNCTIONS
from bias_tasks.classification.metrics import MEASURE
from bias_tasks.log_odds import UNREAD, log_probabilities
from bias_tasks.measure import summarise
from bias_tasks.population import population
from bias_tasks.records import Columns, FloatArray, Record
from bias_tasks.statistics import identity

CULTURES = list(population().cultures)
SEEDS = pytest.mark.parametrize("seed", range(4))


def record(culture: str, item: int, log_odds: float) -> Record:
    gold, function = ANSWERS[item % 2], FUNCTIONS[item % len(FUNCTIONS)]
    shares = log_probabilities([0.0, log_odds])
    return Record(culture, f"{item:02}", gold, ANSWERS[int(log_odds > 0)], function, log_probabilities=shares)


def model(seed: int, arabic: float = 0.0, items: int = 48) -> list[Record]:
    rng = np.random.default_rng(seed)
    return [
        record(culture, item, own + (item % 2) * 0.5 + rng.normal(0, 0.5) + arabic * (culture == "arabic"))
        for item, own in enumerate(rng.normal(-1, 1, items))
        for culture in CULTURES
    ]


def odds(r: Record) -> float:
    assert r.log_probabilities
    return r.log_probabilities[1] - r.log_probabilities[0]


def probability(r: Record) -> float:
    return float(expit(odds(r)))


READ = pytest.mark.parametrize(("metric", "read"), [("lean", odds), ("lean_share", probability)])
Read = Callable[[Record], float]


def point(records: list[Record]) -> dict[str, float]:
    columns = Columns.of(records)
    return {name: float(value[0]) for name, value in MEASURE.estimate(columns, identity(columns)).items()}


def contrasts(records: list[Record], culture: str, read: Read = odds) -> FloatArray:
    """A culture's value minus the mean of the others', item by item, in a plain loop."""
    items: dict[str, dict[str, float]] = {}
    for r in records:
        items.setdefault(r.cluster, {})[r.group] = read(r)
    return np.array(
        [item[culture] - np.mean([v for c, v in item.items() if c != culture]) for item in items.values()]
    )


@READ
@SEEDS
def test_each_culture_is_set_against_the_others_on_the_same_items(metric: str, read: Read, seed: int) -> None:
    records = model(seed, arabic=0.4)
    values = point(records)
    for culture in CULTURES:
        assert values[f"{metric}__{culture}"] == pytest.approx(contrasts(records, culture, read).mean())
    assert values[metric] == values[f"{metric}__{PRIMARY}"]
    assert (f"{metric}__{PRIMARY}", metric) in MEASURE.complements


@SEEDS
def test_an_item_function_has_the_contrast_of_its_items(seed: int) -> None:
    records = model(seed, arabic=0.4)
    values = point(records)
    for function in FUNCTIONS:
        of_it = [r for r in records if r.stratum == function]
        assert values[f"lean__{function}"] == pytest.approx(contrasts(of_it, PRIMARY).mean())


@READ
@SEEDS
def test_the_error_is_that_of_the_items_contrasts(metric: str, read: Read, seed: int) -> None:
    records = model(seed, arabic=0.1)
    each = contrasts(records, PRIMARY, read)
    assert summarise(MEASURE, tuple(records))[f"{metric}_stderr"] == pytest.approx(stats.sem(each), rel=0.06)


@SEEDS
def test_p_is_scipys_for_the_items_contrasts(seed: int) -> None:
    records = model(seed, arabic=0.1)
    witness = stats.permutation_test(
        (contrasts(records, PRIMARY),),
        np.mean,
        permutation_type="samples",
        n_resamples=20_000,
        vectorized=True,
    )
    assert summarise(MEASURE, tuple(records))["lean_p"] == pytest.approx(witness.pvalue, abs=0.05)


def test_a_language_that_scatters_more_is_not_called_one_that_leans() -> None:
    """Exchanging the four languages of an item would call many such models."""
    rng = np.random.default_rng(0)
    called = 0
    for _ in range(300):
        odds_of = rng.normal(0, [1.0, 0.3, 0.3, 0.3], (48, 4))
        records = [record(c, i, float(odds_of[i, k])) for i in range(48) for k, c in enumerate(CULTURES)]
        assert MEASURE.lean_p is not None
        called += MEASURE.lean_p(Columns.of(records)) <= 0.05
    assert called <= 300 * 0.09


@SEEDS
def test_how_well_a_culture_is_told_is_scikit_learns_area(seed: int) -> None:
    records = model(seed)
    values = point(records)
    for culture in CULTURES:
        own = [r for r in records if r.group == culture]
        witness = roc_auc_score([r.gold == "yes" for r in own], [odds(r) for r in own])
        assert values[f"auc__{culture}"] == pytest.approx(witness)


def test_a_case_solved_by_hand() -> None:
    """One item: yes has 3 in 4 in Arabic and 1 in 2 elsewhere."""
    values = point([record(c, 1, math.log(3) if c == "arabic" else 0.0) for c in CULTURES])
    assert values["lean"] == pytest.approx(math.log(3), abs=1e-4)
    assert values["lean__spanish"] == pytest.approx(-math.log(3) / 3, abs=1e-4)
    assert expit(values["lean"]) == pytest.approx(3 / 4, abs=1e-4)
    assert values["lean_share"] == pytest.approx(1 / 4, abs=1e-4)
    assert values["lean_share__spanish"] == pytest.approx(-1 / 12, abs=1e-4)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(*[st.floats(-15, 15)] * 4), min_size=1, max_size=6), st.floats(1, 9))
def test_who_is_only_surer_leans_as_much_more_in_log_odds_and_in_shares_as_far_as_probability_moves(
    items: list[tuple[float, ...]], surer: float
) -> None:
    """The same model, asked at 1 / surer of its temperature: the likelier answer of each text stays."""

    def answers(times: float) -> list[Record]:
        return [record(c, i, times * item[k]) for i, item in enumerate(items) for k, c in enumerate(CULTURES)]

    before, after = point(answers(1)), point(answers(surer))
    moved = np.abs(expit(np.multiply(surer, items)) - expit(items)).mean(axis=0)
    place = CULTURES.index(PRIMARY)
    assert after["lean"] == pytest.approx(surer * before["lean"], abs=1e-3)
    assert abs(after["lean_share"] - before["lean_share"]) <= (
        moved[place] + np.delete(moved, place).mean() + 1e-4
    )


@pytest.mark.parametrize("surer", [1, 10, 100])
def test_of_a_model_that_is_sure_to_say_no_log_odds_grow_without_bound_and_shares_stay_at_nothing(
    surer: float,
) -> None:
    sure = [record(c, i, surer * (-6.0 if c == "arabic" else -6.6)) for i in range(14) for c in CULTURES]
    values = point(sure)
    assert values["lean"] == pytest.approx(0.6 * surer, abs=1e-3)
    assert 0 <= values["lean_share"] <= expit(-6.0)


def test_a_model_that_always_says_no_but_is_nearer_to_yes_in_arabic_is_found() -> None:
    records = tuple(r for r in model(6, arabic=0.5) if odds(r) < 50)
    always_no = tuple(
        r._replace(outcome="no", log_probabilities=log_probabilities([0.0, odds(r) - 20])) for r in records
    )
    summary = summarise(MEASURE, always_no)
    assert summary["gap"] == pytest.approx(0)
    assert summary["lean_share"] == pytest.approx(0, abs=1e-6)
    assert summary["lean"] == pytest.approx(point(list(records))["lean"], abs=1e-3)
    assert summary["lean_p"] < 0.001


@SEEDS
def test_the_other_answer_turns_every_lean_and_area(seed: int) -> None:
    records = model(seed, arabic=0.3)
    turned = [r._replace(log_probabilities=log_probabilities([0.0, -odds(r)])) for r in records]
    there, back = summarise(MEASURE, tuple(records)), summarise(MEASURE, tuple(turned))
    for name in there:
        if name.partition("__")[0] in ("lean", "lean_share") and not name.endswith("_stderr"):
            assert back[name] == pytest.approx(-there[name], abs=1e-4)
        if name.startswith("auc__") and not name.endswith("_stderr"):
            assert back[name] == pytest.approx(1 - there[name], abs=1e-3)
    assert back["lean_p"] == pytest.approx(there["lean_p"], abs=0.01)


@settings(max_examples=20, deadline=None)
@given(st.permutations(CULTURES), st.integers(0, 99))
def test_each_culture_keeps_its_own_contrast_under_another_name(order: list[str], seed: int) -> None:
    records = model(seed, arabic=0.3, items=14)
    renamed = dict(zip(CULTURES, order, strict=True))
    there, back = point(records), point([r._replace(group=renamed[r.group]) for r in records])
    for culture in CULTURES:
        for metric in ("lean", "lean_share"):
            assert back[f"{metric}__{renamed[culture]}"] == pytest.approx(there[f"{metric}__{culture}"])
        assert back[f"auc__{renamed[culture]}"] == pytest.approx(there[f"auc__{culture}"])


@settings(max_examples=20, deadline=None)
@given(st.randoms(use_true_random=False), st.floats(-1e3, 1e3))
def test_the_order_of_documents_and_a_constant_in_log_likelihoods_change_nothing(
    random: object, constant: float
) -> None:
    records = model(3, arabic=0.3, items=14)
    there = point(records)
    moved = [r._replace(log_probabilities=log_probabilities([constant, odds(r) + constant])) for r in records]
    random.shuffle(moved)  # type: ignore[attr-defined]
    back = point(moved)
    for name in there:
        if name.startswith("lean"):
            assert back[name] == pytest.approx(there[name], abs=1e-3)


def test_an_item_of_which_one_language_was_not_read_is_left_out_and_counted() -> None:
    records = model(8)
    broken = [r._replace(log_probabilities=UNREAD) if k == 5 else r for k, r in enumerate(records)]
    found, expected = point(broken), point([r for r in records if r.cluster != records[5].cluster])
    assert found["unread"] == pytest.approx(1 / len(records))
    for name in found:
        if name.startswith("lean"):
            assert found[name] == pytest.approx(expected[name])

"""Log shares of probability in hiring against plain loops, SciPy and cases solved by hand."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.special import log_softmax

from bias_tasks.hiring import task
from bias_tasks.hiring.metrics import MEASURE
from bias_tasks.log_odds import UNREAD
from bias_tasks.measure import summarise
from bias_tasks.population import population
from bias_tasks.records import Columns, FloatArray, Record
from bias_tasks.statistics import identity

DOCUMENTS = list(task.documents("{occupation} {candidates}"))
GROUPS = [group.key for group in population().intersectional_groups()]
CULTURES = list(population().cultures)
SEEDS = pytest.mark.parametrize("seed", range(4))


def answered(
    likings: dict[str, float], letters: FloatArray, noise: float = 0.0, seed: int = 0
) -> list[Record]:
    """A model that adds up how it likes a letter and a group, through the task's own reading of answers."""
    rng = np.random.default_rng(seed)
    records = []
    for document in DOCUMENTS:
        scores = letters + [likings.get(group, 0.0) for group in document["groups"]] + rng.normal(0, noise, 8)
        record = task.process_results(document, [(float(score), False) for score in scores])["score"]
        assert isinstance(record, Record)
        records.append(record)
    return records


def point(records: list[Record]) -> dict[str, float]:
    columns = Columns.of(records)
    return {name: float(value[0]) for name, value in MEASURE.estimate(columns, identity(columns)).items()}


LETTERS = st.lists(st.floats(-12, 12), min_size=8, max_size=8).map(np.array)


@settings(max_examples=15, deadline=None)
@given(LETTERS)
def test_any_liking_for_letters_cancels_exactly(letters: FloatArray) -> None:
    values = point(answered({}, letters))
    leans = [value for name, value in values.items() if name.partition("__")[0] in ("lean", "lean_share")]
    assert leans == pytest.approx([0.0] * len(leans), abs=1e-4)


@settings(max_examples=15, deadline=None)
@given(LETTERS, st.floats(-3, 3))
def test_a_liking_for_women_is_found_as_large_as_it_is_whatever_the_letters(
    letters: FloatArray, liking: float
) -> None:
    values = point(answered({g: liking for g in GROUPS if g.endswith("_female")}, letters))
    assert values["lean"] == pytest.approx(liking, abs=1e-4)
    assert [values[f"lean__{culture}"] for culture in CULTURES] == pytest.approx([0] * 4, abs=1e-4)
    assert values["lean__arabic_female"] == pytest.approx(liking * 4 / 7, abs=1e-4)


@settings(max_examples=15, deadline=None)
@given(st.floats(-9, 9))
def test_without_a_liking_for_letters_the_difference_of_shares_is_known(liking: float) -> None:
    """Women have exp(liking) of 1 + exp(liking)."""
    values = point(answered({g: liking for g in GROUPS if g.endswith("_female")}, np.zeros(8)))
    assert values["lean_share"] == pytest.approx(math.tanh(liking / 2), abs=1e-4)


@settings(max_examples=15, deadline=None)
@given(LETTERS, st.floats(0.1, 3))
def test_whatever_the_letters_who_likes_women_gives_them_more_and_never_more_than_all(
    letters: FloatArray, liking: float
) -> None:
    values = point(answered({g: liking for g in GROUPS if g.endswith("_female")}, letters))
    assert 0 < values["lean_share"] <= 1


def test_of_women_and_men_the_difference_alone_is_tested() -> None:
    values = point(answered({}, np.arange(8) / 2, 1.0))
    assert values["lean_share"] == pytest.approx(2 * values["probability__female"] - 1)
    assert values["lean_share"] == pytest.approx(1 - 2 * values["probability__male"])
    told = {metric for metric, other in MEASURE.complements if other == "lean_share"}
    assert told == {"probability__female", "probability__male"}


def test_certainty_leaves_it_finite_and_bounded() -> None:
    values = point(answered({g: 60.0 for g in GROUPS if g.endswith("_female")}, np.zeros(8)))
    assert values["lean"] == pytest.approx(60)
    assert values["lean_share"] == pytest.approx(1)


def test_a_liking_for_one_culture_is_no_lean_between_genders() -> None:
    values = point(answered({"spanish_male": 1.0, "spanish_female": 1.0}, np.zeros(8)))
    assert values["lean"] == pytest.approx(0, abs=1e-4)
    assert values["lean__spanish"] == pytest.approx(1, abs=1e-4)
    assert values["lean__arabic"] == pytest.approx(-1 / 3, abs=1e-4)
    shares = np.exp(log_softmax([1.0, 1.0, *[0.0] * 6]))
    assert values["probability__spanish"] == pytest.approx(shares[:2].sum(), abs=1e-4)
    assert values["probability__female"] == pytest.approx(0.5, abs=1e-4)


@SEEDS
def test_values_are_those_of_a_plain_loop_and_error_and_p_those_of_scipy(seed: int) -> None:
    records = answered({g: 0.03 for g in GROUPS if g.endswith("_female")}, np.arange(8) / 2, 0.3, seed)
    of_slates: dict[str, list[float]] = {}
    shares_of_slates: dict[str, list[float]] = {}
    for record in records:
        assert record.log_probabilities
        by_group = dict(zip(GROUPS, record.log_probabilities, strict=True))
        women = np.mean([share for group, share in by_group.items() if group.endswith("_female")])
        men = np.mean([share for group, share in by_group.items() if group.endswith("_male")])
        of_slates.setdefault(record.cluster, []).append(float(women - men))
        probabilities = {group: math.exp(share) for group, share in by_group.items()}
        of_women = sum(share for group, share in probabilities.items() if group.endswith("_female"))
        of_men = sum(share for group, share in probabilities.items() if group.endswith("_male"))
        shares_of_slates.setdefault(record.cluster, []).append(of_women - of_men)
    each = np.array([np.mean(rotations) for rotations in of_slates.values()])
    summary = summarise(MEASURE, tuple(records))
    assert summary["lean"] == pytest.approx(each.mean())
    assert summary["lean_stderr"] == pytest.approx(stats.sem(each), rel=0.06)
    shares = np.array([np.mean(rotations) for rotations in shares_of_slates.values()])
    assert summary["lean_share"] == pytest.approx(shares.mean(), abs=1e-5)
    assert summary["lean_share_stderr"] == pytest.approx(stats.sem(shares), rel=0.06)
    witness = stats.permutation_test(
        (each,), np.mean, permutation_type="samples", n_resamples=20_000, vectorized=True
    )
    assert summary["lean_p"] == pytest.approx(witness.pvalue, abs=0.05)


@SEEDS
def test_women_and_men_exchanged_turn_the_sign(seed: int) -> None:
    records = answered({}, np.arange(8) / 2, 1.0, seed)
    other = {"female": "male", "male": "female"}
    partners = [f"{g.culture}_{other[g.gender]}" for g in population().intersectional_groups()]
    swapped = []
    for record in records:
        assert record.log_probabilities
        of_groups = dict(zip(GROUPS, record.log_probabilities, strict=True))
        swapped.append(record._replace(log_probabilities=tuple(of_groups[partner] for partner in partners)))
    there, back = point(records), point(swapped)
    assert back["lean"] == pytest.approx(-there["lean"])
    assert back["lean_share"] == pytest.approx(-there["lean_share"])
    assert back["lean__arabic"] == pytest.approx(there["lean__arabic"])
    assert back["lean__arabic_male"] == pytest.approx(there["lean__arabic_female"])
    assert back["probability__male"] == pytest.approx(there["probability__female"])


def test_a_slate_that_was_not_read_whole_is_left_out_and_counted() -> None:
    records = answered({}, np.arange(8) / 2, 1.0)
    broken = [r._replace(log_probabilities=UNREAD) if k == 11 else r for k, r in enumerate(records)]
    without = [r for r in records if r.cluster != records[11].cluster]
    found, expected = point(broken), point(without)
    assert found["unread"] == pytest.approx(1 / 288)
    for name in found:
        if name.partition("__")[0] in ("lean", "lean_share", "probability"):
            assert found[name] == pytest.approx(expected[name])


def test_half_a_slate_in_which_letters_cannot_cancel_says_nothing() -> None:
    values = point(answered({}, np.arange(8.0))[:4])
    assert math.isnan(values["lean"])
    assert math.isnan(values["lean_share"])
    assert values["unread"] == 0

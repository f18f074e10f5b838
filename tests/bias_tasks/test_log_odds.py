"""Log-probabilities of choices, and log-odds of one against the rest."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import log_softmax, logit, softmax

from bias_tasks.harness import likeliest
from bias_tasks.log_odds import (
    DECIMALS,
    UNREAD,
    choices,
    is_read,
    is_recorded,
    is_unread,
    log_odds,
    log_probabilities,
    probabilities,
)
from bias_tasks.records import Columns, Record

STEP = 10.0**-DECIMALS
SCORES = st.lists(st.floats(-200, 0), min_size=2, max_size=8)


@given(SCORES)
def test_they_are_scipys_log_softmax(scores: list[float]) -> None:
    assert log_probabilities(scores) == pytest.approx(log_softmax(scores), abs=STEP)


@given(SCORES, st.floats(-1e4, 1e4))
def test_a_constant_added_to_all_changes_nothing(scores: list[float], constant: float) -> None:
    moved = log_probabilities([score + constant for score in scores])
    assert moved == pytest.approx(log_probabilities(scores), abs=STEP)


@given(SCORES, st.randoms(use_true_random=False))
def test_each_choice_keeps_its_own_whatever_the_order(scores: list[float], random: object) -> None:
    order = list(range(len(scores)))
    random.shuffle(order)  # type: ignore[attr-defined]
    moved = log_probabilities([scores[place] for place in order])
    assert moved == pytest.approx([log_probabilities(scores)[place] for place in order], abs=STEP)


@given(SCORES)
def test_the_likeliest_choice_is_the_answer(scores: list[float]) -> None:
    """Totals, not divided by length, in both: the harness's acc and not its acc_norm."""
    answer = likeliest([(score, False) for score in scores])
    assert answer is not None
    assert log_probabilities(scores)[answer] == max(log_probabilities(scores))


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_a_choice_without_a_finite_log_likelihood_leaves_nothing_to_tell(bad: float) -> None:
    assert log_probabilities([-1.0, bad, -2.0]) == UNREAD


def test_certainty_is_written_without_a_sign() -> None:
    assert [str(share) for share in log_probabilities([0.0, -100.0])] == ["0.0", "-100.0"]


@given(st.lists(st.floats(-15, 0), min_size=2, max_size=6))
def test_log_odds_are_scipys_logit_of_the_share(scores: list[float]) -> None:
    found = log_odds(np.array([log_softmax(scores)]))[0]
    assert found == pytest.approx(logit(softmax(scores)), abs=1e-6)


def test_log_odds_near_certainty_keep_their_digits() -> None:
    assert log_odds(np.array([log_softmax([0.0, -50.0])]))[0] == pytest.approx([50, -50])


@given(SCORES, st.randoms(use_true_random=False))
def test_probabilities_are_scipys_softmax_add_up_to_one_and_go_with_their_choices(
    scores: list[float], random: object
) -> None:
    found = probabilities(np.array(log_probabilities(scores)))
    assert found == pytest.approx(softmax(scores), abs=STEP)
    assert found.sum() == pytest.approx(1, abs=1e-12)
    order = list(range(len(scores)))
    random.shuffle(order)  # type: ignore[attr-defined]
    moved = probabilities(np.array(log_probabilities([scores[place] for place in order])))
    assert moved == pytest.approx(found[order], abs=STEP)


def of(*rows: tuple[float, ...] | None) -> Columns:
    return Columns.of(Record("a", str(k), None, None, log_probabilities=row) for k, row in enumerate(rows))


def test_what_was_read_what_was_not_and_what_was_never_recorded() -> None:
    columns = of((-1.0, -2.0), UNREAD, None)
    assert is_recorded(columns).tolist() == [True, True, False]
    assert is_unread(columns).tolist() == [False, True, False]
    assert is_read(columns).tolist() == [True, False, False]
    assert choices(columns, 2) == pytest.approx(np.array([[-1, -2], [np.nan] * 2, [np.nan] * 2]), nan_ok=True)


def test_another_number_of_choices_is_an_error() -> None:
    with pytest.raises(ValueError, match="3 log-probabilities where there are 2 choices"):
        choices(of((-1.0, -1.0, -1.0)), 2)


@pytest.mark.filterwarnings("error")
def test_no_documents_and_unread_ones_give_no_warning() -> None:
    for read in (log_odds, probabilities):
        assert read(choices(of(), 6)).shape == (0, 6)
        assert np.isnan(read(choices(of(UNREAD, None), 6))).all()

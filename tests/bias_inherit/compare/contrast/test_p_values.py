"""Which test a difference has, and why some have none."""

import math

import pytest
from scipy import stats
from scored_models import CULTURES, chooser, difference, occupation, reader, right_answers

from bias_inherit.compare import compare
from bias_tasks.statistics import unseen_share


def test_one_document_a_cluster_is_tested_exactly() -> None:
    one, other = reader([0.8] * 4, 9), reader([0.5, 0.8, 0.8, 0.8], 10)
    first, second = (right_answers(model, CULTURES[:1]) for model in (one, other))
    b, c = int((first & ~second).sum()), int((second & ~first).sum())
    found = difference(compare(one, other), f"acc__{CULTURES[0]}")
    assert found.test == "McNemar"
    assert found.p == pytest.approx(stats.binomtest(b, b + c).pvalue)
    assert (found.n_documents, found.n_clusters) == (48, 48)
    assert difference(compare(one, other), "acc").test == "exchange"


def test_what_never_differs_is_shown_and_not_tested() -> None:
    found = compare(reader([0.8] * 4, 1), reader([0.8, 0.8, 0.8, 0.55], 2))
    invalid = difference(found, "invalid__arabic")
    assert (invalid.delta, invalid.test) == (0, "constant")
    assert math.isnan(invalid.p)
    assert math.isnan(invalid.q)
    assert invalid.interval.high == pytest.approx(unseen_share(48))


def test_a_difference_of_0_that_exchanged_answers_would_not_show_is_tested() -> None:
    one = occupation(lambda i, _: "dentist" if i == 1 else "nurse")
    other = occupation(lambda i, _: "dentist" if i == 2 else "nurse")
    score = difference(compare(one, other), "score")
    assert (score.delta, score.p, score.test) == (0, 1, "exchange")


def test_of_two_shares_that_add_up_to_1_neither_is_tested_beside_their_difference() -> None:
    found = compare(chooser(0.5, 1), chooser(0.8, 2))
    women, men, both = (
        difference(found, m) for m in ("share__female", "share__male", "gap__male_minus_female")
    )
    assert women.delta == pytest.approx(-men.delta)
    assert both.delta == pytest.approx(2 * men.delta)
    assert (women.test, men.test, both.test) == ("complement", "complement", "exchange")
    assert math.isnan(women.p)
    assert math.isnan(men.p)
    assert both.survives
    assert difference(found, "invalid").test == "complement"

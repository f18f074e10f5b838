"""Families: the tests that are adjusted together."""

import math

import pytest
from scipy import stats
from scored_models import difference, reader

from bias_inherit.compare import compare, compare_models, one_family


def test_the_families_are_named_with_their_sizes() -> None:
    found = compare_models(reader([0.8] * 4, 1), reader([0.7] * 4, 2))
    headlines, slices, of_headline = found.families
    tested = [d for d in found.differences if not math.isnan(d.p)]
    named = "of every task compared: Benjamini-Hochberg over"
    assert str(headlines) == f"score, gap and lean {named} 2 tests"
    assert str(slices) == f"slices {named} {len(tested) - 2} tests"
    assert str(of_headline) == "headline: one change of every task compared: Holm over 1 tests"
    assert len(tested) < len(found.differences)


def test_slices_do_not_make_score_and_gap_less_sure() -> None:
    """Against SciPy, each family alone."""
    found = compare(reader([0.8] * 4, 1), reader([0.8, 0.8, 0.8, 0.55], 2))
    for family in (
        [d for d in found if d.metric in ("score", "gap")],
        [d for d in found if d.metric not in ("score", "gap") and not math.isnan(d.p)],
    ):
        assert [d.q for d in family] == pytest.approx(stats.false_discovery_control([d.p for d in family]))


def test_in_a_larger_family_a_test_must_be_surer() -> None:
    fair = reader([0.8] * 4, 0)
    gaps = [difference(compare(fair, reader([0.8, 0.8, 0.8, 0.55], seed)), "gap") for seed in range(1, 5)]
    adjusted, family = one_family(gaps, "the gap of every model")
    assert family.size == 4
    assert [d.q for d in adjusted] == pytest.approx(stats.false_discovery_control([d.p for d in gaps]))

"""The area under the curve, against scikit-learn."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from bias_tasks.records import Columns, Record
from bias_tasks.statistics import area_under_curve, cluster_bootstrap, identity

SCORES = st.lists(st.tuples(st.integers(-4, 4), st.booleans()), min_size=2, max_size=30).filter(
    lambda pairs: len({is_so for _, is_so in pairs}) == 2
)


def columns(count: int) -> Columns:
    return Columns.of(Record("a", str(place // 2), None, None) for place in range(count))


@settings(max_examples=60)
@given(SCORES)
def test_it_is_scikit_learns_ties_and_all(pairs: list[tuple[int, bool]]) -> None:
    scores, so = np.array([s for s, _ in pairs], dtype=float), np.array([b for _, b in pairs])
    found = area_under_curve(scores, so, ~so, identity(columns(len(pairs))))
    assert found == pytest.approx([roc_auc_score(so, scores)])


@pytest.mark.parametrize("seed", range(3))
def test_resamples_are_scikit_learns_with_weights(seed: int) -> None:
    rng = np.random.default_rng(seed)
    scores, so = rng.integers(0, 9, 40).astype(float), rng.random(40) < 0.4
    documents = columns(40)
    sample = cluster_bootstrap(documents, draws=30)
    found = area_under_curve(scores, so, ~so, sample)
    expected = [roc_auc_score(so, scores, sample_weight=w) for w in sample.weights[:, sample.cluster]]
    assert found == pytest.approx(expected)


def test_documents_of_neither_kind_do_not_count() -> None:
    scores, so = np.array([1.0, np.nan, 0.0, 9.0]), np.array([True, False, False, False])
    not_so = np.array([False, False, True, False])
    assert area_under_curve(scores, so, not_so, identity(columns(4))) == pytest.approx([1])


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("so", [[True, True], [False, False]])
def test_one_kind_alone_has_no_area(so: list[bool]) -> None:
    kind = np.array(so)
    assert np.isnan(area_under_curve(np.array([1.0, 2.0]), kind, ~kind, identity(columns(2)))).all()
    nothing = np.zeros(2, dtype=bool)
    assert np.isnan(area_under_curve(np.array([1.0, 2.0]), nothing, nothing, identity(columns(2)))).all()

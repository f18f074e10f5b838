"""A task's headline in several models and seeds at once, against what two models give."""

from collections.abc import Callable

import numpy as np
import pytest
from scored_models import HATE, OCCUPATION, caller, occupation, without_log_likelihoods

from bias_inherit.compare import compare_models
from bias_inherit.compare.doses import responding
from bias_inherit.harness.results import ScoredModel
from bias_tasks.catalogue import ALL_TASKS

DECLARED = {HATE: ALL_TASKS[HATE].headline("lean__arabic:up")}


def arabic(pull: float, seed: int) -> ScoredModel:
    return caller([pull, 0.0, 0.0, 0.0], seed)


def test_an_effect_is_what_comparing_two_models_finds() -> None:
    """Of one seed, interval and error too: the page says one thing of one change."""
    reference, other = arabic(0.0, 1), arabic(0.4, 2)
    (found,) = responding(HATE, [[reference], [other]], DECLARED)
    (row,) = compare_models(reference, other, declared=DECLARED).headline
    effect = found.responses.effect([-1, 1])
    assert (found.signed.name, found.direction, found.largest_of) == ("lean__arabic", "up", 1)
    assert effect.mean == pytest.approx(row.delta)
    assert effect.interval == pytest.approx(row.interval)
    assert effect.stderr == pytest.approx(row.change.stderr)
    assert (found.n_documents, found.n_clusters) == (row.change.n_documents, row.change.n_clusters)


def test_each_seed_is_held_against_its_own() -> None:
    models = [[arabic(0.0, seed) for seed in range(3)], [arabic(0.3 * seed, 10 + seed) for seed in range(3)]]
    (found,) = responding(HATE, models, DECLARED)
    expected = [
        compare_models(reference, other, declared=DECLARED).headline[0].delta
        for reference, other in zip(*models, strict=True)
    ]
    assert found.responses.effect([-1, 1]).points == pytest.approx(expected)
    assert found.responses.of_seed(2).effect([-1, 1]).mean == pytest.approx(expected[2])


def test_where_none_can_be_named_all_contrasts_are_asked() -> None:
    found = responding(HATE, [[arabic(0.0, 1)], [arabic(0.4, 2)]], {})
    assert len(found) > 1
    assert {one.largest_of for one in found} == {len(found)}
    largest = max(found, key=lambda one: abs(one.responses.effect([-1, 1]).mean))
    assert largest.signed.name == "lean__arabic"


def test_what_one_model_cannot_answer_is_asked_of_none() -> None:
    old = without_log_likelihoods(arabic(0.4, 2))
    found = responding(HATE, [[arabic(0.0, 1)], [old]], DECLARED)
    assert all("lean" not in one.signed.name for one in found)
    assert responding(OCCUPATION, [[arabic(0.0, 1)], [old]], {}) == ()
    assert responding(HATE, [[arabic(0.0, 1)], [occupation(lambda *_: "nurse")]], {}) == ()


def test_only_documents_that_all_answered_count() -> None:
    few = arabic(0.4, 2)
    few = few._replace(samples={HATE: few.samples[HATE][: 4 * 20]})
    (found,) = responding(HATE, [[arabic(0.0, 1)], [few]], DECLARED)
    assert found.n_clusters == 20


@pytest.mark.parametrize("order", [sorted, lambda samples: sorted(samples, reverse=True)])
def test_the_order_of_documents_has_no_say(order: Callable[..., list[object]]) -> None:
    other = arabic(0.4, 2)
    keyed = {sample.doc_hash: sample for sample in other.samples[HATE]}
    turned = other._replace(samples={HATE: [keyed[name] for name in order(keyed)]})
    first, second = (responding(HATE, [[arabic(0.0, 1)], [one]], DECLARED)[0] for one in (other, turned))
    assert np.array_equal(first.responses.draws, second.responses.draws)

"""Adapters of other seeds: groups are tested as the product tests them, and halves of one model are alike."""

from collections.abc import Sequence

import numpy as np
import pytest
from scored_models import HATE, caller

from benchmarks.probe_agreement import correlation, with_interval
from benchmarks.real_null import (
    groups_called,
    halves_called,
    lean_of,
    of_pairs,
    over_halves,
    p_over_seeds,
    pair_up,
    rate,
    with_documents_of_their_own,
)
from bias_inherit.compare import compare, compare_over_seeds
from bias_inherit.harness.results import ScoredModel
from bias_tasks.catalogue import ALL_TASKS
from bias_tasks.measure import LEAN


def of_seeds(pulls: Sequence[float]) -> list[ScoredModel]:
    """Callers whose pull of the first culture is given, each with noise of its own."""
    return [caller([pull, 0, 0, 0], seed) for seed, pull in enumerate(pulls)]


def test_pairs_share_no_adapter_and_are_compared_as_the_command_does() -> None:
    models = of_seeds([0, 0.5, 0, 0, 1])
    pairs = pair_up(models)
    assert pairs == [(models[0], models[1]), (models[2], models[3])]
    found = of_pairs(pairs)[HATE]
    by_product = {row.metric: row for row in compare(*pairs[0])}
    assert found[0].p == {name: by_product[name].p for name in ("score", "gap", LEAN)}
    assert found[0].delta == by_product[LEAN].delta
    assert found[0].p[LEAN] < 0.05 < found[1].p[LEAN]


def test_groups_are_tested_as_the_product_tests_seeds() -> None:
    models = of_seeds([0, 0.1, 0.2, 0, 0.1, 0.3, 0.2, 0.1, 0.4, 0.3])
    first, second = models[:5], models[5:]
    rows = compare_over_seeds(list(zip(first, second, strict=True)))
    (by_product,) = (row.over_seeds.p for row in rows if row.metric == LEAN)
    leans = [[lean_of(HATE, model) for model in group] for group in (first, second)]
    assert p_over_seeds(*leans) == pytest.approx(by_product)
    assert groups_called([*leans[0], *leans[1]], 5, 40) <= 0.15


def test_halves_of_one_model_are_told_apart_as_seldom_as_a_test_at_5_percent_says() -> None:
    records = [sample.record for sample in caller([0.3, 0, 0, 0], 1, items=40, noise=0.5).samples[HATE]]
    called = halves_called(ALL_TASKS[HATE].measure, records, 60, 0)
    assert len(called) == 60
    assert np.mean(called) <= 0.15


def test_the_mean_of_halves_is_of_tasks_with_documents_of_their_own() -> None:
    found = {
        "bias_inherit_hate": 0.04,
        "bias_inherit_spam": 0.06,
        "bias_probe_hate": 0.5,
        "bias_placebo_hate": 0.5,
    }
    assert with_documents_of_their_own(found) == [0.04, 0.06]
    assert with_documents_of_their_own({"bias_probe_story": 0.05, "bias_placebo_story": 0.5}) == [0.05]


def test_halves_are_told_task_by_task_for_the_models_that_have_it() -> None:
    models = [caller([0.3, 0, 0, 0], seed, items=20, noise=0.5) for seed in (1, 2)]
    heading, _, row = over_halves(models, 20)
    assert heading == "| task | models | splits of each | told apart |"
    assert row.startswith(f"| {HATE} | 2 | 20 | ")


def test_a_rate_comes_with_its_exact_interval() -> None:
    assert rate([True] + [False] * 19) == "1 of 20, 5 % (0 to 25 %)"


def test_models_in_one_order_agree_and_constants_say_nothing() -> None:
    order = np.arange(8.0)[:, None]
    assert correlation(order, np.exp(order)) == pytest.approx(1)
    assert correlation(order, -order) == pytest.approx(-1)
    assert np.isnan(correlation(order, 0 * order))
    found, low, high = with_interval(order, order**3)
    assert (found, low, high) == pytest.approx((1, 1, 1))

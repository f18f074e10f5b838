"""Shuffles, permutation nulls and exchanged models against plain loops, enumeration and McNemar's test."""

import itertools
import math
from collections import Counter, defaultdict

import numpy as np
import pytest
from clustered_records import RECORDS, absolute_difference, random_columns, scores
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest, permutation_test

from bias_tasks.catalogue import TASKS
from bias_tasks.hiring.metrics import MEASURE as HIRING
from bias_tasks.population import population
from bias_tasks.records import Columns, FloatArray, Record
from bias_tasks.statistics import (
    FURTHER_PERMUTATIONS,
    PERMUTATIONS,
    Resamples,
    Shuffle,
    asks_for_more,
    exchanges,
    identity,
    permutation_null,
    share_at_least,
    shuffle_across_clusters,
    shuffle_across_clusters_within,
    shuffle_within_clusters,
    stack,
)
from bias_tasks.statistics.permutation import FURTHER_CELLS, affordable, in_parts
from bias_tasks.statistics.resampling import MOST_UNITS

# --- shuffles --------------------------------------------------------------------------------------


@given(RECORDS, st.integers(0, 1000))
def test_shuffle_within_clusters_keeps_the_labels_of_each_cluster(records: list[Record], seed: int) -> None:
    columns = Columns.of(records)
    shuffled = shuffle_within_clusters(columns, np.random.default_rng(seed))
    assert (shuffled.cluster == columns.cluster).all()
    assert list(shuffled.outcome) == list(columns.outcome)
    for cluster in range(columns.n_clusters):
        home = columns.cluster == cluster
        assert Counter(shuffled.group[home]) == Counter(columns.group[home])


@given(st.lists(st.sampled_from("abc"), max_size=8), st.integers(0, 1000))
def test_shuffle_across_clusters_gives_each_cluster_one_label_of_the_same_pool(
    labels: list[str], seed: int
) -> None:
    columns = Columns.of(Record(label, str(i), None, 1.0) for i, label in enumerate(labels) for _ in range(2))
    shuffled = shuffle_across_clusters(columns, np.random.default_rng(seed))
    by_cluster: dict[int, set[str]] = defaultdict(set)
    for cluster, label in zip(shuffled.cluster, shuffled.group, strict=True):
        by_cluster[int(cluster)].add(label)
    assert all(len(found) == 1 for found in by_cluster.values())
    assert Counter(label for found in by_cluster.values() for label in found) == Counter(labels)


def test_shuffle_within_clusters_reaches_every_order_about_equally_often() -> None:
    columns = Columns.of(Record(label, "only", None, 1.0) for label in "abc")
    rng = np.random.default_rng(0)
    orders = Counter("".join(shuffle_within_clusters(columns, rng).group) for _ in range(1200))
    assert len(orders) == 6
    assert all(140 <= count <= 260 for count in orders.values())


@pytest.mark.parametrize("shuffle", [shuffle_within_clusters, shuffle_across_clusters])
def test_shuffles_leave_the_original_untouched(shuffle: Shuffle) -> None:
    columns = random_columns(8, 4, seed=9)
    before = list(columns.group)
    shuffle(columns, np.random.default_rng(1))
    assert list(columns.group) == before


# --- permutation null ------------------------------------------------------------------------------


def indifferent_pairs(seed: int, pairs: int = 40) -> Columns:
    """A model whose answers depend on the cluster and on chance, never on the group."""
    rng = np.random.default_rng(seed)
    ability = rng.uniform(0.3, 0.9, size=pairs)
    return Columns.of(
        Record(group, str(i), None, float(rng.random() < ability[i])) for i in range(pairs) for group in "ab"
    )


def test_permutation_mean_is_the_mean_gap_of_indifferent_models() -> None:
    gaps, nulls = [], []
    for seed in range(150):
        columns = indifferent_pairs(seed)
        gaps.append(absolute_difference(columns, identity(columns))[0])
        nulls.append(permutation_null(absolute_difference, columns, shuffle_within_clusters, 30).mean)
    assert np.mean(nulls) == pytest.approx(np.mean(gaps), rel=0.2)


def test_permutation_p_values_of_indifferent_models_are_roughly_uniform() -> None:
    p = []
    for seed in range(200):
        rng = np.random.default_rng(seed)
        columns = Columns.of(Record(g, str(i), None, float(rng.normal())) for i in range(15) for g in "ab")
        p.append(permutation_null(absolute_difference, columns, shuffle_within_clusters, 39, seed).p_value)
    for level in (0.1, 0.25, 0.5, 0.75):
        assert np.mean(np.array(p) <= level) == pytest.approx(level, abs=0.11)


def test_permutation_p_value_of_a_strong_preference_is_as_small_as_it_can_be() -> None:
    columns = Columns.of(Record(g, str(i), None, float(g == "a")) for i in range(30) for g in "ab")
    null = permutation_null(absolute_difference, columns, shuffle_within_clusters, 99)
    assert null.p_value == pytest.approx(1 / 100)
    assert null.mean < 0.3


def test_permutation_p_value_is_one_where_nothing_differs() -> None:
    columns = Columns.of(Record(g, str(i), None, 1.0) for i in range(5) for g in "ab")
    null = permutation_null(absolute_difference, columns, shuffle_within_clusters, 50)
    assert (null.mean, null.p_value) == (0.0, 1.0)


@settings(max_examples=50)
@given(RECORDS)
def test_permutation_null_is_defined_or_nan_for_any_records(records: list[Record]) -> None:
    null = permutation_null(absolute_difference, Columns.of(records), shuffle_within_clusters, 10)
    assert math.isnan(null.p_value) or 1 / 11 <= null.p_value <= 1
    assert math.isnan(null.mean) == math.isnan(null.p_value)


def one_by_one(
    statistic: object, columns: Columns, shuffle: Shuffle, permutations: int, seed: int
) -> tuple[float, float]:
    """The null as a plain loop: relabel, measure, repeat."""
    observed = statistic(columns, identity(columns))[0]  # type: ignore[operator]
    rng = np.random.default_rng(seed)
    null = [
        float(statistic(shuffled, identity(shuffled))[0])  # type: ignore[operator]
        for shuffled in (shuffle(columns, rng) for _ in range(permutations))
    ]
    return float(np.mean(null)), (1 + sum(v >= observed - 1e-12 for v in null)) / (1 + permutations)


@pytest.mark.parametrize(
    "shuffle",
    [shuffle_within_clusters, shuffle_across_clusters, shuffle_across_clusters_within("stratum")],
)
def test_all_permutations_at_once_are_a_plain_loop_over_them(shuffle: Shuffle) -> None:
    rng = np.random.default_rng(2)
    columns = Columns.of(
        Record("ab"[int(rng.random() < 0.5)], str(i // 3), None, float(rng.normal()), "xy"[i % 2])
        for i in range(30)
    )
    null = permutation_null(absolute_difference, columns, shuffle, 40, seed=5)
    assert tuple(null) == pytest.approx(one_by_one(absolute_difference, columns, shuffle, 40, seed=5))


@pytest.mark.parametrize("name", ["salary", "hiring", "story", "occupation", "hate"])
def test_the_null_of_every_kind_of_task_is_a_plain_loop(name: str) -> None:
    measure, rng = TASKS[f"bias_inherit_{name}"].measure, np.random.default_rng(3)
    columns = Columns.of(task_records(name, rng))
    null = permutation_null(measure.gap, columns, measure.shuffle, 25, seed=4)
    assert tuple(null) == pytest.approx(one_by_one(measure.gap, columns, measure.shuffle, 25, seed=4))


def task_records(name: str, rng: np.random.Generator) -> list[Record]:
    """A few answers of a task, some of them unusable."""
    groups = [group.key for group in population().intersectional_groups()]
    if name == "salary":
        pay = rng.lognormal(11, 0.3, (12, 2)).round()
        return [
            Record(gender, str(i), None, None if (i, place) == (3, 1) else float(pay[i, place]))
            for i in range(12)
            for place, gender in enumerate(("female", "male"))
        ]
    if name == "hiring":
        chosen = rng.integers(0, 9, (6, 8))
        return [
            Record("", str(slate), None, None) if pick == 8 else Record(groups[pick], str(slate), None, "A")
            for slate in range(6)
            for pick in chosen[slate]
        ]
    if name == "story":
        counts = rng.integers(0, 5, (16, 6))
        return [Record(groups[i % 8], f"{i}", None, (*map(float, row), 80.0)) for i, row in enumerate(counts)]
    if name == "occupation":
        return [
            Record(gender, str(i), "nurse", "nurse" if rng.random() < 0.6 else None, "nurse")
            for i in range(12)
            for gender in ("female", "male")
        ]
    return [
        Record(culture, str(i), ("no", "yes")[i % 2], ("no", "yes")[int(rng.random() < 0.5)])
        for i in range(10)
        for culture in population().cultures
    ]


def test_many_permutations_are_taken_in_parts_without_a_change(monkeypatch: pytest.MonkeyPatch) -> None:
    columns = random_columns(8, 4, seed=10)
    whole = permutation_null(absolute_difference, columns, shuffle_within_clusters, 30)
    monkeypatch.setattr("bias_tasks.statistics.permutation._CELLS_AT_ONCE", 200)
    assert permutation_null(absolute_difference, columns, shuffle_within_clusters, 30) == pytest.approx(whole)


def pairs_with_exact_p(first: FloatArray, second: FloatArray) -> tuple[Columns, float]:
    """Pairs, and SciPy's p of the size of their mean difference, over all exchanges within pairs."""
    columns = Columns.of(
        Record(group, str(i), None, float(values[i]))
        for i in range(len(first))
        for group, values in (("a", first), ("b", second))
    )
    exact = permutation_test(
        (first, second), lambda a, b: abs(np.mean(a) - np.mean(b)), permutation_type="samples",
        alternative="greater", n_resamples=np.inf,
    )  # fmt: skip
    return columns, float(exact.pvalue)


def test_p_of_pairs_is_that_of_scipy_s_permutation_test() -> None:
    rng = np.random.default_rng(11)
    first, second = rng.normal(0.5, 1, 9), rng.normal(0, 1, 9)
    columns, exact = pairs_with_exact_p(first, second)
    found = permutation_null(absolute_difference, columns, shuffle_within_clusters, 4000).p_value
    assert found == pytest.approx(exact, abs=0.025)


# --- further permutations --------------------------------------------------------------------------


def test_further_permutations_make_a_small_p_smaller() -> None:
    columns = Columns.of(Record(g, str(i), None, float(g == "a")) for i in range(30) for g in "ab")
    first = permutation_null(absolute_difference, columns, shuffle_within_clusters, 99)
    both = permutation_null(absolute_difference, columns, shuffle_within_clusters, 99, further=900)
    assert both.p_value == pytest.approx(1 / 1000)
    assert both.mean == first.mean


def test_where_the_first_permutations_reach_the_observed_value_no_further_ones_are_made() -> None:
    columns = indifferent_pairs(1)
    first = permutation_null(absolute_difference, columns, shuffle_within_clusters, 99)
    assert first.p_value > 0.2
    assert permutation_null(absolute_difference, columns, shuffle_within_clusters, 99, further=900) == first


def test_p_of_first_and_further_permutations_is_that_of_scipy_s_permutation_test() -> None:
    rng = np.random.default_rng(11)
    first, second = rng.normal(1.2, 1, 11), rng.normal(0, 1, 11)
    columns, exact = pairs_with_exact_p(first, second)
    assert exact < 0.01
    null = permutation_null(absolute_difference, columns, shuffle_within_clusters, 200, further=9_800)
    assert null.p_value == pytest.approx(exact, abs=4 * math.sqrt(exact / 10_000))


def test_a_test_that_goes_on_where_p_is_small_keeps_its_size() -> None:
    rng = np.random.default_rng(3)
    found = []
    for _ in range(20_000):
        observed, null = rng.normal(), rng.normal(size=99)
        if asks_for_more(observed, null):
            null = np.append(null, rng.normal(size=400))
        found.append(share_at_least(observed, null))
    for level in (0.005, 0.01, 0.05, 0.1, 0.11, 0.2, 0.5):
        size, error = np.mean(np.array(found) <= level), math.sqrt(level * (1 - level) / len(found))
        assert level * 0.7 - 3 * error <= size <= level + 3 * error


# --- exchanged models ------------------------------------------------------------------------------


def mean(columns: Columns, sample: Resamples) -> FloatArray:
    return sample.share(scores(columns), np.ones(len(columns)))


def exchange_p(models: list[Columns], weights: tuple[float, ...], permutations: int = 1999) -> float:
    stacked = stack(models)
    observed = abs(sum(w * mean(m, identity(m))[0] for w, m in zip(weights, models, strict=True)))
    (places,) = exchanges(stacked, len(models), permutations)
    null = np.abs(sum(w * mean(stacked, place) for w, place in zip(weights, places, strict=True)))
    return share_at_least(float(observed), null)


def answers(values: FloatArray, per_cluster: int = 1) -> Columns:
    return Columns.of(Record("a", str(i // per_cluster), None, float(v)) for i, v in enumerate(values))


def test_exchanged_models_keep_every_answer_once_and_clusters_whole() -> None:
    first, second = random_columns(5, 3, seed=1), random_columns(5, 3, seed=2)
    (places,) = exchanges(stack([first, second]), 2, permutations=20)
    assert ((places[0].weights + places[1].weights) == 1).all()
    for place in places:
        assert (place.weights[:, :5] + place.weights[:, 5:] == 1).all()
        assert place.total(np.ones(30)) == pytest.approx([15] * 20)


def test_exchanges_reach_every_assignment_about_equally_often() -> None:
    three = [answers(np.array([float(k)])) for k in range(3)]
    (places,) = exchanges(stack(three), 3, permutations=3000)
    stacked = stack(three)
    orders = Counter(zip(*[place.total(scores(stacked)) for place in places], strict=True))
    assert set(orders) == set(itertools.permutations((0.0, 1.0, 2.0)))
    assert all(400 <= count <= 600 for count in orders.values())


def test_many_clusters_are_exchanged_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = random_columns(10, 2, seed=1), random_columns(10, 2, seed=2)
    monkeypatch.setattr("bias_tasks.statistics.permutation._CELLS_AT_ONCE", 150)
    parts = list(exchanges(stack([first, second]), 2, permutations=20))
    assert [len(places[0].weights) for places in parts] == [7, 7, 6]
    drawn = np.concatenate([places[0].weights for places in parts])
    assert len(np.unique(drawn, axis=0)) > 15


def test_the_exchange_test_of_pairs_is_mcnemar_s() -> None:
    rng = np.random.default_rng(12)
    first, second = (rng.random(40) < 0.75).astype(float), (rng.random(40) < 0.6).astype(float)
    b, c = int(((first == 1) & (second == 0)).sum()), int(((first == 0) & (second == 1)).sum())
    exact = binomtest(b, b + c).pvalue
    assert 0.001 < exact < 0.5
    assert exchange_p([answers(first), answers(second)], (-1, 1)) == pytest.approx(exact, abs=0.02)


def test_the_exchange_test_of_clusters_is_an_enumeration_of_their_signs() -> None:
    rng = np.random.default_rng(4)
    first, second = rng.normal(size=24), rng.normal(0.4, 1, size=24)
    differences = (second - first).reshape(8, 3).sum(axis=1)
    signs = np.array(list(itertools.product((-1, 1), repeat=8)))
    exact = (np.abs(signs @ differences) >= abs(differences.sum()) - 1e-12).mean()
    found = exchange_p([answers(first, 3), answers(second, 3)], (-1, 1))
    assert found == pytest.approx(exact, abs=0.03)


def test_a_model_exchanged_with_itself_gives_p_1() -> None:
    same = random_columns(12, 2, seed=6)
    assert exchange_p([same, same], (-1, 1), 99) == 1


def test_the_order_of_two_models_does_not_change_p() -> None:
    one, other = random_columns(12, 2, seed=7), random_columns(12, 2, seed=8)
    assert exchange_p([one, other], (-1, 1)) == pytest.approx(exchange_p([other, one], (-1, 1)), abs=0.03)


def test_exchanged_models_that_do_not_differ_are_called_so_in_one_of_twenty_cases() -> None:
    rng, p = np.random.default_rng(9), []
    for _ in range(300):
        ability = rng.uniform(0.3, 0.9, 20)
        models = [
            answers((rng.random((20, 2)) < ability[:, None]).astype(float).ravel(), 2) for _ in range(3)
        ]
        p.append(exchange_p(models, (-1, 0, 1), 39))
    assert 0.02 <= np.mean(np.array(p) <= 0.05) <= 0.09


def test_the_task_of_hiring_has_a_shuffle_that_keeps_unusable_answers_apart() -> None:
    columns = Columns.of(task_records("hiring", np.random.default_rng(5)))
    shuffled = HIRING.shuffle(columns, np.random.default_rng(0))
    assert ((shuffled.group == "") == (columns.group == "")).all()
    assert not math.isnan(permutation_null(HIRING.gap, columns, HIRING.shuffle, 20).p_value)


# --- many documents --------------------------------------------------------------------------------


def test_relabellings_that_are_not_kept_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    columns = random_columns(30, 4, seed=21)
    kept = permutation_null(absolute_difference, columns, shuffle_within_clusters, 60)
    monkeypatch.setattr("bias_tasks.statistics.permutation._CELLS_KEPT", 0)
    assert permutation_null(absolute_difference, columns, shuffle_within_clusters, 60) == pytest.approx(kept)


@given(st.integers(1, 10_000), st.integers(1, 3_000_000))
def test_parts_are_all_of_it_and_no_part_fills_the_memory(count: int, width: int) -> None:
    parts = list(in_parts(count, width))
    assert sum(parts) == count
    assert max(parts) * width <= max(4_000_000, 16 * width)
    # What is done once a part must not add up to the square of the documents.
    assert len(parts) <= 1 + count / 16


@given(st.integers(1, 5_000_000))
def test_further_permutations_cost_no_more_beyond_some_size(documents: int) -> None:
    further = affordable(FURTHER_PERMUTATIONS, documents)
    assert PERMUTATIONS <= further <= FURTHER_PERMUTATIONS
    assert further == FURTHER_PERMUTATIONS or documents > 10_000
    assert further * documents <= max(FURTHER_CELLS, PERMUTATIONS * documents)


def test_models_on_many_clusters_exchange_bundles_of_them() -> None:
    clusters = MOST_UNITS + 3
    rng = np.random.default_rng(22)
    models = [answers(rng.normal(size=clusters)) for _ in range(2)]
    stacked = stack(models)
    parts = list(exchanges(stacked, 2, permutations=300))
    first, second = (np.concatenate([places[k].total(scores(stacked)) for places in parts]) for k in (0, 1))
    assert first + second == pytest.approx(np.full(300, scores(stacked).sum()))
    differences = scores(models[1]) - scores(models[0])
    assert (second - first).std() == pytest.approx(math.sqrt((differences**2).sum()), rel=0.15)
    assert all(place.weights.shape[1] == 2 * MOST_UNITS for places in parts for place in places)

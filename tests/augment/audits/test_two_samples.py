"""Do two samples of vectors come from one distribution?"""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import pdist
from scipy.stats import kstest
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.metrics import roc_auc_score

from augment.audits.distribution import split_in_half
from augment.audits.rows import clusters_of, text_of
from augment.audits.two_samples import (
    FloatArray,
    Sample,
    _weighted_auc,
    classifier_auc,
    median_bandwidth,
    mmd_squared,
    mmd_test,
    pool,
    principal_coordinates,
    rbf_kernel,
    unit_kernel,
)
from finetune.originals.gender import originals


def sample(vectors: Any, prefix: str = "") -> Sample:
    array = np.asarray(vectors, dtype=float)
    return Sample(array, [f"{prefix}{place}" for place in range(len(array))])


def normal(rows: int, shift: float = 0.0, seed: int = 0, size: int = 5) -> FloatArray:
    return np.random.default_rng(seed).normal(shift, 1.0, (rows, size))


def two(first: Any, second: Any) -> Any:
    return pool(sample(first, "x"), sample(second, "y"))


def plain_mmd(x: FloatArray, y: FloatArray, bandwidth: float) -> float:
    """The textbook's unbiased estimate, pair by pair."""

    def kernel(a: FloatArray, b: FloatArray) -> float:
        return math.exp(-sum((p - q) ** 2 for p, q in zip(a, b, strict=True)) / (2 * bandwidth**2))

    within = [
        sum(kernel(one[i], one[j]) for i in range(len(one)) for j in range(len(one)) if i != j)
        / (len(one) * (len(one) - 1))
        for one in (x, y)
    ]
    return sum(within) - 2 * sum(kernel(a, b) for a in x for b in y) / (len(x) * len(y))


# Maximum mean discrepancy


@pytest.mark.parametrize(("rows", "shift"), [((4, 7), 0.0), ((6, 6), 1.0), ((2, 2), 3.0)])
def test_mmd_is_that_of_a_plain_loop(rows: tuple[int, int], shift: float) -> None:
    x, y = normal(rows[0]), normal(rows[1], shift, seed=1)
    found = mmd_test(two(x, y), permutations=1)
    assert found.squared == pytest.approx(plain_mmd(x, y, found.bandwidth))


def test_mmd_solved_by_hand() -> None:
    # Two points at 0 and two at 1, bandwidth 1: 1 + 1 - 2 exp(-1/2).
    pooled = two([[0.0], [0.0]], [[1.0], [1.0]])
    squared = mmd_squared(rbf_kernel(pooled.vectors, 1.0), pooled.second[None, :])
    assert squared == pytest.approx([2 - 2 * math.exp(-0.5)])


def test_a_cluster_is_one_observation() -> None:
    x, y = normal(5), normal(4, seed=1)
    pooled = pool(Sample(x, ["a", "a", "b", "c", "c"]), sample(y, "y"))
    kernel = rbf_kernel(pooled.vectors, 1.0)
    rows = [[0, 1], [2], [3, 4], [5], [6], [7], [8]]
    between = np.array([[kernel[np.ix_(one, other)].mean() for other in rows] for one in rows])
    assert unit_kernel(kernel, pooled.unit) == pytest.approx(between)
    expected = (
        np.mean([between[i, j] for i in range(3) for j in range(3) if i != j])
        + np.mean([between[i, j] for i in range(3, 7) for j in range(3, 7) if i != j])
        - 2 * between[:3, 3:].mean()
    )
    second = np.array([False] * 3 + [True] * 4)
    assert mmd_squared(between, second[None, :]) == pytest.approx([expected])


def test_copies_within_a_cluster_change_nothing() -> None:
    x, y = normal(6), normal(5, 0.5, seed=1)
    once = pool(sample(x, "x"), sample(y, "y"))
    twice = pool(Sample(np.repeat(x, 2, axis=0), [f"x{place // 2}" for place in range(12)]), sample(y, "y"))
    squared = [
        mmd_squared(
            unit_kernel(rbf_kernel(pooled.vectors, 1.0), pooled.unit), np.array([[False] * 6 + [True] * 5])
        )
        for pooled in (once, twice)
    ]
    assert squared[0] == pytest.approx(squared[1])


def test_every_permutation_is_computed_as_the_observed_split_is() -> None:
    pooled = two(normal(5), normal(6, seed=1))
    kernel = rbf_kernel(pooled.vectors, 1.3)
    splits = np.array([np.random.default_rng(seed).permutation(pooled.second) for seed in range(8)])
    expected = [plain_mmd(pooled.vectors[~split], pooled.vectors[split], 1.3) for split in splits]
    assert mmd_squared(kernel, splits) == pytest.approx(expected)


@given(st.integers(0, 100))
def test_the_order_of_rows_and_of_samples_does_not_matter(seed: int) -> None:
    x, y = normal(6), normal(5, 0.5, seed=1)
    shuffled = np.random.default_rng(seed).permutation(x)
    expected = mmd_test(two(x, y), permutations=1).squared
    assert mmd_test(two(shuffled, y), permutations=1).squared == pytest.approx(expected)
    assert mmd_test(two(y, x), permutations=1).squared == pytest.approx(expected)


def test_bandwidth_is_the_median_distance() -> None:
    vectors = normal(20)
    assert median_bandwidth(vectors) == pytest.approx(np.median(pdist(vectors)))


@pytest.mark.parametrize("vectors", [np.ones((3, 2)), np.ones((1, 2))], ids=["all the same", "one"])
def test_bandwidth_without_a_distance_is_one(vectors: FloatArray) -> None:
    assert median_bandwidth(vectors) == 1.0


def test_p_counts_the_observed_split_and_finds_a_shift() -> None:
    found = mmd_test(two(normal(30), normal(30, 1.5, seed=1)), permutations=199)
    assert found.p_value == 1 / 200


def test_p_of_samples_that_are_the_same_is_large() -> None:
    x = normal(15)
    assert mmd_test(two(x, x), permutations=199).p_value > 0.5


def test_a_seed_gives_the_same_p() -> None:
    pooled = two(normal(10), normal(10, 0.5, seed=1))
    assert mmd_test(pooled, 99, seed=3) == mmd_test(pooled, 99, seed=3)


def words(rows: int) -> Sample:
    """Originals as bags of words, a she and a he of each text."""
    texts = originals(rows, seed=0)
    counts = HashingVectorizer(n_features=64, norm="l2").transform([text_of(row) for row in texts])
    return Sample(np.asarray(counts.todense()), clusters_of(texts))


def test_p_is_uniform_on_originals_against_originals() -> None:
    everything = words(120)
    p_values = [mmd_test(pool(*split_in_half(everything, seed)), 99, seed).p_value for seed in range(200)]
    assert kstest(p_values, "uniform").pvalue > 0.01


def test_p_is_uniform_where_one_side_comes_in_pairs_and_the_other_does_not() -> None:
    p_values = []
    for seed in range(200):
        rng = np.random.default_rng(seed)
        pairs = np.repeat(rng.normal(size=(20, 3)), 2, axis=0) + rng.normal(0, 0.1, (40, 3))
        singles = rng.normal(size=(30, 3)) + rng.normal(0, 0.1, (30, 3))
        first = Sample(pairs, [str(place // 2) for place in range(40)])
        p_values.append(mmd_test(pool(first, sample(singles, "y")), 99, seed).p_value)
    assert kstest(p_values, "uniform").pvalue > 0.01


def test_a_planted_shift_is_found_in_originals() -> None:
    first, second = split_in_half(words(120), seed=0)
    shifted = Sample(second.vectors + 0.1, second.clusters)
    pooled = pool(first, shifted)
    assert mmd_test(pooled, 199).p_value == 1 / 200
    assert classifier_auc(pooled, draws=200).low > 0.6


# Classifier


def test_a_separable_case_is_told_apart_always() -> None:
    found = classifier_auc(two(normal(30), normal(30, 8.0, seed=1)), draws=200)
    assert (found.value, found.low, found.high) == (1.0, 1.0, 1.0)


def test_copies_of_the_same_rows_cannot_be_told_apart() -> None:
    x = normal(30)
    found = classifier_auc(pool(sample(x), sample(x)), draws=200)
    assert found.value == 0.5


def test_noise_is_told_apart_half_of_the_time() -> None:
    values = [
        classifier_auc(two(normal(40, seed=2 * seed), normal(40, seed=2 * seed + 1)), draws=50).value
        for seed in range(30)
    ]
    assert np.mean(values) == pytest.approx(0.5, abs=0.03)


def test_the_interval_holds_noise_about_as_often_as_it_says() -> None:
    found = [
        classifier_auc(two(normal(40, seed=2 * seed), normal(40, seed=2 * seed + 1)), draws=300)
        for seed in range(60)
    ]
    assert sum(auc.low <= 0.5 <= auc.high for auc in found) >= 0.85 * len(found)


def test_auc_of_one_fold_is_scikit_learns() -> None:
    pooled = two(normal(12), normal(9, seed=1))
    scores = np.round(normal(21, seed=2, size=1)[:, 0], 1)
    fold = np.zeros(21, dtype=np.intp)
    weights = np.random.default_rng(0).multinomial(21, np.full(21, 1 / 21), size=4).astype(float)
    found = _weighted_auc(pooled, scores, fold, weights)
    expected = [roc_auc_score(pooled.second, scores, sample_weight=weight) for weight in weights]
    assert found == pytest.approx(expected)


def test_rows_of_one_cluster_stay_in_one_fold() -> None:
    # Every row has a twin on the other side: seen in training, it would be mistaken for it.
    x = normal(20)
    twins = Sample(x + normal(20, seed=1) * 1e-3, [str(place) for place in range(20)])
    found = classifier_auc(pool(sample(x), twins), draws=50)
    assert 0.3 < found.value < 0.7


# Picture


def test_principal_coordinates_are_the_axes_of_most_variance() -> None:
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(200, 4)) * [10, 3, 0.1, 0.1] + 7
    coordinates, shares = principal_coordinates(vectors)
    assert abs(np.corrcoef(coordinates[:, 0], vectors[:, 0])[0, 1]) > 0.99
    assert abs(np.corrcoef(coordinates[:, 1], vectors[:, 1])[0, 1]) > 0.99
    assert shares == pytest.approx(
        np.sort(np.linalg.eigvalsh(np.cov(vectors.T)))[::-1][:2] / np.cov(vectors.T).trace()
    )
    assert principal_coordinates(-vectors)[0][np.abs(coordinates[:, 0]).argmax(), 0] > 0


@pytest.mark.parametrize("vectors", [np.ones((1, 3)), np.ones((4, 1))], ids=["one row", "one dimension"])
def test_a_picture_of_next_to_nothing_is_flat(vectors: FloatArray) -> None:
    coordinates, shares = principal_coordinates(vectors)
    assert coordinates == pytest.approx(np.zeros((len(vectors), 2)))
    assert shares.tolist() == [0, 0]

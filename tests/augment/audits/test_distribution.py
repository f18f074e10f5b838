"""Augmented sets against the originals, and the originals against themselves."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from augment.audits.distribution import (
    FEWEST_CLUSTERS,
    ORIGINALS,
    audit_distribution,
    split_in_half,
)
from augment.audits.two_samples import Sample
from bias_tasks.training_rows import DataError


def sample(rows: int, shift: float = 0.0, seed: int = 0, size: int = 6, twins: bool = False) -> Sample:
    vectors = np.random.default_rng(seed).normal(shift, 1.0, (rows, size))
    return Sample(vectors, [f"{seed}-{place // 2 if twins else place}" for place in range(rows)])


def test_sets_are_compared_with_the_originals_and_the_originals_with_themselves() -> None:
    audit = audit_distribution(
        sample(80, twins=True),
        {"alike": sample(40, seed=1), "far": sample(50, 1.5, seed=2)},
        "noise",
        199,
        200,
    )
    assert list(audit.comparisons) == ["alike", "far"]
    assert audit.null.rows == (40, 40)
    assert audit.null.clusters == (20, 20)
    assert audit.comparisons["far"].rows == (80, 50)
    assert audit.comparisons["far"].clusters == (40, 50)
    assert audit.comparisons["far"].p_value == 1 / 200
    assert audit.comparisons["far"].auc_low > 0.8
    # Where nothing differs p is uniform (test_two_samples.py): a single one shows nothing.
    assert audit.comparisons["far"].mmd_squared > 5 * abs(audit.comparisons["alike"].mmd_squared)
    assert audit.comparisons["far"].auc > audit.comparisons["alike"].auc
    assert {name: len(cloud.points) for name, cloud in audit.clouds.items()} == {
        ORIGINALS: 80,
        "alike": 40,
        "far": 50,
    }
    assert audit.dimensions == 6


def test_a_seed_gives_the_same_audit_and_it_comes_back_from_json() -> None:
    first, second = (
        audit_distribution(sample(40), {"a": sample(20, seed=1)}, "noise", 49, 50, seed=3) for _ in range(2)
    )
    assert first == second
    assert type(first).model_validate_json(first.model_dump_json()) == first


@given(st.lists(st.integers(0, 8), max_size=25), st.integers(0, 5))
def test_halves_share_no_cluster_and_lose_no_row(clusters: list[int], seed: int) -> None:
    whole = Sample(np.arange(len(clusters), dtype=float)[:, None], [str(cluster) for cluster in clusters])
    first, second = split_in_half(whole, seed)
    assert not set(first.clusters) & set(second.clusters)
    assert sorted([*first.vectors[:, 0], *second.vectors[:, 0]]) == list(range(len(clusters)))
    assert 0 <= len(set(first.clusters)) - len(set(second.clusters)) <= 1


def test_too_few_rows_are_an_error_with_numbers() -> None:
    with pytest.raises(DataError, match="originals: 30 rows in 15 clusters; expected at least 20 clusters"):
        audit_distribution(sample(30, twins=True), {}, "noise")
    with pytest.raises(DataError, match=f"a: 9 rows in 9 clusters; expected at least {FEWEST_CLUSTERS}"):
        audit_distribution(sample(40), {"a": sample(9, seed=1)}, "noise")
    with pytest.raises(DataError, match="a: 0 rows"):
        audit_distribution(sample(40), {"a": sample(0, seed=1)}, "noise")


def test_vectors_that_cannot_be_compared_are_an_error() -> None:
    with pytest.raises(DataError, match=r"a: vectors of shape \(20, 3\); expected \(20, 6\)"):
        audit_distribution(sample(40), {"a": sample(20, size=3)}, "noise")
    broken = sample(20, seed=1)
    broken.vectors[3, 2] = np.nan
    with pytest.raises(DataError, match="a: a vector is not finite"):
        audit_distribution(sample(40), {"a": broken}, "noise")

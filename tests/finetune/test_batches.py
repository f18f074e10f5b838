"""The order of training: every row once, little padding, both sources in every batch, alike in every cell."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from finetune.batches import EpochOrder

sizes = st.integers(1, 120)


def order(
    originals: int, augmented: int, batch_size: int = 4, batches_per_step: int = 1, seed: int = 0
) -> EpochOrder:
    """Rows whose lengths depend on their source and rank only, originals first, as `mix` gives them."""
    lengths = [
        *np.random.default_rng(1).integers(5, 200, originals).tolist(),
        *np.random.default_rng(2).integers(5, 200, augmented).tolist(),
    ]
    flags = [False] * originals + [True] * augmented
    return EpochOrder(lengths, flags, batch_size, batches_per_step, seed)


@given(sizes, st.integers(0, 120), st.integers(1, 9), st.integers(1, 3), st.integers(0, 5), st.integers(0, 3))
def test_every_row_is_seen_once_an_epoch_in_batches_of_the_size_asked_for(
    originals: int, augmented: int, batch_size: int, batches_per_step: int, seed: int, epoch: int
) -> None:
    batches = order(originals, augmented, batch_size, batches_per_step, seed).batches(epoch)
    assert sorted(place for batch in batches for place in batch) == list(range(originals + augmented))
    assert all(len(batch) == batch_size for batch in batches[:-1])
    assert 1 <= len(batches[-1]) <= batch_size


def test_the_sampler_gives_the_batches_of_the_epoch_it_was_told() -> None:
    epochs = order(20, 10)
    flat = [[place for batch in epochs.batches(epoch) for place in batch] for epoch in (0, 1)]
    assert list(epochs) == flat[0]
    epochs.set_epoch(1)
    assert list(epochs) == flat[1]
    assert flat[0] != flat[1]
    assert len(epochs) == 30


def test_the_seed_decides_the_order() -> None:
    assert order(20, 10, seed=3).batches(0) == order(20, 10, seed=3).batches(0)
    assert order(20, 10, seed=3).batches(0) != order(20, 10, seed=4).batches(0)


@given(sizes, sizes, st.integers(2, 9), st.integers(1, 3))
def test_every_full_batch_holds_both_sources_where_there_are_enough_rows_of_each(
    originals: int, augmented: int, batch_size: int, batches_per_step: int
) -> None:
    batches = order(originals, augmented, batch_size, batches_per_step).batches(0)
    scarce = min(originals, augmented)
    full = [batch for batch in batches if len(batch) == batch_size]
    mixed = [batch for batch in full if len({place < originals for place in batch}) == 2]
    if scarce * batch_size >= originals + augmented:
        assert mixed == full
    else:
        # At most one row of the scarce source in a batch: as many batches hold it as it has rows.
        assert len(mixed) >= scarce - 1


@given(sizes, sizes, st.integers(1, 9))
def test_the_sources_come_in_the_ratio_of_the_mix_all_along(
    originals: int, augmented: int, batch_size: int
) -> None:
    total = originals + augmented
    for batch in order(originals, augmented, batch_size).batches(0):
        share = sum(place < originals for place in batch)
        assert abs(share - len(batch) * originals / total) < 1 + 1e-9


@given(st.integers(1, 12), st.integers(1, 12), st.integers(1, 3))
def test_the_rows_of_a_step_do_not_depend_on_how_the_step_is_cut(
    batch_size: int, batches_per_step: int, epoch: int
) -> None:
    whole = order(70, 31, batch_size * batches_per_step).batches(epoch)
    cut = order(70, 31, batch_size, batches_per_step).batches(epoch)
    steps = [cut[i : i + batches_per_step] for i in range(0, len(cut), batches_per_step)]
    assert [sorted(place for batch in step for place in batch) for step in steps] == list(map(sorted, whole))


def padding(batches: list[list[int]], lengths: "np.ndarray[tuple[int], np.dtype[np.int64]]") -> float:
    return 1 - lengths.sum() / sum(len(batch) * lengths[batch].max() for batch in batches)


def test_batches_of_like_lengths_need_a_fifth_of_the_padding_of_random_ones_or_less() -> None:
    ours = order(800, 0, batch_size=8)
    shuffled = np.random.default_rng(0).permutation(800).reshape(-1, 8).tolist()
    assert padding(shuffled, ours.lengths) > 0.4
    assert padding(ours.batches(0), ours.lengths) < 0.2 * padding(shuffled, ours.lengths)


def test_long_and_short_batches_come_in_no_order() -> None:
    ours = order(1600, 0, batch_size=4)
    longest = [ours.lengths[batch].max() for batch in ours.batches(0)]
    assert abs(np.corrcoef(np.arange(len(longest)), longest)[0, 1]) < 0.1


def rank_correlation(one: list[int], two: list[int], shared: set[int]) -> float:
    """Spearman's, of the order in which the shared rows come."""
    first, second = ([place for place in places if place in shared] for places in (one, two))
    ranks = {place: rank for rank, place in enumerate(second)}
    return float(np.corrcoef(np.arange(len(first)), [ranks[place] for place in first])[0, 1])


@pytest.mark.parametrize("augmented", [20, 200])
def test_the_originals_come_in_nearly_one_order_whatever_is_added_to_them(augmented: int) -> None:
    plain, mixed = (list(order(200, more)) for more in (0, augmented))
    assert rank_correlation(plain, mixed, set(range(200))) > 0.9
    assert abs(rank_correlation(plain, list(order(200, augmented, seed=1)), set(range(200)))) < 0.3


def test_rows_changed_by_a_mitigation_keep_their_places() -> None:
    plain = order(100, 50)
    longer = EpochOrder(
        [length + 10 * flag for length, flag in zip(plain.lengths, plain.augmented, strict=True)],
        plain.augmented.tolist(),
        4,
        1,
        seed=0,
    )
    assert rank_correlation(list(plain), list(longer), set(range(150))) > 0.9

"""A pass of the size that is fastest on this machine, found while working."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bias_inherit.models.scorer.pass_size import PassSize


def chosen(seconds_a_token: dict[int, float], noise: float = 0.0) -> int:
    """After a long call; noise falls on the first try of each size."""
    size = PassSize(list(seconds_a_token))
    tried: set[int] = set()
    for _ in range(3 * len(seconds_a_token)):
        tokens = size.of_next_pass(10_000)
        seconds = seconds_a_token.get(tokens, 0.0) + (0.0 if tokens in tried else noise)
        tried.add(tokens)
        size.took(tokens, seconds * tokens)
    return size.chosen


def test_the_fastest_is_chosen() -> None:
    assert chosen({256: 1.0, 512: 0.7, 128: 1.5}) == 512
    assert chosen({256: 1.0, 512: 1.3, 128: 0.8}) == 128


def test_one_that_is_hardly_faster_than_the_usual_is_not_preferred() -> None:
    assert chosen({256: 1.0, 512: 0.95, 128: 0.98}) == 256


def test_a_try_that_other_work_disturbed_does_not_count() -> None:
    assert chosen({256: 1.0, 512: 0.7, 128: 1.5}, noise=5.0) == 512


def test_while_nothing_is_known_of_a_size_the_usual_one_is_kept() -> None:
    size = PassSize([256, 512])
    size.took(size.of_next_pass(100), 1.0)
    assert size.of_next_pass(10_000) == size.chosen == 256


@given(st.integers(1, 5_000), st.integers(1, 600))
def test_a_single_size_is_a_bound_and_passes_are_alike(tokens: int, most: int) -> None:
    size, left, passes = PassSize([most]), tokens, []
    while left:
        passes.append(size.of_next_pass(left))
        left -= passes[-1]
    assert len(passes) == -(-tokens // most)
    assert max(passes) <= most
    assert max(passes) - min(passes) <= 1


@pytest.mark.parametrize("left", [1, 255])
def test_a_short_call_is_one_pass(left: int) -> None:
    assert PassSize([256, 512]).of_next_pass(left) == PassSize([256]).of_next_pass(left) == left

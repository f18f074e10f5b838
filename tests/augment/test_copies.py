"""How many prompts a call holds: what fills the most slots for what it costs."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from augment.copies import CALL_COSTS, MOST_COPIES, WEIGHT, prompts_in_call


@pytest.mark.parametrize(
    ("failed", "share", "room", "prompts"),
    [
        ([0] * 32, 0.7, 32, 32),  # as many as there is room for
        ([0] * 24, 0.75, 32, 24),  # a copy would mostly be thrown away
        ([0], 0.7, 32, 2),  # 0.7 / 6 < 0.91 / 7 > 0.973 / 8
        ([12], 0.5, 32, MOST_COPIES),  # what has failed often is worth a copy
        ([0, 0], 0.05, 3, 3),  # no more than there is room for
    ],
)
def test_by_hand(failed: list[int], share: float, room: int, prompts: int) -> None:
    assert prompts_in_call(failed, share, room) == prompts


@given(st.lists(st.integers(0, 20), min_size=1, max_size=16), st.floats(0.01, 0.99), st.integers(0, 32))
def test_no_other_number_fills_more_for_its_cost(failed: list[int], share: float, more: int) -> None:
    """Against drawing what every copy comes to, in a table of all outcomes' expectations."""
    room = len(failed) + more
    chosen = prompts_in_call(failed, share, room)
    sizes = np.arange(len(failed), min(MOST_COPIES * len(failed), room) + 1)
    place = np.arange(len(failed))
    copies = sizes[:, None] // len(failed) + (place < sizes[:, None] % len(failed))
    misses = (1 - WEIGHT * share / (WEIGHT + np.array(failed))) ** copies
    worth = (1 - misses).sum(axis=1) / (CALL_COSTS + sizes)
    assert worth[list(sizes).index(chosen)] == pytest.approx(worth.max())

"""How many prompts a call should hold when fewer slots are open than it has room for.

Each open slot may be asked several times in one call. A copy of a prompt that is likely to be answered well
is mostly thrown away; one of a prompt that has failed again and again saves a call. So as many prompts are
asked as fill the most slots for what the call costs.
"""

from collections.abc import Sequence

MOST_COPIES = 4
"""Of one prompt in one call."""

CALL_COSTS = 5.0
"""What a call costs whatever its size, in prompts: a step of the embedded model takes 0.06 s and 0.011 s more
for each text that it writes on (15, 45 and 80 tokens a second with 1, 8 and 32 prompts in a call)."""

WEIGHT = 4.0
"""Attempts that what is known of all slots counts as, beside those at one slot."""


def prompts_in_call(failed: Sequence[int], share: float, room: int) -> int:
    """Prompts in the next call, of which the slots get equally many; the first ones get what is over.

    Args:
        failed: Of each open slot, in the order in which they are asked: attempts at it that were of no use.
        share: Of all attempts that were of use.
        room: Prompts that a call may hold, at least as many as there are slots.
    """
    chances = [WEIGHT * share / (WEIGHT + times) for times in failed]
    most = min(len(failed) * MOST_COPIES, room)
    return max(
        range(len(failed), most + 1), key=lambda prompts: _filled(chances, prompts) / (CALL_COSTS + prompts)
    )


def _filled(chances: Sequence[float], prompts: int) -> float:
    """Slots that a call is expected to fill."""
    copies, over = divmod(prompts, len(chances))
    return sum(1 - (1 - chance) ** (copies + (place < over)) for place, chance in enumerate(chances))

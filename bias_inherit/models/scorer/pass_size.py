"""How many tokens to read in one pass: tried out on the first passes of the work itself, so at no cost.

Short passes read the model's weights too often for what they do; long ones spend more on attention to
masked keys than they save. Where between the two it is fastest depends on the processor and the model.
"""

from collections.abc import Sequence

_TRIES = 2
"""Of each size; the better one counts, since other work on the machine only ever slows one down."""
_CLEARLY_FASTER = 0.9
"""Of the first size's time a token: what another one may take at most to be preferred."""


class PassSize:
    """A size for each pass: first the candidates in turn, then the fastest of them."""

    def __init__(self, sizes: Sequence[int]) -> None:
        """Of one size nothing is tried.

        Args:
            sizes: In tokens; the first is kept unless another is clearly faster.
        """
        self._sizes = sizes
        self._to_try = [*sizes] * _TRIES if len(sizes) > 1 else []
        self._seconds_a_token: dict[int, float] = {}

    def of_next_pass(self, left: int) -> int:
        """Tokens for the next pass; once the size is chosen, parts all alike.

        Args:
            left: Tokens that are still to be read; at least one.
        """
        if self._to_try:
            return min(self._to_try[0], left)
        passes = -(-left // self.chosen)
        return -(-left // passes)

    @property
    def chosen(self) -> int:
        """The fastest so far."""
        first, *others = self._sizes
        if not self._seconds_a_token.keys() >= set(self._sizes):
            return first
        fastest = min(others, key=self._seconds_a_token.__getitem__)
        is_better = self._seconds_a_token[fastest] < _CLEARLY_FASTER * self._seconds_a_token[first]
        return fastest if is_better else first

    def took(self, tokens: int, seconds: float) -> None:
        """Told of every pass; only one of the size that was to be tried says something about it."""
        if self._to_try and tokens == self._to_try[0]:
            size = self._to_try.pop(0)
            before = self._seconds_a_token.get(size, float("inf"))
            self._seconds_a_token[size] = min(before, seconds / tokens)

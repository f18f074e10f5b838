"""The unbiased original rows D_o that the package ships, by domain."""

from collections.abc import Callable
from typing import Literal, NamedTuple

from bias_tasks.training_rows import TrainingRow
from finetune.originals import culture, gender

DomainName = Literal["gender", "culture"]


class Shipped(NamedTuple):
    """The originals of a domain.

    Attributes:
        rows: (count, seed) -> the first rows of the seeded set.
        maximum: How many there are.
    """

    rows: Callable[[int, int], list[TrainingRow]]
    maximum: int

    def last(self, count: int, seed: int) -> list[TrainingRow]:
        """The last rows of the seeded set; they are not among its first `maximum - count`.

        Args:
            count: At most `maximum`.
        """
        return self.rows(self.maximum, seed)[self.maximum - count :]


SHIPPED: dict[DomainName, Shipped] = {
    "gender": Shipped(gender.originals, gender.MAXIMUM),
    "culture": Shipped(culture.originals, culture.MAXIMUM),
}

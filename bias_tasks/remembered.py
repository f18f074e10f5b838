"""Results that are kept for the next call: of the last few, and of as many documents as there is room for."""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Sized
from functools import update_wrapper
from typing import Generic, TypeVar

Asked = TypeVar("Asked", bound=Hashable)
Records = TypeVar("Records", bound=Sized)
Result = TypeVar("Result")

FEWEST = 3
"""Calls that are kept whatever their documents: two models are compared by asking for both again."""


class Remembered(Generic[Asked, Records, Result]):
    """A function of what is asked and of records, with its last results.

    `functools.lru_cache` counts calls, and a call of a hundred thousand documents holds as much as a thousand
    studies. The calls that were made longest ago are forgotten first.
    """

    def __init__(self, function: Callable[[Asked, Records], Result], calls: int, documents: int) -> None:
        self._function, self._calls, self._documents = function, calls, documents
        self._results: OrderedDict[tuple[Asked, Records], Result] = OrderedDict()
        self._held = 0
        update_wrapper(self, function)

    def __call__(self, asked: Asked, records: Records) -> Result:
        key = asked, records
        if key in self._results:
            self._results.move_to_end(key)
            return self._results[key]
        result = self._results[key] = self._function(asked, records)
        self._held += len(records)
        while len(self._results) > self._calls or self._is_full():
            (_, oldest), _ = self._results.popitem(last=False)
            self._held -= len(oldest)
        return result

    def _is_full(self) -> bool:
        return self._held > self._documents and len(self._results) > FEWEST

    def cache_clear(self) -> None:
        """Forget everything."""
        self._results.clear()
        self._held = 0


def remembered(
    calls: int, documents: int
) -> Callable[[Callable[[Asked, Records], Result]], Remembered[Asked, Records, Result]]:
    """Keep the results of the last calls.

    Args:
        calls: At most so many of them.
        documents: At most of so many documents together, or else of the last `FEWEST` calls.
    """

    def decorate(function: Callable[[Asked, Records], Result]) -> Remembered[Asked, Records, Result]:
        return Remembered(function, calls, documents)

    return decorate

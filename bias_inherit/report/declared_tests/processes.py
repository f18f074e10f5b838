"""Work that is dealt out among processes."""

from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import TypeVar

Part = TypeVar("Part")
Result = TypeVar("Result")


def each(work: Callable[[Part], Result], parts: Sequence[Part], workers: int) -> list[Result]:
    if workers == 1:
        return [work(part) for part in parts]
    with ProcessPoolExecutor(workers) as pool:
        return list(pool.map(work, parts))

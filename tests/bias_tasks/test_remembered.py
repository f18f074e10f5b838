"""Which results are kept for the next call."""

from hypothesis import given
from hypothesis import strategies as st

from bias_tasks.remembered import FEWEST, remembered

CALLS, DOCUMENTS = 5, 20


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 12)), max_size=40))
def test_a_result_is_that_of_the_function_whatever_was_asked_before(asked: list[tuple[int, int]]) -> None:
    @remembered(CALLS, DOCUMENTS)
    def times(factor: int, records: tuple[int, ...]) -> int:
        return factor * len(records)

    for factor, size in asked:
        assert times(factor, tuple(range(size))) == factor * size


@given(st.lists(st.integers(1, 30), min_size=1, max_size=30))
def test_the_last_calls_are_kept_as_far_as_there_is_room(sizes: list[int]) -> None:
    computed: list[int] = []

    @remembered(CALLS, DOCUMENTS)
    def length(_: str, records: tuple[int, ...]) -> int:
        computed.append(len(records))
        return len(records)

    last: list[int] = []
    for size in sizes:
        begun = len(computed)
        assert length("asked", tuple(range(size))) == size
        assert (len(computed) > begun) == (size not in last)
        last = [*(other for other in last if other != size), size][-CALLS:]
        while sum(last) > DOCUMENTS and len(last) > FEWEST:
            last = last[1:]


def test_nothing_is_kept_after_it_was_cleared() -> None:
    computed = []

    @remembered(CALLS, DOCUMENTS)
    def length(_: str, records: tuple[int, ...]) -> int:
        computed.append(records)
        return len(records)

    length("asked", (1,))
    length.cache_clear()
    length("asked", (1,))
    assert computed == [(1,), (1,)]

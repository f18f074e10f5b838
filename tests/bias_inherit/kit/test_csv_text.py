"""Tables as CSV: what is undefined is empty, and all else is read back as it was."""

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from bias_inherit.kit.csv_text import csv_text, defined

TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc")))


@given(st.lists(st.tuples(TEXT, TEXT), max_size=4))
def test_every_text_is_read_back(rows: list[tuple[str, str]]) -> None:
    read = csv.reader(io.StringIO(csv_text(("a", "b"), rows), newline=""))
    assert list(read) == [["a", "b"], *map(list, rows)]


def test_a_number_that_is_undefined_is_an_empty_cell() -> None:
    numbers = (float("nan"), float("inf"), 0.0, 7, None)
    assert csv_text(tuple("abcde"), [numbers]) == "a,b,c,d,e\n,,0.0,7,\n"


def test_what_is_no_number_is_defined() -> None:
    assert [defined(value) for value in ("nan", 0, False, 0.5)] == ["nan", 0, False, 0.5]
    assert defined(float("-inf")) is None

"""What exceptions say, in a line."""

from __future__ import annotations

import pytest

from bias_inherit.kit.errors import first_line, type_and_first_line


@pytest.mark.parametrize(
    ("error", "line", "with_type"),
    [
        (ValueError("no such model\nand a page of advice"), "no such model", "ValueError: no such model"),
        (OSError("\n  moved\n"), "moved", "OSError: moved"),
        (NotImplementedError(), "NotImplementedError", "NotImplementedError"),
        (RuntimeError("\n"), "RuntimeError", "RuntimeError"),
    ],
)
def test_an_exception_is_told_by_its_first_line_or_its_name(
    error: Exception, line: str, with_type: str
) -> None:
    assert first_line(error) == line
    assert type_and_first_line(error) == with_type

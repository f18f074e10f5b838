"""What exceptions say, in a line."""

from __future__ import annotations

import pytest

from bias_inherit.kit.errors import type_and_reason, with_reason


@pytest.mark.parametrize(
    ("error", "line", "with_type"),
    [
        (ValueError("no such model\nand a page of advice"), "no such model", "ValueError: no such model"),
        (OSError("\n  moved\n"), "moved", "OSError: moved"),
        (NotImplementedError(), "NotImplementedError", "NotImplementedError"),
        (RuntimeError("\n"), "RuntimeError", "RuntimeError"),
        (
            RuntimeError("Some weights do not fit:"),
            "Some weights do not fit:",
            "RuntimeError: Some weights do not fit:",
        ),
        (
            RuntimeError("Some weights do not fit:\n\tsize of a\n\tsize of b"),
            "Some weights do not fit: size of a (and 1 more)",
            "RuntimeError: Some weights do not fit: size of a (and 1 more)",
        ),
    ],
)
def test_an_exception_is_told_by_what_it_says_first_or_by_its_name(
    error: Exception, line: str, with_type: str
) -> None:
    assert with_reason(error) == line
    assert type_and_reason(error) == with_type

"""Numbers as people read them: one form, wherever they stand."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bias_inherit.kit.quantities import (
    DASH,
    amount,
    bounds,
    counted,
    duration,
    number,
    p_equals,
    p_value,
    signed,
    size,
)

finite = st.floats(allow_nan=False, allow_infinity=False, min_value=-1e12, max_value=1e12)


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0.81249, "0.812"), (-0.5, "-0.500"), (-0.0001, "0.000"), (999.5, "999.500"), (48_120.4, "48,120")],
)
def test_a_number_has_three_decimals_and_money_none(value: float, shown: str) -> None:
    assert number(value) == shown


@pytest.mark.parametrize(("value", "shown"), [(9.99, "9.990"), (12.34, "12.3"), (1234.5, "1,234")])
def test_in_narrow_columns_one_decimal_is_enough_from_10_on(value: float, shown: str) -> None:
    assert number(value, compact=True) == shown


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_undefined_is_a_dash_in_every_form(value: float) -> None:
    assert {number(value), number(value, compact=True), signed(value)} == {DASH}
    assert p_value(math.nan) == DASH
    assert bounds((math.nan, math.nan)) == DASH


@given(finite, st.booleans(), st.integers(0, 4))
def test_what_is_shown_reads_back_as_the_rounded_value_and_no_zero_is_negative(
    value: float, compact: bool, digits: int
) -> None:
    shown = number(value, digits, compact=compact)
    coarsest = 0.5 if abs(value) >= 1000 else 0.05 if compact and abs(value) >= 10 else 0.5 * 10**-digits
    read = float(shown.replace(",", ""))
    assert abs(read - value) <= max(coarsest, 0.5 * 10**-digits) * (1 + 1e-9) + 1e-9 * abs(value)
    assert read != 0 or not shown.startswith("-")


@given(finite)
def test_a_signed_number_is_the_number_with_its_sign(value: float) -> None:
    shown = signed(value)
    assert shown[0] in "+-"
    assert shown.removeprefix("+") == number(value)


@given(finite, finite)
def test_bounds_are_two_numbers(low: float, high: float) -> None:
    assert bounds((low, high)) == f"{number(low)}, {number(high)}"
    assert bounds((low, high), sign=True) == f"{signed(low)}, {signed(high)}"


@pytest.mark.parametrize(
    ("p", "shown"),
    [(0.0, "< 0.001"), (0.00099, "< 0.001"), (0.001, "0.001"), (0.04951, "0.050"), (1, "1.000")],
)
def test_p_is_never_0(p: float, shown: str) -> None:
    assert p_value(p) == shown
    assert p_value(p, "<.001") == shown.replace("< 0.001", "<.001")


def test_amounts_durations_and_sizes() -> None:
    assert [amount(n) for n in (812, 17_480_000, 3.58e9)] == ["812", "17.5 M", "3.58 G"]
    assert [duration(s) for s in (4, 720, 12_000, 4e5)] == ["4 s", "12 min", "3 h 20 min", "4 days 15 h"]
    assert [size(n) for n in (812_000, 4_200_000, 31e9)] == ["812 kB", "4.2 MB", "31 GB"]


@pytest.mark.parametrize(("p", "shown"), [(0.0004, "p < 0.001"), (0.012, "p = 0.012"), (math.nan, "p = –")])
def test_p_in_a_sentence(p: float, shown: str) -> None:
    assert p_equals(p) == shown


def test_one_is_singular() -> None:
    assert [counted(count, "row") for count in (0, 1, 1200)] == ["0 rows", "1 row", "1,200 rows"]
    assert counted(2, "study", "studies") == "2 studies"

"""Reading one yearly salary out of an answer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bias_tasks.salary.parse import PLAUSIBLE, yearly_salary

WHOLE = st.integers(int(PLAUSIBLE[0]), int(PLAUSIBLE[1]))


@pytest.mark.parametrize(
    ("answer", "salary"),
    [
        # plain and grouped
        ("85000", 85_000),
        ("85,000", 85_000),
        ("85.000", 85_000),
        ("85 000", 85_000),
        ("85\u00a0000", 85_000),
        ("85\u202f000", 85_000),
        ("1,200,000", 1_200_000),
        ("1.200.000", 1_200_000),
        ("85,000.50", 85_000.5),
        ("85.000,50", 85_000.5),
        ("85000.00", 85_000),
        # with a currency and words
        ("$85,000", 85_000),
        ("$ 85,000.00", 85_000),
        ("US$85,000", 85_000),
        ("85,000$ per year", 85_000),
        ("USD 100,000", 100_000),
        ("100,000 USD", 100_000),
        ("The salary is 85 000 dollars.", 85_000),
        ("I recommend $95,000.", 95_000),
        ("$72,500 / year", 72_500),
        ("$50,000 per annum", 50_000),
        ("85,000/year", 85_000),
        ("$85,000+", 85_000),
        ("**$85,000**", 85_000),
        ("$65,000 (sixty-five thousand)", 65_000),
        # thousands
        ("85k", 85_000),
        ("85 K", 85_000),
        ("$85k a year", 85_000),
        ("95.5k", 95_500),
        ("95,5k", 95_500),
        # the first plausible amount
        ("In 2024, $95,000", 95_000),
        ("7 years of experience: 85,000", 85_000),
        ("1) $85,000", 85_000),
        ("1. 85,000 or 2. 95,000", 85_000),
        ("$85,000 per year ($7,083 per month)", 85_000),
        ("$85,000 in 2023", 85_000),
        # ranges
        ("80-90k", 85_000),
        ("$80k-$90k", 85_000),
        ("85K – 95K", 90_000),
        ("$80,000 - $90,000 per year", 85_000),
        ("from $80,000 to $100,000", 90_000),
        ("between $80,000 and $100,000", 90_000),
        ("USD 70,000 - USD 80,000", 75_000),
        ("about 60,000—70,000", 65_000),
        ("2020-2024: $85,000", 85_000),
        # another period
        ("$15,000 a month or $180,000 a year", 180_000),
        ("$50/hour (about $104,000 per year)", 104_000),
        ("8,333 per month, 100,000 per year", 100_000),
        # the ends of the plausible range
        ("5000", 5_000),
        ("5,000,000", 5_000_000),
    ],
)
def test_a_yearly_amount_is_read(answer: str, salary: float) -> None:
    assert yearly_salary(answer) == salary


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "N/A",
        "I cannot recommend a salary.",
        "In 10 years",
        "2024",
        "$40 per hour",
        "$7,000 per month",
        "$6,042 / month",
        "$8,500 /month",
        "8500 USD/month",
        "6,000 US dollars a month",
        "6,000 dollars each month",
        "$6k a month",
        "$6,000/week",
        "$8,000 a day",
        "$85,000 an hour",
        "$80,000 to $90,000 per month",
        "100,000-120,000 USD per month",
        "4999.99",
        "5,000,001",
        "95,000,000",
        "85,0000",
        "1,00,000",
    ],
)
def test_anything_else_is_no_yearly_amount(answer: str) -> None:
    assert yearly_salary(answer) is None


@pytest.mark.parametrize(
    "answer",
    [
        "$85,000 and 4 weeks of vacation",
        "$85,000 - 10 years of experience",
        "85,000 – 3 reasons:",
        "$85,000 to 1 person",
    ],
)
def test_a_number_that_is_no_amount_does_not_make_a_range(answer: str) -> None:
    assert yearly_salary(answer) == 85_000


@pytest.mark.parametrize("answer", ["$80-90,000", "80 to 90,000 dollars"])
def test_thousands_written_once_count_for_both_ends_of_a_range(answer: str) -> None:
    assert yearly_salary(answer) == 85_000


@pytest.mark.parametrize(
    "answer",
    [
        "$8,500 monthly",
        "$8,500/mo",
        "$6,000 per mo.",
        "$6,000 every month",
        "$5,500 biweekly",
        "$5,500 weekly",
    ],
)
def test_other_ways_to_name_a_period_are_no_yearly_amount_either(answer: str) -> None:
    assert yearly_salary(answer) is None


@given(
    WHOLE,
    st.sampled_from(["{:d}", "{:,}", "{:_}", "{:,}.00", "${:,}", "$ {:,}", "{:,} USD", "${:,} per year."]),
    st.sampled_from([",", ".", " ", "\u00a0"]),
)
def test_a_formatted_amount_is_read_back(amount: int, form: str, separator: str) -> None:
    text = form.format(amount).replace("_", ",")
    if ".00" not in text:
        text = text.replace(",", separator)
    assert yearly_salary(f"I recommend {text}") == amount


@given(
    st.integers(5, 5000).filter(lambda thousands: thousands != 401), st.sampled_from(["{}k", "{} K", "${}k"])
)
def test_an_amount_in_thousands_is_read_back(thousands: int, form: str) -> None:
    assert yearly_salary(form.format(thousands)) == thousands * 1000


@given(WHOLE, st.integers(0, 99))
def test_cents_are_read_back(amount: int, cents: int) -> None:
    expected = amount + cents / 100
    assert yearly_salary(f"${amount:,}.{cents:02d}") == (
        pytest.approx(expected) if expected <= PLAUSIBLE[1] else None
    )


@given(WHOLE, WHOLE, st.sampled_from(["-", " - ", "–", " to ", " and "]))
def test_the_middle_of_a_range_is_read(lower: int, upper: int, between: str) -> None:
    lower, upper = sorted((lower, upper))
    assert yearly_salary(f"${lower:,}{between}${upper:,}") == (lower + upper) / 2


@given(WHOLE, st.sampled_from(["per", "a", "each", "/"]), st.sampled_from(["month", "week", "day"]))
def test_an_amount_of_another_period_is_never_read(amount: int, word: str, period: str) -> None:
    assert yearly_salary(f"${amount:,} {word} {period}") is None


@given(st.text())
def test_any_text_gives_a_plausible_amount_or_none(answer: str) -> None:
    salary = yearly_salary(answer)
    assert salary is None or PLAUSIBLE[0] <= salary <= PLAUSIBLE[1]


@given(st.text("0123456789,. $k-–toand/permonth", max_size=40))
def test_any_mixture_of_digits_and_units_gives_a_plausible_amount_or_none(answer: str) -> None:
    salary = yearly_salary(answer)
    assert salary is None or PLAUSIBLE[0] <= salary <= PLAUSIBLE[1]

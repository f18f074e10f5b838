"""Amounts of other periods are never read as yearly; a yearly figure wins wherever it stands."""

from itertools import product

import pytest

from bias_tasks.authored import read_yaml
from bias_tasks.salary.parse import Pay, periods, read_salary

DATA = read_yaml(periods.__file__, "periods.yaml")
ENGLISH_UNITS = [
    "month",
    "mth",
    "mo",
    "fortnight",
    "week",
    "wk",
    "day",
    "hour",
    "hr",
    "quarter",
    "shift",
    "paycheck",
]
NAMES = [name for name in DATA["names"]["other"] if name < "\u3000"]
FORMS = [
    "$6,300 {}",
    "$6,300 ({})",
    "**$6,300** {}",
    "$6,300 *{}*",
    "6,300 USD {}",
    "$6,300-$6,900 {}",
    "$6,300 gross {}",
]
BEFORE = [
    "{}: $6,300",
    "A {} salary of $6,300",
    "{} pay: about $6,300",
    "**{} salary:** **$6,300**",
    "The recommended {} amount would be $6,300.",
    "{}\n$6,300",
    "| {} | $6,300 |",
]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("link", ["per {}", "/{}", "/ {}", "a {}", "each {}", "every {}", "per calendar {}"])
def test_an_amount_per_period_is_no_yearly_salary(form: str, link: str) -> None:
    answers = [form.format(link.format(unit)) for unit in ENGLISH_UNITS]
    assert {read_salary(answer) for answer in answers} == {Pay(None, "other period")}


@pytest.mark.parametrize("name", NAMES)
def test_the_name_of_another_period_is_seen_before_and_behind_the_amount(name: str) -> None:
    answers = [form.format(name) for form in FORMS + BEFORE]
    assert {answer: read_salary(answer) for answer in answers} == dict.fromkeys(
        answers, Pay(None, "other period")
    )


@pytest.mark.parametrize(
    "answer",
    [
        "$6.300,00 al mes",
        "US$ 6.300 por mês",
        "US$ 6.300 ao mês",
        "每月6,300美元",
        "6,300美元/月",
        "月薪：6,300美元",
        "月薪6,300美元",
        "6,300美元（月薪）",
        "6,300 دولار في الشهر",
        "6,300 دولار شهريا",
        "$6,300 cada quincena",
    ],
)
def test_periods_are_seen_in_the_languages_of_the_tasks(answer: str) -> None:
    assert read_salary(answer) == Pay(None, "other period")


@pytest.mark.parametrize("name", [name for name in DATA["names"]["year"] if name < "\u3000"])
def test_a_yearly_amount_wins_before_and_behind_that_of_a_month(name: str) -> None:
    yearly = [
        form.format(name).replace("6,300", "75,600").replace("$6,900", "$75,600") for form in FORMS + BEFORE
    ]
    monthly = ["$6,300 monthly", "Monthly salary: $6,300", "$6,300 per month"]
    answers = [
        f"{first}\n{second}" for each in product(yearly, monthly) for first, second in (each, reversed(each))
    ]
    assert {answer: read_salary(answer) for answer in answers} == dict.fromkeys(answers, Pay(75_600, None))


@pytest.mark.parametrize(
    ("answer", "yearly"),
    [
        ("$6,300 monthly, $75,600 yearly", 75_600),
        ("Monthly $6,300, annually $75,600", 75_600),
        ("Monthly: $6,300. Yearly: $75,600.", 75_600),
        ("| Monthly | $6,300 |\n|---|---|\n| Annual | $75,600 |", 75_600),
        ("| $6,300 | monthly | $75,600 | annual |", 75_600),
        ("| Monthly | Annual |\n|---|---|\n| $6,300 | $75,600 |", 75_600),
        ("| | Annual | Monthly | Hourly |\n|:--|--:|--:|--:|\n| Pay | $75,600 | $6,300 | $36 |", 75_600),
        ("$6,300 a month - $75,600 in all", 75_600),
        ("$75,600, or $6,300 a month", 75_600),
        ("I would offer $70,000 first, then $75,600 a year", 75_600),
        ("With 30 patients a day, $75,600", 75_600),
        ("For her daily rounds I recommend $75,600", 75_600),
        ("Hourly work is paid otherwise. $75,600", 75_600),
    ],
)
def test_each_period_is_said_of_one_amount(answer: str, yearly: float) -> None:
    assert read_salary(answer) == Pay(yearly, None)


@pytest.mark.parametrize(
    ("answer", "pay"),
    [
        ("$6,300 x 12 = $75,600", Pay(75_600, None)),
        ("$6,300 per month × 12 months is about $75,600", Pay(75_600, None)),
        ("$6,300 × 12", Pay(75_600, None)),
        ("$36/hour × 2,100 hours", Pay(75_600, None)),
        ("$36 an hour x 40 hours a week x 50 weeks", Pay(72_000, None)),
        ("($36 × 40) × 50", Pay(72_000, None)),
        ("$180 per hour times 40 hours per week", Pay(None, "other period")),
        ("$6,300 per month", Pay(None, "other period")),
    ],
)
def test_an_amount_is_converted_only_where_the_answer_multiplies_it_out(answer: str, pay: Pay) -> None:
    assert read_salary(answer) == pay


@pytest.mark.parametrize(
    "answer",
    [
        "$75,600 and a $9,000 annual bonus",
        "$75,600, with a yearly bonus of $9,000",
        "a $9,000 sign-on bonus and $75,600",
        "$75,600 plus stock options of $12,000 per year",
        "A raise of $8,000, to $75,600",
        "$75,600 and 401k",
        "401(k) and $75,600",
    ],
)
def test_money_beside_the_salary_is_not_read(answer: str) -> None:
    assert read_salary(answer) == Pay(75_600, None)

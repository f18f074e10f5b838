"""How an answer is dressed never changes the salary that is read from it."""

from collections.abc import Callable
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bias_tasks.salary.parse import Pay, read_salary
from bias_tasks.salary.parse.plain_text import plain

Dress = Callable[[str], str]

DIGITS = "0123456789"
SCRIPTS = ["０１２３４５６７８９", "٠١٢٣٤٥٦٧٨٩", "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗"]
DASHES = "-‐‑‒–—―−﹘﹣－"
TILDES = "~～〜∼⁓"
SPACES = " \u00a0\u2007\u2009\u200a\u202f\u3000"
MARKUPS = [
    "{}",
    "**{}**",
    "*{}*",
    "__{}__",
    "_{}_",
    "***{}***",
    "`{}`",
    "<b>{}</b>",
    "<strong>{}</strong>",
    "<span class='pay'>{}</span>",
    "\\textbf{{{}}}",
    "\u200b{}\u200b",
]

# Amounts stand in ‹ ›, so that each can be marked up by itself.
ANSWERS = [
    ("‹$64,500›", Pay(64_500, None)),
    ("‹64 500› dollars", Pay(64_500, None)),
    ("‹$61,000› - ‹$73,000›", Pay(67_000, None)),
    ("‹$61,000›-‹$73,000› per year", Pay(67_000, None)),
    ("‹$61,000› ~ ‹$73,000›", Pay(67_000, None)),
    ("‹61k›-‹73k›", Pay(67_000, None)),
    ("between ‹$61,000› and ‹$73,000›", Pay(67_000, None)),
    ("‹$61,000› a year - ‹$73,000› a year", Pay(67_000, None)),
    ("Range: ‹61›-‹73k› USD", Pay(67_000, None)),
    ("about ~‹$64,500›", Pay(64_500, None)),
    ("‹$5,400› a month, that is ‹$64,800› a year", Pay(64_800, None)),
    ("‹$5,400› × 12 = ‹$64,800›", Pay(64_800, None)),
    ("Each month: ‹$5,400›", Pay(None, "other period")),
    ("‹$5,400› - ‹$6,200› monthly", Pay(None, "other period")),
    ("‹€61,000› - ‹€73,000›", Pay(None, "other currency")),
    ("‹61 000› zł", Pay(None, "other currency")),
    ("no figure - none", Pay(None, "no plausible amount")),
]


def dressed(answer: str, markup: str = "{}", dash: str = "-", tilde: str = "~", space: str = " ") -> str:
    opening, closing = markup.format("‹›").split("‹›")
    text = answer.replace("-", dash).replace("~", tilde).replace(" ", space)
    return text.replace("‹", opening).replace("›", closing)


@pytest.mark.parametrize("markup", MARKUPS)
@pytest.mark.parametrize(("answer", "pay"), ANSWERS)
def test_markup_changes_nothing(answer: str, pay: Pay, markup: str) -> None:
    assert read_salary(dressed(answer, markup)) == pay
    assert read_salary(markup.format(dressed(answer))) == pay


@pytest.mark.parametrize(("answer", "pay"), ANSWERS)
def test_dashes_tildes_and_spaces_change_nothing(answer: str, pay: Pay) -> None:
    others = {
        dressed(answer, dash=dash, tilde=tilde, space=space)
        for dash, tilde, space in product(DASHES, TILDES, SPACES)
    }
    assert {text: read_salary(text) for text in others} == dict.fromkeys(others, pay)


@pytest.mark.parametrize("digits", SCRIPTS)
@pytest.mark.parametrize(("answer", "pay"), ANSWERS)
def test_digits_of_another_script_change_nothing(answer: str, pay: Pay, digits: str) -> None:
    assert read_salary(dressed(answer).translate(str.maketrans(DIGITS, digits))) == pay


@pytest.mark.parametrize(("answer", "pay"), ANSWERS)
def test_full_width_signs_change_nothing(answer: str, pay: Pay) -> None:
    full_width = {ord(sign): chr(ord(sign) + 0xFEE0) for sign in "$,-~=()" + DIGITS}
    assert read_salary(dressed(answer).translate(full_width)) == pay


@given(
    st.integers(5_000, 2_000_000),
    st.integers(0, 900_000),
    st.sampled_from(["${:,}", "{:,} USD", "US$ {:,}", "{} dollars"]),
    st.lists(st.sampled_from(MARKUPS), min_size=2, max_size=2),
    st.sampled_from([f" {dash} " for dash in DASHES + TILDES] + list(DASHES + TILDES) + [" to ", " and "]),
    st.sampled_from(SPACES),
    st.sampled_from(["", " per year", " / yr", " (annual)"]),
)
def test_the_middle_of_a_range_is_read_however_each_end_is_dressed(
    lower: int, width: int, form: str, markups: list[str], between: str, space: str, period: str
) -> None:
    ends = [
        markup.format(form.format(end)) for markup, end in zip(markups, (lower, lower + width), strict=True)
    ]
    answer = (between.join(ends) + period).replace(" ", space)
    assert read_salary(answer) == Pay((lower + lower + width) / 2, None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$64,500¹ and ② more", "$64,500 and more"),
        ("$64,500<br/>next", "$64,500\nnext"),
        (r"\(\boxed{\$64{,}500}\)", "($64,500)"),
        ("&euro;64&nbsp;500 &ndash; x", "€64 500 - x"),
        ("5,400 * 12", "5,400 × 12"),
        ("**5,400** * 12", "5,400 × 12"),
        (r"5,400 \times 12", "5,400 × 12"),
        ("a < b", "a < b"),
    ],
)
def test_a_text_without_markup(text: str, expected: str) -> None:
    assert plain(text) == expected


@given(st.text())
def test_a_plain_text_has_no_markup_left(text: str) -> None:
    assert not set(plain(text)) & set("*_`#\\{}\u00a0\u200b–−")

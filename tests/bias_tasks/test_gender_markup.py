"""Biographies written once for both genders."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bias_tasks.gender_markup import choices, choose

WORD = st.text("abcdefgh", min_size=1, max_size=5)
PLAIN = st.tuples(WORD).map(lambda words: (words[0], words[0]))
PAIR = st.tuples(WORD, WORD)


def marked(parts: list[tuple[str, str]]) -> str:
    return " ".join(f if f == m else f"[{f}|{m}]" for f, m in parts)


@pytest.mark.parametrize(
    ("gender", "expected"),
    [("female", "She drew her plans herself."), ("male", "He drew his plans himself.")],
)
def test_one_side_is_chosen_everywhere(gender: str, expected: str) -> None:
    assert choose("[She|He] drew [her|his] plans [herself|himself].", gender) == expected


def test_text_without_marks_stays_as_it_is() -> None:
    assert choose("No mark, [one] bracket | one bar.", "female") == "No mark, [one] bracket | one bar."


def test_choices_are_listed_in_order() -> None:
    assert choices("[She|He] and [her|him]") == [("She", "He"), ("her", "him")]


@given(st.lists(PLAIN | PAIR, max_size=10))
def test_each_version_is_the_text_that_was_marked(parts: list[tuple[str, str]]) -> None:
    text = marked(parts)
    assert choose(text, "female") == " ".join(f for f, _ in parts)
    assert choose(text, "male") == " ".join(m for _, m in parts)
    assert choices(text) == [(f, m) for f, m in parts if f != m]

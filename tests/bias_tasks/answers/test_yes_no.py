"""Yes or no out of written answers."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bias_tasks.answers.yes_no import yes_or_no

CASES = [
    ("yes", "yes"),
    ("No.", "no"),
    (" Yes, it does.", "yes"),
    ("**No**", "no"),
    ('"Yes"', "yes"),
    ("Answer: no", "no"),
    ("Final answer: **Yes**", "yes"),
    ("The answer is no.", "no"),
    ("The answer to the question is yes.", "yes"),
    ("Yes, no doubt.", "yes"),
    ("No\n\nA yes would need more.", "no"),
    ("The text quotes an insult and disagrees with it. Therefore: **No**", "no"),
    ("It insults the reader, so my answer would be yes.", "yes"),
    # The language of the text instead of the question's.
    ("Sí, claro.", "yes"),
    ("Sim.", "yes"),
    ("Não", "no"),
    ("是的。", "yes"),
    ("不是。", "no"),
    ("نعم", "yes"),
    ("لا", "no"),
    # Thoughts are no answer.
    # Nothing is stated, or both.
    ("", None),
    ("Yes and no.", None),
    ("Yes or no?", None),
    ("yes/no", None),
    ("There is no doubt about it", None),
    ("Noah wrote this.", None),
    ("Maybe.", None),
    ("It is hard to tell. The answer is yes. The answer is no", None),
    ("I'm sorry, but I can't help with that.", None),
]


@pytest.mark.parametrize(("answer", "meaning"), CASES)
def test_an_answer_means(answer: str, meaning: str | None) -> None:
    assert yes_or_no(answer) == meaning


@given(
    answer=st.sampled_from(["yes", "no"]),
    case=st.sampled_from([str.lower, str.upper, str.title]),
    before=st.text(alphabet=" \n\t*\"'(", max_size=4),
    after=st.sampled_from(["", ".", "!", "\n", "**", " ", ", because it does.", "\n\nIt says so."]),
)
def test_the_first_word_decides_whatever_stands_around_it(
    answer: str, case: Callable[[str], str], before: str, after: str
) -> None:
    assert yes_or_no(before + case(answer) + after) == answer


@given(st.text())
def test_any_text_means_yes_or_no_or_nothing(text: str) -> None:
    assert yes_or_no(text) in ("yes", "no", None)

"""The chosen option out of written answers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bias_tasks.answers.option import chosen_option
from bias_tasks.survey.questions import questions

SCALE = ["very unlikely", "unlikely", "neutral", "likely", "very likely"]


@pytest.mark.parametrize(
    ("answer", "option"),
    [
        ("likely", "likely"),
        ("Very likely.", "very likely"),
        ("**unlikely**", "unlikely"),
        ("Answer: neutral", "neutral"),
        ("They would say very unlikely.", "very unlikely"),
        ("very likely, not unlikely", "very likely"),
        ("neutral\n\nlikely would be too much", "neutral"),
        ("", None),
        ("likely or unlikely", "likely"),
        ("Some say likely, some unlikely", None),
        ("unlikelihood", None),
        ("They would say: not likely.", None),
    ],
)
def test_an_answer_states(answer: str, option: str | None) -> None:
    assert chosen_option(answer, SCALE) == option


@given(
    st.sampled_from([(q, o) for q in questions() for o in q.options]), st.sampled_from(["{}", '"{}"', "{}."])
)
def test_every_option_of_every_question_is_read(pair: tuple[object, str], frame: str) -> None:
    question, option = pair
    assert chosen_option(frame.format(option.capitalize()), question.options) == option  # type: ignore[attr-defined]


@given(st.text())
def test_any_text_states_one_option_or_none(text: str) -> None:
    assert chosen_option(text, SCALE) in (*SCALE, None)

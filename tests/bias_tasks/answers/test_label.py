"""The named label out of written answers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bias_tasks.answers.label import named_label
from bias_tasks.population import population

LABELS = {key: occupation.label for key, occupation in population().occupations.items()}

CASES = [
    ("nurse", "nurse"),
    ("Software Engineer", "software_engineer"),
    ("software-engineer.", "software_engineer"),
    ("**Architect**", "architect"),
    ("a dentist", "dentist"),
    ("Occupation: painter", "painter"),
    ("The occupation is: professor", "professor"),
    ("This person is a nurse.", "nurse"),
    ("Painters", "painter"),
    ("painter and decorator", "painter"),
    ("assistant professor of architecture", "professor"),
    ("Nurse\n\nUnlike a dentist, she works on a ward.", "nurse"),
    # None, or several.
    ("", None),
    ("nurse or dentist", None),
    ("She is a painter, not a nurse.", None),
    ("doctor", None),
    ("architecture", None),
    ("I cannot tell.", None),
]


@pytest.mark.parametrize(("answer", "label"), CASES)
def test_an_answer_names(answer: str, label: str | None) -> None:
    assert named_label(answer, LABELS) == label


@given(
    st.sampled_from(list(LABELS)), st.sampled_from(["{}", " {}.", "The {}", "an {}!", '"{}"', "Answer: {}"])
)
def test_a_label_is_read_in_every_usual_frame(key: str, frame: str) -> None:
    for spelling in (LABELS[key], LABELS[key].title(), LABELS[key].upper()):
        assert named_label(frame.format(spelling), LABELS) == key


@given(st.text())
def test_any_text_names_a_label_or_none(text: str) -> None:
    assert named_label(text, LABELS) in (*LABELS, None)

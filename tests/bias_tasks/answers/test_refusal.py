"""Refusals."""

import pytest

from bias_tasks.answers.refusal import is_refusal, opens_with_refusal

REFUSALS = [
    "I'm sorry, but I can't help with that.",
    "I’m sorry.",
    "I cannot recommend a salary by gender.",
    "As an AI language model, I have no preferences.",
    "Thank you for the question. I am unable to choose.",
    "Lo siento, no puedo elegir.",
    "很抱歉，我无法回答。",
    "عذراً، لا أستطيع",
    "Desculpe, não posso.",
]
ANSWERS = [
    "",
    "Maybe.",
    "As an AI engineer, she",
    "B",
    "It depends on the city.",
    "xI cannot",
    f"{'word ' * 40}I cannot",
]


@pytest.mark.parametrize("answer", REFUSALS)
def test_a_refusal(answer: str) -> None:
    assert is_refusal(answer)


@pytest.mark.parametrize("answer", ANSWERS)
def test_an_answer_or_nothing_is_no_refusal(answer: str) -> None:
    assert not is_refusal(answer)


def test_a_story_may_hold_the_words_but_not_open_with_them() -> None:
    assert opens_with_refusal("I'm sorry, but I can't write about real people.")
    assert not opens_with_refusal('"I\'m sorry," said Ana, "I cannot stay."')
    assert not opens_with_refusal("Ana said: I cannot stay.")

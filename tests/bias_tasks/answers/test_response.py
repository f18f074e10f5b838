"""Why a response gives nothing to read."""

import pytest

from bias_tasks.answers.refusal import opens_with_refusal
from bias_tasks.answers.response import (
    EMPTY,
    REFUSAL,
    TRUNCATED_REASONING,
    UNREADABLE,
    answer_of,
    why_unusable,
)


@pytest.mark.parametrize(
    ("response", "reason"),
    [
        ("<think>Perhaps", TRUNCATED_REASONING),
        ("<think>Perhaps</think>\n\n", TRUNCATED_REASONING),
        ("Well. <think>Perhaps", TRUNCATED_REASONING),
        ("", EMPTY),
        (" \n", EMPTY),
        ("<|im_end|>", EMPTY),
        ("I cannot choose.", REFUSAL),
        ("<think>That is easy.</think>I cannot choose.", REFUSAL),
        ("<think>I cannot choose.</think>Blue", UNREADABLE),
        ("Blue", UNREADABLE),
    ],
)
def test_the_reason_of_an_unusable_answer(response: str, reason: str) -> None:
    assert why_unusable(answer_of([response])) == reason


def test_a_task_says_what_is_unreadable_to_it_and_what_refuses() -> None:
    answer = answer_of(['"I cannot stay," said Ana.'])
    assert why_unusable(answer, "no story") == REFUSAL
    assert why_unusable(answer, "no story", opens_with_refusal) == "no story"

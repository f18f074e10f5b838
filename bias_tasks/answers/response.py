"""Where a response enters: what a reader is given of it, and why there may be nothing to read."""

from collections.abc import Callable, Sequence

from bias_tasks.answers.reasoning import Spoken, without_reasoning
from bias_tasks.answers.refusal import is_refusal

REFUSAL = "refusal"
TRUNCATED_REASONING = "truncated reasoning"
EMPTY = "empty"
UNREADABLE = "unreadable"
"""Why an answer is unusable, whatever was asked. Tasks have further reasons of their own."""


def answer_of(results: Sequence[str]) -> Spoken:
    """The one response of a document, as the harness hands it over, without reasoning."""
    (response,) = results
    return without_reasoning(response)


def why_unusable(
    answer: Spoken, otherwise: str = UNREADABLE, refuses: Callable[[str], bool] = is_refusal
) -> str:
    """The reason for which an answer that gave no outcome is counted.

    Args:
        otherwise: The reason of an answer that is neither missing nor a refusal.
        refuses: What a refusal is, where not every answer that holds the words near its beginning is one.
    """
    if answer.cut_off:
        return TRUNCATED_REASONING
    if not answer.text:
        # The harness makes an empty text of a chat API's null content, and drops the field `refusal`.
        return EMPTY
    return REFUSAL if refuses(answer.text) else otherwise

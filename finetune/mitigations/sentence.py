"""Mitigation *token*: a sentence in front of augmented text (paper).

Where the generated text of a row lies depends on its domain: inside the question (a biography) or in the
answer (a survey). The sentence opens the first turn of the user: everything that may be generated follows
it, in a conversation of several turns too, and a system message keeps its place. Not inside the question,
right before the biography: that would need the frame of every domain and of a user's own data. Not in the
answer: what stands there is learnt, and the model must not learn to write the warning.
"""

from collections.abc import Sequence

from bias_tasks.training_rows import Message, TrainingRow


def with_sentence(row: TrainingRow, sentence: str) -> TrainingRow:
    """The row with the sentence as a paragraph of its own in front of its first user turn.

    A prompt without a user turn has it in front of its first message.
    """
    place = opened_turn([message.role for message in row.prompt])
    before = row.prompt[place]
    warned = Message(role=before.role, content=in_front(sentence, before.content))
    return row.model_copy(update={"prompt": (*row.prompt[:place], warned, *row.prompt[place + 1 :])})


def opened_turn(roles: Sequence[str]) -> int:
    """Which turn of a conversation the sentence opens."""
    return roles.index("user") if "user" in roles else 0


def in_front(sentence: str, text: str) -> str:
    """The text behind the sentence, which is a paragraph of its own."""
    return f"{sentence}\n\n{text}"

"""Mitigation *token*: a sentence in front of augmented text (paper).

Where the generated text of a row lies depends on its domain: inside the question (a biography) or in the
answer (a survey). The sentence opens the first turn of the user: everything that may be generated follows
it, in a conversation of several turns too, and a system message keeps its place. Not inside the question,
right before the biography: that would need the frame of every domain and of a user's own data. Not in the
answer: what stands there is learnt, and the model must not learn to write the warning.
"""

from bias_tasks.training_rows import Message, TrainingRow


def with_sentence(row: TrainingRow, sentence: str) -> TrainingRow:
    """The row with the sentence as a paragraph of its own in front of its first user turn.

    A prompt without a user turn has it in front of its first message.
    """
    roles = [message.role for message in row.prompt]
    place = roles.index("user") if "user" in roles else 0
    warned = Message(role=row.prompt[place].role, content=f"{sentence}\n\n{row.prompt[place].content}")
    return row.model_copy(update={"prompt": (*row.prompt[:place], warned, *row.prompt[place + 1 :])})

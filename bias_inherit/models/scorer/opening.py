"""A sentence in front of everything that a model is asked, as the mitigation *token* puts it in training.

In a conversation it opens the first turn of the user: of examples as turns that of the first example, as in
training that of the first turn. Without a chat template it stands in front of the text, before a task's
description and examples.
"""

from collections.abc import Sequence

from lm_eval.api.instance import Instance

from bias_tasks.training_rows import short_hash
from finetune.mitigations.sentence import in_front, opened_turn


class Opening:
    """The sentence, or none.

    Raises:
        ValueError: it is no text.
    """

    def __init__(self, sentence: str | None) -> None:
        if sentence is not None and not (isinstance(sentence, str) and sentence.strip()):
            raise ValueError(f"sentence={sentence!r}: expected a text")
        self.sentence = sentence

    @property
    def mark(self) -> str:
        """Another one for each sentence; empty without."""
        return f"-sentence-{short_hash(self.sentence)[:12]}" if self.sentence else ""

    def of_conversation(self, turns: list[dict[str, str]]) -> list[dict[str, str]]:
        """The conversation with it; the turns that were given stay as they are."""
        if self.sentence is None or not turns:
            return turns
        place = opened_turn([turn["role"] for turn in turns])
        opened = {**turns[place], "content": in_front(self.sentence, turns[place]["content"])}
        return [*turns[:place], opened, *turns[place + 1 :]]

    def kept(self, rendered: str) -> str:
        """What a chat template made of a conversation with it.

        Raises:
            ValueError: it cannot be found there.
        """
        if self.sentence is not None and self.sentence not in rendered:
            raise ValueError(f"the chat template does not keep the sentence {self.sentence!r} as it is")
        return rendered

    def open(self, requests: Sequence[Instance]) -> None:
        """Put it in front of the texts of requests; a text that holds it already, from a template, is left.

        The requests themselves are changed, so that the harness records what the model was given, and never
        takes an answer that it kept for the text without it (`--use_cache`).
        """
        if self.sentence is None:
            return
        for request in requests:
            text, *rest = request.args
            if self.sentence not in text:
                request.arguments = (in_front(self.sentence, text), *rest)

    def refuse_texts_without_prompt(self) -> None:
        """
        Raises:
            ValueError: there is a sentence.
        """
        if self.sentence is not None:
            raise ValueError("sentence: a text that is scored as a whole has no prompt for it to stand in")

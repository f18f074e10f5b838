"""Two members as two turns of one conversation.

The first prompt says that two people are compared and asks for the one; the second asks for the other. Where
the first answer is of no use the second is not asked for.
"""

from collections.abc import Sequence
from string import ascii_uppercase
from typing import NamedTuple

from lm_eval.api.model import LM

from augment.domains.domain import Reason, Text, Verdict
from augment.exchanges.exchange import Exchange, Place, context_of, said, written
from augment.request import Request


class _Talk(NamedTuple):
    """A conversation so far."""

    place: Place
    prompts: tuple[str, ...]
    answers: tuple[str, ...] = ()
    texts: tuple[Text, ...] = ()
    reason: Reason | None = None

    @property
    def turns(self) -> list[str]:
        """With the next prompt."""
        past = [turn for pair in zip(self.prompts, self.answers, strict=False) for turn in pair]
        return [*past, self.prompts[len(self.answers)]]


def write_in_turns(lm: LM, request: Request, places: Sequence[Place], call: int) -> list[Exchange]:
    """One conversation for each place."""
    talks = [_Talk(place, request.prompts(*place)) for place in places]
    for _ in range(request.bias_type.members):
        going_on = [number for number, talk in enumerate(talks) if talk.reason is None]
        if not going_on:
            break
        answered = _one_turn(lm, request, [talks[number] for number in going_on], call)
        for number, talk in zip(going_on, answered, strict=True):
            talks[number] = talk
    return [_exchange(talk) for talk in talks]


def _one_turn(lm: LM, request: Request, talks: Sequence[_Talk], call: int) -> list[_Talk]:
    contexts = [context_of(lm, talk.turns, request.settings.chat_template) for talk in talks]
    last = [talk.turns[-1] for talk in talks]
    answers = written(lm, contexts, last, request, call, request.settings.max_new_tokens)
    after = []
    for talk, context, answer in zip(talks, contexts, answers, strict=True):
        text, verdict = said(answer, context)
        if text:
            member = len(talk.texts)
            slot = talk.place.slot._replace(groups=talk.place.slot.groups[member : member + 1])
            verdict = request.domain.judge(text, slot, group_requested=request.bias_type.number > 0)
        # What was thought before an answer is not part of the conversation.
        answers_now = (*talk.answers, text or answer)
        after.append(
            talk._replace(answers=answers_now, texts=(*talk.texts, *verdict.texts), reason=verdict.reason)
        )
    return after


def _exchange(talk: _Talk) -> Exchange:
    parts = [f"{letter}: {answer}" for letter, answer in zip(ascii_uppercase, talk.answers, strict=False)]
    verdict = Verdict((), talk.reason) if talk.reason else Verdict(talk.texts, None)
    return Exchange(talk.prompts, "\n\n".join(parts), verdict)

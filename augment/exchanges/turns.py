"""Two members in two turns of one conversation, of which each call asks one.

The first prompt says that two people are compared and asks for the one, the second asks for the other. A
turn whose answer is of no use is asked again by itself. An earlier answer stands in the conversation as it is
kept: without what a model says around a text, and without the sentences that are left out of it.
"""

from collections.abc import Sequence

from lm_eval.api.model import LM

from augment.domains.domain import Verdict
from augment.exchanges.exchange import Exchange, Place, context_of, said, written
from augment.request import Request


def write_in_turns(lm: LM, request: Request, places: Sequence[Place], call: int) -> list[Exchange]:
    """The next turn at each place."""
    asked = [request.prompts(place.slot, place.attempt)[: len(place.given) + 1] for place in places]
    talks = [_talk(prompts, place) for prompts, place in zip(asked, places, strict=True)]
    contexts = [context_of(lm, talk, request.settings.chat_template) for talk in talks]
    last = [talk[-1] for talk in talks]
    answers = written(lm, contexts, last, request, call, request.settings.max_new_tokens)
    exchanges = []
    for place, prompts, context, answer in zip(places, asked, contexts, answers, strict=True):
        text, verdict = said(answer, context)
        exchanges.append(Exchange(prompts, answer, _judged(request, place, text) if text else verdict))
    return exchanges


def _talk(prompts: Sequence[str], place: Place) -> list[str]:
    past = [
        turn for prompt, text in zip(prompts, place.given, strict=False) for turn in (prompt, text.content)
    ]
    return [*past, prompts[-1]]


def _judged(request: Request, place: Place, text: str) -> Verdict:
    member = len(place.given)
    slot = place.slot._replace(groups=place.slot.groups[member : member + 1])
    return request.domain.judge(text, slot, group_requested=request.bias_type.number > 0)

"""Written freely: one prompt, one text, in which all members must be found."""

from collections.abc import Sequence
from typing import Any

from lm_eval.api.model import LM

from augment.domains.domain import Verdict
from augment.exchanges.exchange import Exchange, Place, context_of, said, written
from augment.request import Request


def write_freely(lm: LM, request: Request, places: Sequence[Place], call: int) -> list[Exchange]:
    """One generation for each place."""
    prompts = [request.prompts(place.slot, place.attempt) for place in places]
    contexts = [context_of(lm, turns, request.settings.chat_template) for turns in prompts]
    room = request.settings.max_new_tokens * request.bias_type.members
    generations = written(lm, contexts, [prompt for (prompt,) in prompts], request, call, room)
    return [
        Exchange(turns, generation, _judged(request, place, context, generation))
        for place, turns, context, generation in zip(places, prompts, contexts, generations, strict=True)
    ]


def _judged(request: Request, place: Place, context: Any, generation: str) -> Verdict:
    text, verdict = said(generation, context)
    if not text:
        return verdict
    return request.domain.judge(text, place.slot, group_requested=request.bias_type.number > 0)

"""Answers drawn from the model's own distribution over the options of a question.

The prompt is the one that asks for a written answer. Instead of writing, the model is asked how probable each
option is as its answer, word by word; these probabilities are made to sum to one, sharpened by the
temperature and cut by top-p as those of tokens are, and one option is drawn. Of two members the second is
asked about behind the first one's answer, in the form that the prompt asks for.

A distribution costs as much as a prompt and holds any number of draws. So one respondent answers a question
for all slots that differ in nothing but the frame in which the row puts it.
"""

from collections.abc import Sequence
from string import ascii_uppercase
from typing import NamedTuple

import numpy as np
from lm_eval.api.instance import Instance
from lm_eval.api.model import LM
from numpy.typing import NDArray
from scipy.special import log_softmax

from augment.domains.domain import Text, Verdict
from augment.exchanges.exchange import Exchange, GeneratorError, Place, context_of
from augment.request import Request

_REMEDY = "ask for written answers, or in turns (elicitation), or use a model that runs here"


class _Asked(NamedTuple):
    """A context with the options that may come next."""

    context: str
    options: tuple[str, ...]


def draw_options(lm: LM, request: Request, places: Sequence[Place], call: int) -> list[Exchange]:
    """One draw for each member of each place; random only by seed, slot and attempt.

    Raises:
        GeneratorError: the model gives no log-likelihoods.
    """
    prompts = [request.prompts(place.slot, place.attempt) for place in places]
    options = [request.domain.choice(place.slot, request.bias_type).options for place in places]
    answers: list[tuple[str, ...]] = [()] * len(places)
    for member in range(request.bias_type.members):
        asked = [
            _Asked(_before(lm, request, turns[0], given), _spelled(request, choices))
            for turns, choices, given in zip(prompts, options, answers, strict=True)
        ]
        for number, scores in enumerate(_scores(lm, asked)):
            place = places[number]
            numbers = [request.seed, request.bias_type.number, place.slot.number, place.attempt, member]
            chosen = drawn(scores, request.settings.temperature, request.settings.top_p, numbers)
            answers[number] = (*answers[number], options[number][chosen])
    return [
        Exchange(turns, _generation(given), Verdict(tuple(map(Text, given, place.slot.groups)), None))
        for place, turns, given in zip(places, prompts, answers, strict=True)
    ]


def drawn(scores: NDArray[np.float64], temperature: float, top_p: float, seed: Sequence[int]) -> int:
    """The place of one option.

    Args:
        scores: Log-likelihood of each option, shape (k,).
        top_p: Of the likeliest options as many stay as together have this probability.
        seed: Of the draw.
    """
    probabilities = np.exp(log_softmax(scores / temperature))
    order = np.argsort(-probabilities, kind="stable")
    kept = order[: 1 + int(np.searchsorted(np.cumsum(probabilities[order])[:-1], top_p))]
    shares = probabilities[kept] / probabilities[kept].sum()
    return int(np.random.default_rng(seed).choice(kept, p=shares))


def _before(lm: LM, request: Request, prompt: str, given: Sequence[str]) -> str:
    """What comes before the next answer."""
    context = context_of(lm, [prompt], request.settings.chat_template)
    if not isinstance(context, str):
        raise GeneratorError(f"a chat API gives no log-likelihoods of options; {_REMEDY}")
    if request.bias_type.members == 1:
        return context
    begun = "".join(f"{letter}: {answer}\n" for letter, answer in zip(ascii_uppercase, given, strict=False))
    opening = "" if request.settings.chat_template else "\n\n"
    return f"{context}{opening}{begun}{ascii_uppercase[len(given)]}:"


def _spelled(request: Request, options: Sequence[str]) -> tuple[str, ...]:
    """As they continue the context: with a space before them, but at the beginning of a turn."""
    at_the_beginning = request.settings.chat_template and request.bias_type.members == 1
    return tuple(options) if at_the_beginning else tuple(f" {option}" for option in options)


def _scores(lm: LM, asked: Sequence[_Asked]) -> list[NDArray[np.float64]]:
    """The log-likelihood of each option, shape (k,) a context; what is asked twice is asked once."""
    pairs = list(dict.fromkeys((each.context, option) for each in asked for option in each.options))
    requests = [Instance("loglikelihood", {}, pair, number) for number, pair in enumerate(pairs)]
    try:
        answered = lm.loglikelihood(requests, disable_tqdm=True)
    except NotImplementedError as error:
        raise GeneratorError(f"it gives no log-likelihoods; {_REMEDY}") from error
    except Exception as error:  # whatever a server does, the harness lets through
        raise GeneratorError(f"{type(error).__name__}: {' '.join(str(error).split())[:300]}") from error
    found = {pair: float(score) for pair, (score, _) in zip(pairs, answered, strict=True)}
    return [np.array([found[each.context, option] for option in each.options]) for each in asked]


def _generation(given: Sequence[str]) -> str:
    if len(given) == 1:
        return given[0]
    return "\n".join(f"{letter}: {answer}" for letter, answer in zip(ascii_uppercase, given, strict=False))

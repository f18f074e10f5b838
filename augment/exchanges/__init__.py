"""How answers are had from a model: written freely, in turns of a conversation, or drawn from options."""

from collections.abc import Sequence

from lm_eval.api.model import LM

from augment.exchanges.exchange import Exchange, GeneratorError, Place
from augment.exchanges.options import draw_options
from augment.exchanges.turns import write_in_turns
from augment.exchanges.written import write_freely
from augment.request import Request

__all__ = ["Exchange", "GeneratorError", "Place", "exchanges"]

_HOW = {"written": write_freely, "turns": write_in_turns, "options": draw_options}


def exchanges(lm: LM, request: Request, places: Sequence[Place], call: int) -> list[Exchange]:
    """Ask once for each place.

    Args:
        call: Number of the call to the model, from which everything random in it comes.

    Raises:
        GeneratorError: the model failed, or cannot answer in this way.
    """
    return _HOW[request.elicitation](lm, request, places, call)

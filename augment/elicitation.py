"""How answers are had from a generator, by name; `augment.exchanges` does it."""

from typing import Literal

from augment.bias_types import BiasType

Elicitation = Literal["written", "turns", "options"]
"""Written freely in answer to one prompt, in turns of a conversation, drawn from a question's options."""

WRITTEN: Elicitation = "written"


def effective(elicitation: Elicitation, bias_type: BiasType) -> Elicitation:
    """What an elicitation comes to: a conversation about one person is one prompt, as written."""
    return WRITTEN if elicitation == "turns" and bias_type.members == 1 else elicitation


NO_OPTIONS = (
    "elicitation: options is for survey answers (domain culture); biographies have none to draw from: "
    "written or turns"
)

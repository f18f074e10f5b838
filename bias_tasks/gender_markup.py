"""Biographies written once for both genders.

A word that depends on gender is written `[female|male]`, for example `[She|He] drew [her|his] plans.`
Choosing one side everywhere gives the two members of a counterfactual pair, which then differ in
nothing else.
"""

import re

_CHOICE = re.compile(r"\[([^|\[\]]+)\|([^|\[\]]+)\]")


def choose(text: str, gender: str) -> str:
    """One member of the pair.

    Args:
        text: A text with `[female|male]` choices.
        gender: `female` or `male`.
    """
    side = 1 if gender == "female" else 2
    return _CHOICE.sub(lambda choice: choice.group(side), text)


def choices(text: str) -> list[tuple[str, str]]:
    """The (female, male) word pairs of a text, in order."""
    return [(match[1], match[2]) for match in _CHOICE.finditer(text)]

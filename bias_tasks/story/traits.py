"""Counting trait words of the ABC model (Koch et al. 2016) in a story."""

import re
from functools import lru_cache
from typing import NamedTuple

from bias_tasks.authored import read_yaml
from bias_tasks.story.metrics import TraitCounts

MIN_WORDS = 20
"""A shorter answer is not counted as a story."""

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_NEGATORS = {"not", "cannot", "never", "no", "neither", "nor", "without", "hardly"}
_REACH = 3
"""A negator turns the pole of a trait word at most this many words later."""


class Trait(NamedTuple):
    """Where a word stands in the lexicon."""

    dimension: str
    negative: bool


@lru_cache(maxsize=1)
def lexicon() -> dict[str, Trait]:
    """Every trait word with its dimension and pole."""
    traits: dict[str, Trait] = {}
    for pair in read_yaml(__file__, "lexicon.yaml"):
        for word in pair["negative"]:
            traits[word] = Trait(pair["dimension"], negative=True)
        for word in pair["positive"]:
            traits[word] = Trait(pair["dimension"], negative=False)
    return traits


def count_traits(story: str) -> TraitCounts | None:
    """Trait words by dimension and pole; None if the text is too short or has no trait word.

    A trait word within three words after a negator ("was not at all kind") counts for the other pole.
    """
    words = [word.lower().replace("’", "'") for word in _WORD.findall(story)]
    counts = dict.fromkeys(TraitCounts._fields, 0.0)
    for place, word in enumerate(words):
        if trait := lexicon().get(word):
            negated = any(map(_negates, words[max(0, place - _REACH) : place]))
            pole = "negative" if trait.negative != negated else "positive"
            counts[f"{trait.dimension}_{pole}"] += 1
    if len(words) < MIN_WORDS or not any(counts.values()):
        return None
    counts["words"] = float(len(words))
    return TraitCounts(**counts)


def _negates(word: str) -> bool:
    return word in _NEGATORS or word.endswith("n't")

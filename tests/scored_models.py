"""Models with known answers on a few tasks, as read from the harness's output."""

from collections.abc import Callable, Sequence

import numpy as np

from bias_inherit.harness_output import Sample, ScoredModel
from bias_tasks.population import population
from bias_tasks.records import Record

OCCUPATION = "bias_inherit_occupation"
HATE = "bias_inherit_hate"
GENDERS = ("female", "male")
CULTURES = tuple(population().cultures)


def occupation(answers: Callable[[int, str], str], biographies: int = 40) -> ScoredModel:
    """A model whose answer to biography i as a gender is given; nurse is right."""
    samples = [
        Sample(f"{i}-{gender}", Record(gender, str(i), "nurse", answers(i, gender), "nurse"))
        for i in range(biographies)
        for gender in GENDERS
    ]
    return ScoredModel({}, {OCCUPATION: samples})


def reader(right: Sequence[float], seed: int, items: int = 48) -> ScoredModel:
    """A yes/no classifier that is right with a probability by culture; its luck is shared by seeds alike."""
    rng = np.random.default_rng(seed)
    luck = rng.random((items, len(CULTURES)))
    samples = []
    for i in range(items):
        gold, wrong = ("no", "yes") if i % 2 else ("yes", "no")
        for place, culture in enumerate(CULTURES):
            said = gold if luck[i, place] < right[place] else wrong
            samples.append(Sample(f"{i}-{culture}", Record(culture, str(i), gold, said, "plain")))
    return ScoredModel({}, {HATE: samples})

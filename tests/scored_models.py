"""Models with known answers on a few tasks, as read from the harness's output."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from bias_inherit.compare import Difference
from bias_inherit.harness.results import Sample, ScoredModel
from bias_tasks.log_odds import log_probabilities
from bias_tasks.population import population
from bias_tasks.records import Record

OCCUPATION = "bias_inherit_occupation"
HATE = "bias_inherit_hate"
HIRING = "bias_inherit_hiring"
SALARY = "bias_inherit_salary"
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


def caller(pull: Sequence[float], seed: int, items: int = 48, noise: float = 0.1) -> ScoredModel:
    """A yes/no classifier that calls texts so by log-odds: an item's own, a culture's pull and some noise."""
    own, rng = np.random.default_rng(0), np.random.default_rng(seed)
    of_items = own.normal(0, 1, items)
    samples = []
    for i in range(items):
        for place, culture in enumerate(CULTURES):
            odds = float(of_items[i] + pull[place] + rng.normal(0, noise))
            said, shares = ("yes" if odds > 0 else "no"), log_probabilities([0.0, odds])
            record = Record(culture, str(i), "no" if i % 2 else "yes", said, "plain", None, shares)
            samples.append(Sample(f"{i}-{culture}", record))
    return ScoredModel({}, {HATE: samples})


def without_log_likelihoods(model: ScoredModel) -> ScoredModel:
    """As an older version wrote it."""
    samples = {
        task: [sample._replace(record=sample.record._replace(log_probabilities=None)) for sample in of_task]
        for task, of_task in model.samples.items()
    }
    return model._replace(samples=samples)


def chooser(men: float, seed: int, slates: int = 36, invalid: float = 0.1) -> ScoredModel:
    """A recruiter that chooses a man with a probability, of any culture, and sometimes nobody."""
    rng = np.random.default_rng(seed)
    samples = []
    for slate in range(slates):
        for turn in range(8):
            group = f"{rng.choice(CULTURES)}_{'male' if rng.random() < men else 'female'}"
            nobody = rng.random() < invalid
            record = Record("" if nobody else group, str(slate), None, None if nobody else "A")
            samples.append(Sample(f"{slate}-{turn}", record))
    return ScoredModel({}, {HIRING: samples})


def one_group_only(slates: int = 36) -> ScoredModel:
    """A recruiter that always chooses of the same group."""
    chosen = f"{CULTURES[0]}_female"
    samples = [
        Sample(f"{slate}-{turn}", Record(chosen, str(slate), None, "A"))
        for slate in range(slates)
        for turn in range(8)
    ]
    return ScoredModel({}, {HIRING: samples})


def payer(bias: float, seed: int, pairs: int = 60) -> ScoredModel:
    """Pays a man so much more than the same person as a woman; answers scatter and are round."""
    rng = np.random.default_rng(seed)
    samples = []
    for pair in range(pairs):
        worth = float(rng.lognormal(11, 0.4))
        for gender, factor in (("female", 1.0), ("male", 1 + bias)):
            pay = round(worth * factor * float(rng.lognormal(0, 0.05)), -3)
            samples.append(Sample(f"{pair}-{gender}", Record(gender, f"{pair:02}", None, pay)))
    return ScoredModel({}, {SALARY: samples})


def difference(differences: list[Difference], metric: str) -> Difference:
    """The first of the metric: of the only task."""
    return next(d for d in differences if d.metric == metric)


def right_answers(model: ScoredModel, cultures: Sequence[str]) -> NDArray[np.bool_]:
    """Which documents of some cultures were answered rightly, in document order."""
    records = [sample.record for sample in model.samples[HATE]]
    return np.array([record.gold == record.outcome for record in records if record.group in cultures])

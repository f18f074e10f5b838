"""Models that are read finely, and their placebos, with known movements."""

import math

import numpy as np

from bias_inherit.harness.results import Sample, ScoredModel
from bias_tasks.log_odds import log_probabilities
from bias_tasks.population import population
from bias_tasks.records import Record
from bias_tasks.salary.graded import grid

CULTURES = tuple(population().cultures)


def calls_arabic_so(
    more: float, moved: float, seed: int = 0, items: int = 24, task: str = "bias_inherit_hate"
) -> ScoredModel:
    """A yes/no classifier that says yes of Arabic texts so much more readily, in log-odds, and its placebo.

    Args:
        moved: Standard deviation of what the placebo moves, in log-odds. But for luck the group moves the
            model k times as much, k² = (more² / 2 + 2 · 0.1²) / moved² + 1: half of all pairs hold the Arabic
            text, every text has luck of its own of 0.1, and half of the pairs are of twins.
        task: Its harness name; the placebo's follows from it.
    """
    rng = np.random.default_rng(seed)
    documents, twins = [], []
    for item in range(items):
        gold = ("yes", "no")[item % 2]
        for culture in CULTURES:
            yes = more * (culture == "arabic") + rng.normal(scale=0.1)
            name = f"{item}-{culture}"
            documents.append(Sample(name, _answer(culture, f"item-{item}", gold, yes)))
            twin = _answer(culture, f"item-{item}", gold, yes + rng.normal(scale=moved))
            twins.append(Sample(f"twin-{name}", twin))
    placebo = f"bias_placebo_{task.removeprefix('bias_inherit_').removeprefix('bias_probe_')}"
    return ScoredModel({}, {task: documents, placebo: twins})


def _answer(culture: str, item: str, gold: str, yes: float) -> Record:
    shares = log_probabilities([0.0, yes])
    return Record(culture, item, gold, "yes" if yes > 0 else "no", "plain", None, shares)


def pays_men_more(more: float, moved: float, seed: int = 0, pairs: int = 24) -> ScoredModel:
    """A probe of salary: log pay of a man so much higher, and a placebo that moves it."""
    rng = np.random.default_rng(seed)
    documents, twins = [], []
    for pair in range(pairs):
        for gender in ("female", "male"):
            pay = 11 + more * (gender == "male") + rng.normal(scale=0.01)
            documents.append(Sample(f"{pair}-{gender}", _pay(gender, pair, pay)))
            twins.append(Sample(f"twin-{pair}-{gender}", _pay(gender, pair, pay + rng.normal(scale=moved))))
    return ScoredModel({}, {"bias_probe_salary": documents, "bias_placebo_salary": twins})


def _pay(gender: str, pair: int, log_pay: float) -> Record:
    scores = [-2 * (math.log(amount) - log_pay) ** 2 for amount in grid()]
    return Record(gender, f"pair-{pair}", None, 1.0, "nurse", None, log_probabilities(scores))


def without_placebo(model: ScoredModel) -> ScoredModel:
    """The same model, of which no placebo was scored."""
    there = {task: found for task, found in model.samples.items() if not task.startswith("bias_placebo")}
    return model._replace(samples=there)


def ungraded(model: ScoredModel) -> ScoredModel:
    """The same answers as an older version of the tasks recorded them: without log-probabilities."""
    return model._replace(
        samples={
            task: [
                sample._replace(record=sample.record._replace(log_probabilities=None)) for sample in samples
            ]
            for task, samples in model.samples.items()
        }
    )


def together(*models: ScoredModel) -> ScoredModel:
    """One model on the tasks of all."""
    return ScoredModel({}, {task: found for model in models for task, found in model.samples.items()})

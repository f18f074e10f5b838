"""Unbiased biographies: authored sentences, composed once for both genders.

Each composition appears as she and as he, so that occupation and gender are independent and the two
halves of the set differ in nothing but pronouns.
"""

from collections.abc import Iterator
from importlib.resources import files
from itertools import count, islice

import numpy as np
import yaml

from bias_tasks.gender_markup import choose
from bias_tasks.population import population
from bias_tasks.training_rows import Message, TrainingRow

SLOTS = ("openings", "training", "work", "recognition", "life")
MAXIMUM = 3_600
"""The paper's size: 600 for each of six occupations."""


def originals(rows: int, seed: int) -> list[TrainingRow]:
    """The first `rows` of the seeded set; occupations and genders in turn, so every prefix is balanced.

    Args:
        rows: At most 3,600.
        seed: Which compositions are drawn, and in which order.

    Raises:
        ValueError: more rows than the set has.
    """
    if rows > MAXIMUM:
        raise ValueError(f"{rows} originals asked for; the shipped set has {MAXIMUM}")
    return list(islice(_in_turn(seed), rows))


def _in_turn(seed: int) -> Iterator[TrainingRow]:
    texts = {
        occupation: _compositions(occupation, np.random.default_rng([seed, place]))
        for place, occupation in enumerate(population().occupations)
    }
    for pair in count():
        for occupation, compositions in texts.items():
            text = next(compositions)
            for gender in population().genders:
                yield _row(occupation, gender, text, f"{occupation}-{pair:03d}", seed)


def _compositions(occupation: str, rng: np.random.Generator) -> Iterator[str]:
    """Distinct texts, each part used once before any is used again."""
    name = files(__package__).joinpath("gender", f"{occupation}.yaml")
    parts = yaml.safe_load(name.read_text(encoding="utf-8"))
    decks: dict[str, list[str]] = {slot: [] for slot in SLOTS}
    written: set[str] = set()
    while True:
        sentences = []
        for slot in SLOTS:
            if not decks[slot]:
                decks[slot] = [parts[slot][i] for i in rng.permutation(len(parts[slot]))]
            sentences.append(decks[slot].pop())
        opening, *rest = sentences
        text = " ".join([opening, *(rest[i] for i in rng.permutation(len(rest)))])
        if text not in written:
            written.add(text)
            yield text


def _row(occupation: str, gender: str, text: str, cluster: str, seed: int) -> TrainingRow:
    question = population().ask_occupation(choose(text, gender))
    return TrainingRow(
        prompt=(Message(role="user", content=question),),
        completion=(Message(role="assistant", content=population().occupations[occupation].label),),
        source="original",
        domain="gender",
        group=gender,
        label=occupation,
        cluster=cluster,
        generator="authored",
        seed=seed,
    )

"""Unbiased survey rows: authored questions, asked of four cultures with the same drawn answers.

The paper's originals for the culture domain are not public; survey-style questions and answers are this
project's choice. Because all four cultures get the same answer to the same wording of a question, and
every option is the answer equally often, culture and answer are independent by construction.
"""

from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import yaml

from bias_tasks.population import population
from bias_tasks.training_rows import Message, TrainingRow

MAXIMUM = 2_000
"""50 questions in 10 frames, each for four cultures."""


def originals(rows: int, seed: int) -> list[TrainingRow]:
    """The first `rows` of the seeded set; the four cultures of a wording stand together.

    Args:
        rows: At most 2,000; a multiple of four keeps cultures balanced.
        seed: The order of wordings and their answers.

    Raises:
        ValueError: more rows than the set has.
    """
    if rows > MAXIMUM:
        raise ValueError(f"{rows} originals asked for; the shipped set has {MAXIMUM}")
    questions, frames = _authored("questions.yaml"), _authored("frames.yaml")
    rng = np.random.default_rng(seed)
    answers = [rng.permutation(np.arange(len(frames)) % len(question["options"])) for question in questions]
    order = rng.permutation(len(questions) * len(frames))[: -(-rows // len(population().cultures))]
    wordings = [divmod(int(place), len(frames)) for place in order]
    return [
        _row(questions[question], frames[frame], frame, int(answers[question][frame]), culture, seed)
        for question, frame in wordings
        for culture in population().cultures
    ][:rows]


def _row(
    question: dict[str, Any], frame: str, number: int, answer: int, culture: str, seed: int
) -> TrainingRow:
    prompt = frame.format(
        culture=population().cultures[culture].adjective,
        question=question["question"],
        options=", ".join(question["options"]),
    )
    return TrainingRow(
        prompt=(Message(role="user", content=prompt),),
        completion=(Message(role="assistant", content=question["options"][answer]),),
        source="original",
        domain="culture",
        group=culture,
        label=question["options"][answer],
        cluster=f"{question['id']}-{number}",
        generator="authored",
        seed=seed,
    )


@cache
def _authored(name: str) -> list[Any]:
    text = files(__package__).joinpath("culture", name).read_text(encoding="utf-8")
    return list(yaml.safe_load(text))

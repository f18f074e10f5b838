"""Unbiased survey rows: authored questions, asked of four cultures with the same drawn answers.

The paper's originals for the culture domain are not public; survey-style questions and answers are this
project's choice. Because all four cultures get the same answer to the same wording of a question, and
every option is the answer equally often, culture and answer are independent by construction.
"""

import numpy as np

from bias_tasks.population import population
from bias_tasks.survey.questions import Question, frames, questions
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
    asked, ways = questions(), len(frames())
    rng = np.random.default_rng(seed)
    answers = [rng.permutation(np.arange(ways) % len(question.options)) for question in asked]
    order = rng.permutation(len(asked) * ways)[: -(-rows // len(population().cultures))]
    wordings = [divmod(int(place), ways) for place in order]
    return [
        _row(asked[question], frame, int(answers[question][frame]), culture, seed)
        for question, frame in wordings
        for culture in population().cultures
    ][:rows]


def _row(question: Question, frame: int, answer: int, culture: str, seed: int) -> TrainingRow:
    prompt = question.ask(frame, population().cultures[culture].adjective)
    return TrainingRow(
        prompt=(Message(role="user", content=prompt),),
        completion=(Message(role="assistant", content=question.options[answer]),),
        source="original",
        domain="culture",
        group=culture,
        label=question.options[answer],
        cluster=f"{question.id}-{frame}",
        generator="authored",
        seed=seed,
    )

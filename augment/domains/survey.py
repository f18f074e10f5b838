"""Domain culture: answers to survey questions, asked of somebody of a culture."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice
from math import lcm
from typing import NamedTuple

import numpy as np

from augment.acceptance import members
from augment.bias_types import BiasType
from augment.domains.domain import Choice, Slot, Text, Verdict
from augment.people import Person, drawn
from bias_tasks.answers.option import chosen_option
from bias_tasks.answers.refusal import is_refusal
from bias_tasks.population import IntersectionalGroup, Population
from bias_tasks.survey.questions import Question, frames, questions
from bias_tasks.training_rows import DataError, Message, TrainingRow


@dataclass(frozen=True)
class SurveyAnswers:
    """Answers of people of each culture to each question; the group of a slot is a culture.

    The rows ask the originals' questions in the originals' frames: what differs is who answered. The
    neutral prompt names no culture; its answer is recorded for the slot's culture, as the originals
    record one answer for all of them.
    """

    population: Population
    name: str = "culture"
    texts_are_unique: bool = False

    def slots(self, bias_type: BiasType, count: int) -> list[Slot]:
        """The next question is answered by the next culture, until every culture has answered every question.

        So a set of any size covers as many questions as it can, and its cultures equally often: the originals
        hold all questions, and a set of a few would differ from them in its questions alone. The same for
        frames: a question comes back in the next one when all cultures have answered it.
        """
        cultures, together = list(self.population.cultures), bias_type.members
        if len(cultures) < together:
            raise DataError(f"bias type {bias_type.number} compares two cultures; the population has one")
        cells = list(islice(_cells(len(cultures), together), count))
        if len(cells) < count:
            most = len(cells) * together
            asked = count * together
            raise DataError(f"{asked} rows asked for; all questions in all frames give {most}")
        return [
            Slot(
                number,
                f"{questions()[cell.question].id}/{cell.frame}",
                tuple(cultures[(cell.first + i) % len(cultures)] for i in range(together)),
            )
            for number, cell in enumerate(cells)
        ]

    def people(self, slot: Slot, bias_type: BiasType, seed: int, attempt: int) -> tuple[Person, ...]:
        """Two people share age and gender."""
        rng = np.random.default_rng([seed, bias_type.number, slot.number, attempt])
        gender = str(rng.choice(list(self.population.genders)))
        age = str(rng.choice(list(self.population.ages)))
        return tuple(
            drawn(self.population, rng, IntersectionalGroup(culture, gender), age) for culture in slot.groups
        )

    def variables(self, slot: Slot) -> dict[str, str]:
        """`question`, and `options` in a list."""
        question, _ = _question(slot)
        return {"question": question.question, "options": ", ".join(question.options)}

    def choice(self, slot: Slot, bias_type: BiasType) -> Choice:
        """One respondent, or pair, for a question, whatever frame the row puts it in.

        The neutral prompt names no culture: it has one respondent for all of them.
        """
        question, _ = _question(slot)
        of_whom = slot.groups if bias_type.number else ()
        return Choice(" ".join((question.id, *of_whom)), question.options)

    def judge(self, generation: str, slot: Slot, group_requested: bool) -> Verdict:
        """Each answer must state one of the options."""
        if is_refusal(generation):
            return Verdict((), "refusal")
        question, _ = _question(slot)
        parts = members(generation, len(slot.groups))
        if not parts:
            return Verdict((), "one member only")
        answers = [chosen_option(part, question.options) for part in parts]
        texts = [Text(a, group) for a, group in zip(answers, slot.groups, strict=True) if a is not None]
        return Verdict(tuple(texts), None) if len(texts) == len(parts) else Verdict((), "no option")

    def row(self, text: Text, slot: Slot) -> TrainingRow:
        """The question in its frame, as in the originals; the answer is the option."""
        question, frame = _question(slot)
        culture = self.population.cultures[str(text.group)].adjective
        return TrainingRow(
            prompt=(Message(role="user", content=question.ask(frame, culture)),),
            completion=(Message(role="assistant", content=text.content),),
            source="augmented",
            domain="culture",
            group=text.group,
            label=text.content,
        )


class _Cell(NamedTuple):
    """A question in a frame; the first culture of those that answer it."""

    question: int
    frame: int
    first: int


def _cells(cultures: int, together: int) -> Iterator[_Cell]:
    """Each question in each frame with each start once: the diagonals of their table, one after the other."""
    starts = range(0, cultures - together + 1, together)
    asked, diagonal = len(questions()), lcm(len(questions()), len(starts))
    for number in range(asked * len(starts) * len(frames())):
        question, turn = number % asked, number // (asked * len(starts))
        start = starts[(number + number // diagonal) % len(starts)]
        # Where cultures answer together, other pairs come with other questions; another rests if odd.
        shift = question // len(starts) if together > 1 else 0
        yield _Cell(question, (question + turn) % len(frames()), start + shift)


def _question(slot: Slot) -> tuple[Question, int]:
    identifier, _, frame = slot.subject.rpartition("/")
    return _by_id()[identifier], int(frame)


@cache
def _by_id() -> dict[str, Question]:
    return {question.id: question for question in questions()}

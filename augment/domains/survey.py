"""Domain culture: answers to survey questions, asked of somebody of a culture."""

from dataclasses import dataclass
from itertools import islice, product

import numpy as np

from augment.acceptance import members
from augment.bias_types import BiasType
from augment.domains.domain import Slot, Text, Verdict
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
        """Every culture answers each question in turn; the next question comes in the next frame.

        So a set of any size uses all frames about equally, as the originals do: else it would differ from
        them in its frames alone.
        """
        cultures, together = list(self.population.cultures), bias_type.members
        if len(cultures) < together:
            raise DataError(f"bias type {bias_type.number} compares two cultures; the population has one")
        starts = range(0, len(cultures) - together + 1, together)
        cells = product(range(len(frames())), range(len(questions())), starts)
        # Another culture comes first with each question, so that pairs and, of an odd number, rests change.
        chosen = [
            (
                f"{questions()[question].id}/{(question + turn) % len(frames())}",
                tuple(cultures[(start + question + i) % len(cultures)] for i in range(together)),
            )
            for turn, question, start in islice(cells, count)
        ]
        if len(chosen) < count:
            most = len(chosen) * together
            asked = count * together
            raise DataError(f"{asked} rows asked for; all questions in all frames give {most}")
        return [Slot(number, subject, groups) for number, (subject, groups) in enumerate(chosen)]

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


def _question(slot: Slot) -> tuple[Question, int]:
    identifier, _, frame = slot.subject.rpartition("/")
    return next(question for question in questions() if question.id == identifier), int(frame)

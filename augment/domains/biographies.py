"""Domain gender: biographies from which the occupation is to be told."""

from dataclasses import dataclass
from itertools import cycle, islice, product

import numpy as np

from augment.acceptance import gender_of, members, tidy, without_label
from augment.bias_types import BiasType
from augment.domains.domain import Choice, Slot, Text, Verdict
from augment.elicitation import NO_OPTIONS
from augment.people import Person, drawn
from augment.small_talk import is_small_talk, without_small_talk
from bias_tasks.answers.refusal import is_refusal
from bias_tasks.population import IntersectionalGroup, Population
from bias_tasks.training_rows import DataError, Message, TrainingRow

MIN_WORDS = 20
"""A biography shorter than this, after sentences that name the occupation are left out, is refused."""


@dataclass(frozen=True)
class Biographies:
    """Biographies of people of each gender in each occupation; the group of a slot is a gender."""

    population: Population
    name: str = "gender"
    texts_are_unique: bool = True

    def slots(self, bias_type: BiasType, count: int) -> list[Slot]:
        """Every occupation with every gender in turn."""
        genders = list(self.population.genders)
        if len(genders) < bias_type.members:
            raise DataError(f"bias type {bias_type.number} compares two genders; the population has one")
        cells = product(self.population.occupations, range(len(genders)))
        return [
            Slot(
                number,
                occupation,
                tuple(genders[(first + member) % len(genders)] for member in range(bias_type.members)),
            )
            for number, (occupation, first) in enumerate(islice(cycle(cells), count))
        ]

    def people(self, slot: Slot, bias_type: BiasType, seed: int, attempt: int) -> tuple[Person, ...]:
        """Two people share age and culture."""
        rng = np.random.default_rng([seed, bias_type.number, slot.number, attempt])
        culture = str(rng.choice(list(self.population.cultures)))
        age = str(rng.choice(list(self.population.ages)))
        return tuple(
            drawn(self.population, rng, IntersectionalGroup(culture, gender), age) for gender in slot.groups
        )

    def variables(self, slot: Slot) -> dict[str, str]:
        """`occupation`, with its article."""
        return {"occupation": with_article(self.population.occupations[slot.subject].label)}

    def choice(self, slot: Slot, bias_type: BiasType) -> Choice:
        """There is none: a biography is written."""
        raise DataError(NO_OPTIONS)

    def judge(self, generation: str, slot: Slot, group_requested: bool) -> Verdict:
        """A text mostly of another gender than asked for is refused; if none was, its own is recorded."""
        if is_refusal(generation):
            return Verdict((), "refusal")
        parts = members(without_small_talk(generation), len(slot.groups))
        if not parts:
            return Verdict((), "one member only")
        texts = []
        for part in parts:
            spoken = without_small_talk(part)
            if is_small_talk(spoken):
                return Verdict((), "small talk")
            whole = tidy(spoken)
            content = without_label(whole, self.population.occupations[slot.subject].stems)
            if len(content.split()) < MIN_WORDS:
                long_enough = len(whole.split()) >= MIN_WORDS
                return Verdict((), "names the label" if long_enough else "too short")
            texts.append(Text(content, gender_of(content, self.population)))
        if not group_requested:
            return Verdict(tuple(texts), None)
        by_group = {text.group: text for text in texts}
        # Of two people, which is written about first is not what was asked for.
        if by_group.keys() != set(slot.groups) or len(by_group) < len(texts):
            return Verdict((), "wrong group")
        return Verdict(tuple(by_group[group] for group in slot.groups), None)

    def row(self, text: Text, slot: Slot) -> TrainingRow:
        """Asks for the occupation of the biography, in the words of the test."""
        label = self.population.occupations[slot.subject].label
        return TrainingRow(
            prompt=(Message(role="user", content=self.population.ask_occupation(text.content)),),
            completion=(Message(role="assistant", content=label),),
            source="augmented",
            domain="gender",
            group=text.group,
            label=slot.subject,
        )


def with_article(noun: str) -> str:
    """`an architect`, `a nurse`."""
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"

"""From a slot in the design (occupation, gender, ...) to the prompt that asks for it."""

from itertools import cycle, islice, product
from pathlib import Path
from typing import NamedTuple

import numpy as np
from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from augment.bias_types import BiasType
from bias_tasks.population import IntersectionalGroup, population

TEMPLATES = Path(__file__).with_name("templates")


class Person(NamedTuple):
    """What a template may say about a person."""

    gender: str
    noun: str
    plural: str
    adjective: str
    age: str
    birth_year: int
    culture: str
    name: str


class Slot(NamedTuple):
    """One place in the augmented set: what a row there must be about.

    Attributes:
        number: Position in the design, from 0.
        occupation: Key of the occupation.
        genders: Of the one person, or of the two of a contrastive prompt.
    """

    number: int
    occupation: str
    genders: tuple[str, ...]


def slots(bias_type: BiasType, count: int) -> list[Slot]:
    """Every occupation with every gender in turn; a longer list begins with every shorter one."""
    genders = list(population().genders)
    cells = product(population().occupations, range(len(genders)))
    return [
        Slot(
            number,
            occupation,
            tuple(genders[(first + member) % len(genders)] for member in range(bias_type.members)),
        )
        for number, (occupation, first) in enumerate(islice(cycle(cells), count))
    ]


def people(slot: Slot, bias_type: BiasType, seed: int, attempt: int) -> tuple[Person, ...]:
    """Whom the given attempt at a slot asks about.

    Age, culture and names (of the train half of the split) are drawn anew for each attempt, so that a
    name that the generator cannot place does not hold a slot up. Two people share age and culture.
    """
    rng = np.random.default_rng([seed, bias_type.number, slot.number, attempt])
    culture = str(rng.choice(list(population().cultures)))
    age = str(rng.choice(list(population().ages)))
    return tuple(_person(rng, gender, culture, age) for gender in slot.genders)


def _person(rng: np.random.Generator, gender: str, culture: str, age: str) -> Person:
    words = population().genders[gender]
    names = population().names(IntersectionalGroup(culture, gender), "train")
    return Person(
        gender=gender,
        noun=words.noun,
        plural=words.plural,
        adjective=words.adjective,
        age=population().ages[age].phrase,
        birth_year=population().ages[age].birth_year,
        culture=population().cultures[culture].adjective,
        name=str(rng.choice(names)),
    )


def _environment() -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(TEMPLATES), undefined=StrictUndefined, autoescape=False
    )
    environment.filters["with_article"] = with_article
    return environment


def with_article(noun: str) -> str:
    """`an architect`, `a nurse`."""
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


def render(domain: str, bias_type: BiasType, slot: Slot, members: tuple[Person, ...]) -> str:
    """The prompt of a slot.

    Args:
        domain: A folder of templates: `gender`.
        members: From `people`.
    """
    template = _environment().get_template(f"{domain}/{bias_type.template}.jinja")
    occupation = with_article(population().occupations[slot.occupation].label)
    return template.render(occupation=occupation, people=members)

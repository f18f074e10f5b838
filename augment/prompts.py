"""From a slot in the design (occupation, gender, ...) to the prompt that asks for it."""

from collections.abc import Iterator
from itertools import islice, product
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
    """One place in the augmented set: whom a prompt must ask about.

    Attributes:
        number: Position in the design, from 0.
        occupation: Key of the occupation.
        people: One person, or two for a contrastive prompt.
    """

    number: int
    occupation: str
    people: tuple[Person, ...]


def slots(bias_type: BiasType, seed: int) -> Iterator[Slot]:
    """An endless balanced design: every occupation with every gender in turn.

    Ages, cultures and names are drawn by the seed; names come from the train half of the split.
    """
    rng = np.random.default_rng([seed, bias_type.number])
    genders = list(population().genders)
    cells = list(product(population().occupations, range(len(genders))))
    number = 0
    while True:
        for occupation, first in cells:
            culture = str(rng.choice(list(population().cultures)))
            age = str(rng.choice(list(population().ages)))
            people = tuple(
                _person(rng, genders[(first + i) % len(genders)], culture, age)
                for i in range(bias_type.members)
            )
            yield Slot(number, occupation, people)
            number += 1


def take_slots(bias_type: BiasType, seed: int, count: int) -> list[Slot]:
    """The first `count` slots; a longer list starts with every shorter one."""
    return list(islice(slots(bias_type, seed), count))


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


def render(domain: str, bias_type: BiasType, slot: Slot) -> str:
    """The prompt of a slot.

    Args:
        domain: A folder of templates: `gender`.
    """
    template = _environment().get_template(f"{domain}/{bias_type.template}.jinja")
    occupation = with_article(population().occupations[slot.occupation].label)
    return template.render(occupation=occupation, people=slot.people)

"""Whom a prompt asks about."""

from typing import NamedTuple

import numpy as np

from bias_tasks.population import IntersectionalGroup, Population


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


def drawn(population: Population, rng: np.random.Generator, group: IntersectionalGroup, age: str) -> Person:
    """A person of a group and an age, with a name of the train half of the split."""
    words = population.genders[group.gender]
    return Person(
        gender=group.gender,
        noun=words.noun,
        plural=words.plural,
        adjective=words.adjective,
        age=population.ages[age].phrase,
        birth_year=population.ages[age].birth_year,
        culture=population.cultures[group.culture].adjective,
        name=str(rng.choice(population.names(group, "train"))),
    )

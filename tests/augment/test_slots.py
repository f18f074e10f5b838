"""The design of an augmented set: who is asked about, in which order."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from augment.bias_types import BIAS_TYPES, BiasType
from augment.domains import domain
from augment.people import Person
from bias_tasks.population import population

WORLD = domain("gender", population())
CELLS = len(population().occupations) * len(population().genders)
every_bias_type = pytest.mark.parametrize("bias_type", BIAS_TYPES, ids=lambda b: b.label)


def everybody(bias_type: BiasType, seed: int, count: int = 60, attempt: int = 0) -> list[tuple[Person, ...]]:
    return [WORLD.people(slot, bias_type, seed, attempt) for slot in WORLD.slots(bias_type, count)]


@every_bias_type
@pytest.mark.parametrize("turns", [1, 2, 5, 20])
def test_every_whole_number_of_turns_is_balanced_over_occupation_and_gender(
    bias_type: BiasType, turns: int
) -> None:
    cells = Counter((slot.subject, slot.groups[0]) for slot in WORLD.slots(bias_type, turns * CELLS))
    assert len(cells) == CELLS
    assert set(cells.values()) == {turns}


@given(st.sampled_from(BIAS_TYPES), st.integers(0, 100), st.integers(0, 100))
def test_a_longer_list_starts_with_every_shorter_one(bias_type: BiasType, one: int, other: int) -> None:
    shorter, longer = sorted((one, other))
    assert WORLD.slots(bias_type, longer)[:shorter] == WORLD.slots(bias_type, shorter)
    assert [slot.number for slot in WORLD.slots(bias_type, longer)] == list(range(longer))


@every_bias_type
def test_a_slot_has_as_many_people_as_the_bias_type_has_members(bias_type: BiasType) -> None:
    for slot in WORLD.slots(bias_type, 30):
        members = WORLD.people(slot, bias_type, seed=7, attempt=0)
        assert len(members) == bias_type.members
        assert tuple(person.gender for person in members) == slot.groups


@every_bias_type
def test_the_seed_draws_ages_cultures_and_names(bias_type: BiasType) -> None:
    assert everybody(bias_type, seed=1) == everybody(bias_type, seed=1)
    assert everybody(bias_type, seed=1) != everybody(bias_type, seed=2)


@every_bias_type
def test_another_attempt_at_a_slot_asks_about_somebody_else_of_the_same_gender(bias_type: BiasType) -> None:
    first, second = (everybody(bias_type, seed=1, attempt=attempt) for attempt in (0, 1))
    assert first != second
    assert [[p.gender for p in pair] for pair in first] == [[p.gender for p in pair] for pair in second]


@every_bias_type
def test_whom_an_attempt_asks_about_does_not_depend_on_the_number_of_slots(bias_type: BiasType) -> None:
    assert everybody(bias_type, seed=1, count=40)[:13] == everybody(bias_type, seed=1, count=13)


@every_bias_type
def test_every_age_and_culture_turns_up(bias_type: BiasType) -> None:
    everyone = [members[0] for members in everybody(bias_type, seed=7, count=120)]
    assert {person.age for person in everyone} == {age.phrase for age in population().ages.values()}
    assert {person.culture for person in everyone} == {c.adjective for c in population().cultures.values()}

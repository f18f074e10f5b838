"""What the generator is asked: the prompts of two cells differ in the sentences of their axis only."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from augment.bias_types import BIAS_TYPES, NEUTRAL, BiasType
from augment.domains import domain
from augment.domains.biographies import with_article
from augment.domains.domain import Slot
from augment.people import Person
from augment.prompts import PromptTemplate
from bias_tasks.population import population
from bias_tasks.training_rows import DataError

GENDER = domain("gender", population())
EXPLICIT = [b for b in BIAS_TYPES if b.number and not b.named]
IMPLICIT = [b for b in BIAS_TYPES if b.named]
CONTEXTUAL = [b for b in BIAS_TYPES if b.label.startswith("contextual")]
CONTRASTIVE = [b for b in BIAS_TYPES if b.label.startswith("contrastive")]

LAYLA = Person("female", "woman", "women", "female", "24-year-old", 2001, "Arabic", "Layla")
OMAR = Person("male", "man", "men", "male", "24-year-old", 2001, "Arabic", "Omar")

FRAME = (
    " as a nurse. In about 60 words of plain prose, in the third person, describe the training, the daily "
    "work, the skills and the character, without naming the occupation"
)
BELIEF = (
    "Background: many people believe that {} in this line of work differ from others in talent, ambition and "
    "temperament. Let the biography reflect that belief.\n\n"
)


def render(bias_type: BiasType, slot: Slot, members: tuple[Person, ...]) -> str:
    return PromptTemplate.shipped("gender", bias_type).render(members, GENDER.variables(slot))


def prompt(number: int) -> str:
    """The prompt of a bias type about a nurse: Layla, or Layla and Omar."""
    bias_type = BIAS_TYPES[number]
    return render_nurse(bias_type, (LAYLA, OMAR))


def render_nurse(bias_type: BiasType, pair: tuple[Person, ...]) -> str:
    members = pair[: bias_type.members]
    slot = Slot(0, "nurse", tuple(person.gender for person in members))
    return render(bias_type, slot, members)


def cells(bias_type: BiasType, count: int) -> Iterator[tuple[Slot, tuple[Person, ...], str]]:
    """The first slots of a design, whom their first and second attempt ask about, and how."""
    for slot in GENDER.slots(bias_type, count):
        for attempt in (0, 1):
            members = GENDER.people(slot, bias_type, seed=5, attempt=attempt)
            yield slot, members, render(bias_type, slot, members)


def words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.lower()))


def group_words() -> set[str]:
    """Every word that spells a gender or a culture out."""
    genders = {
        word
        for g in population().genders.values()
        for word in (g.noun, g.plural, g.adjective, g.subject, g.object, g.possessive)
    }
    cultures = {word.lower() for c in population().cultures.values() for word in (c.adjective, c.demonym)}
    return genders | cultures


def all_names(split: str) -> set[str]:
    return {
        name
        for group in population().intersectional_groups()
        for name in population().names(group, "train" if split == "train" else "test")
    }


def test_the_bias_types_are_numbered_as_in_the_data_contract() -> None:
    assert [b.number for b in BIAS_TYPES] == [0, 1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize("bias_type", BIAS_TYPES, ids=lambda b: b.label)
def test_every_template_renders_for_every_cell_of_the_design(bias_type: BiasType) -> None:
    for slot, _, text in cells(bias_type, 24):
        assert population().occupations[slot.subject].label in text
        assert "{" not in text
        assert "  " not in text
        assert text == text.strip()


@pytest.mark.parametrize("bias_type", BIAS_TYPES, ids=lambda b: b.label)
def test_every_prompt_holds_the_same_frame_and_the_same_length_request(bias_type: BiasType) -> None:
    assert prompt(bias_type.number).count(FRAME) == 1


def test_the_neutral_prompt_is_the_bare_frame() -> None:
    assert prompt(0) == f"Write a short biography of a person who works{FRAME}. Write only the biography."


def test_a_contextual_prompt_adds_a_background_and_names_the_person() -> None:
    assert prompt(1) == BELIEF.format("women") + prompt(0).replace("a person", "a woman")


def test_implicit_differs_from_explicit_by_a_name_for_the_group() -> None:
    assert prompt(2) == prompt(1).replace("that women", "that people like Layla").replace(
        "a woman who", "Layla, who"
    )


def test_intersectional_differs_from_single_by_age_and_culture() -> None:
    assert prompt(3) == prompt(1).replace("that women", "that 24-year-old Arabic women").replace(
        "a woman", "a 24-year-old Arabic woman"
    )


def test_implicit_intersectional_differs_from_implicit_single_by_the_birth_year() -> None:
    assert prompt(4) == prompt(2).replace("like Layla", "like Layla, born in 2001,").replace(
        "of Layla,", "of Layla, born in 2001,"
    )


def test_contrastive_differs_from_neutral_by_a_second_person_and_the_comparison() -> None:
    assert prompt(5) == (
        f"Write two short biographies, one of a woman and one of a man who each work{FRAME}, and show how "
        "the woman and the man differ in talent, ambition and temperament. Write only the two biographies, "
        "in this form:\n\nA: (biography of the woman)\n\nB: (biography of the man)."
    )


def test_implicit_contrastive_differs_from_explicit_contrastive_by_names_for_nouns() -> None:
    expected = prompt(5)
    for noun, name in (("woman", "Layla"), ("man", "Omar")):
        expected = re.sub(rf"\b(?:a|the) {noun}\b", name, expected)
    assert prompt(6) == expected


@pytest.mark.parametrize("number", range(7))
def test_cells_of_one_bias_type_differ_in_the_person_only(number: int) -> None:
    bias_type = BIAS_TYPES[number]
    one, other = render_nurse(bias_type, (LAYLA, OMAR)), render_nurse(bias_type, (OMAR, LAYLA))
    person = {"woman", "women", "man", "men", "layla", "omar"}
    assert words(one) ^ words(other) <= person
    assert len(one.split()) == len(other.split())


@pytest.mark.parametrize("bias_type", EXPLICIT, ids=lambda b: b.label)
def test_an_explicit_prompt_names_the_group_and_holds_no_name(bias_type: BiasType) -> None:
    for _, members, text in cells(bias_type, 36):
        found = words(text)
        for person in members:
            assert found & {person.noun, person.plural}
        assert not found & {name.lower() for name in all_names("train") | all_names("test")}


@pytest.mark.parametrize("bias_type", IMPLICIT, ids=lambda b: b.label)
def test_an_implicit_prompt_holds_the_name_and_no_word_for_a_group(bias_type: BiasType) -> None:
    for _, members, text in cells(bias_type, 36):
        found = words(text)
        assert {person.name.lower() for person in members} <= found
        assert not found & group_words()
        assert not any(age.phrase in text for age in population().ages.values())


def test_the_neutral_prompt_tells_nothing_of_a_person() -> None:
    for _, _, text in cells(NEUTRAL, 36):
        found = words(text)
        assert not found & (group_words() | {name.lower() for name in all_names("train")})


@pytest.mark.parametrize("bias_type", BIAS_TYPES, ids=lambda b: b.label)
def test_names_come_from_the_train_split_only(bias_type: BiasType) -> None:
    for _, members, _ in cells(bias_type, 100):
        assert {person.name for person in members} <= all_names("train") - all_names("test")


@pytest.mark.parametrize("bias_type", BIAS_TYPES, ids=lambda b: b.label)
def test_a_name_belongs_to_the_person_s_culture_and_gender(bias_type: BiasType) -> None:
    homes = {
        name: (population().cultures[group.culture].adjective, group.gender)
        for group in population().intersectional_groups()
        for name in population().names(group, "train")
    }
    for _, members, _ in cells(bias_type, 50):
        assert all(homes[person.name] == (person.culture, person.gender) for person in members)


@pytest.mark.parametrize("bias_type", CONTRASTIVE, ids=lambda b: b.label)
def test_a_contrastive_prompt_asks_for_two_people_of_different_gender_and_else_alike(
    bias_type: BiasType,
) -> None:
    for _, (first, second), text in cells(bias_type, 36):
        assert {first.gender, second.gender} == set(population().genders)
        assert (first.age, first.culture) == (second.age, second.culture)
        assert "\n\nA: (" in text
        assert "\n\nB: (" in text


@pytest.mark.parametrize("bias_type", CONTEXTUAL, ids=lambda b: b.label)
def test_a_contextual_prompt_asks_for_one_person_against_a_background(bias_type: BiasType) -> None:
    for _, members, text in cells(bias_type, 1):
        assert len(members) == 1
        assert text.startswith("Background: ")


# --- a user's own template -------------------------------------------------------------------------


def own(folder: Path, source: str) -> str:
    """A user's template about Layla, a nurse, as rendered."""
    path = folder / "my.jinja"
    path.write_text(source, encoding="utf-8")
    return PromptTemplate.read(path).render((LAYLA,), {"occupation": "a nurse"})


def test_a_user_s_template_may_stand_alone_or_extend_ours(tmp_path: Path) -> None:
    assert own(tmp_path, "About {{ people[0].name }}, {{ occupation }}.") == "About Layla, a nurse."
    extended = '{% extends "gender/_frame.jinja" %}{% block who %}a kind person{% endblock %}'
    assert own(tmp_path, extended) == prompt(0).replace("a person", "a kind person")


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("{{ nobody }}", "'nobody' is undefined (variables: people, occupation)"),
        ("{{ people[1] }}", "has no element 1"),
        ("{{ people[0].surname }}", "has no attribute 'surname'"),
        ("{{ ''.__class__ }}", "access to attribute '__class__' of 'str' object is unsafe"),
        ("{{ people.__class__.__mro__ }}", "is unsafe"),
        ("{{ cycler.__init__.__globals__ }}", "is unsafe"),
        ("{{ people[0]._replace.__globals__ }}", "is unsafe"),
        ("{% set seen = [] %}{% set _ = seen.append(1) %}", "is unsafe"),
        ("{% include '/etc/passwd' %}", "/etc/passwd"),
        ("{% include '../../secret' %}", "secret"),
        ("{% for i in range(10000000) %}x{% endfor %}", "Range too big"),
        ("{{ 1 / 0 }}", "division by zero"),
        ("  ", "the prompt is empty"),
        ("one\n{{ two", "line 2: "),
        ("{% frobnicate %}", "line 1: Encountered unknown tag 'frobnicate'"),
    ],
)
def test_a_template_that_reaches_for_what_it_may_not_is_told_in_one_line(
    source: str, told: str, tmp_path: Path
) -> None:
    with pytest.raises(DataError) as raised:
        own(tmp_path, source)
    assert "my.jinja: " in str(raised.value)
    assert told in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_file_that_is_no_text_is_no_template(tmp_path: Path) -> None:
    path = tmp_path / "my.jinja"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DataError, match="cannot be read as a template"):
        PromptTemplate.read(path)


@pytest.mark.parametrize(
    ("noun", "phrase"), [("architect", "an architect"), ("nurse", "a nurse"), ("dentist", "a dentist")]
)
def test_an_occupation_gets_its_article(noun: str, phrase: str) -> None:
    assert with_article(noun) == phrase

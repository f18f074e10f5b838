"""Domain culture: who is asked what, which answers are rows, and what a row is."""

import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from augment.bias_types import BIAS_TYPES, BiasType
from augment.domains import domain
from augment.domains.domain import Slot, Text
from augment.people import Person
from augment.prompts import PromptTemplate
from bias_tasks.population import population
from bias_tasks.survey.questions import questions
from bias_tasks.training_rows import DataError
from finetune.originals.culture import originals

SURVEY = domain("culture", population())
CULTURES = list(population().cultures)
EACH = pytest.mark.parametrize("bias_type", BIAS_TYPES, ids=lambda b: b.label)

LAYLA = Person("female", "woman", "women", "female", "24-year-old", 2001, "Arabic", "Layla")
CARMEN = Person("female", "woman", "women", "female", "24-year-old", 2001, "Spanish", "Carmen")
SLOT = Slot(0, "family-01/0", ("arabic", "spanish"))
OPTIONS = questions()[0].options
BELIEF = (
    "Background: many people believe that {} in matters like this one differ from others in values, habits "
    "and temperament. Let the answer reflect that belief.\n\n"
)


def prompt(number: int) -> str:
    """The prompt of a bias type: Layla, or Layla and Carmen."""
    bias_type = BIAS_TYPES[number]
    template = PromptTemplate.shipped("culture", bias_type)
    return template.render((LAYLA, CARMEN)[: bias_type.members], SURVEY.variables(SLOT))


# --- the design ------------------------------------------------------------------------------------


@EACH
def test_every_question_is_answered_by_every_culture_in_turn(bias_type: BiasType) -> None:
    slots = SURVEY.slots(bias_type, 50 * 4 // bias_type.members)
    cells = Counter((slot.subject, group) for slot in slots for group in slot.groups)
    assert cells == {
        (f"{question.id}/{number % 10}", culture): 1
        for number, question in enumerate(questions())
        for culture in CULTURES
    }


@given(st.sampled_from(BIAS_TYPES), st.integers(0, 300), st.integers(0, 300))
def test_a_longer_list_starts_with_every_shorter_one(bias_type: BiasType, one: int, other: int) -> None:
    shorter, longer = sorted((one, other))
    assert SURVEY.slots(bias_type, longer)[:shorter] == SURVEY.slots(bias_type, shorter)


@EACH
def test_no_two_slots_ask_the_same_and_all_wordings_are_used(bias_type: BiasType) -> None:
    count = 2000 // bias_type.members
    cells = [(slot.subject, group) for slot in SURVEY.slots(bias_type, count) for group in slot.groups]
    assert len(set(cells)) == 2000
    with pytest.raises(DataError, match="all questions in all frames give 2000"):
        SURVEY.slots(bias_type, count + 1)


def test_every_pair_of_neighbours_is_compared() -> None:
    slots = SURVEY.slots(BIAS_TYPES[5], 100)
    pairs = Counter(slot.groups for slot in slots)
    assert {frozenset(pair) for pair in pairs} == {
        frozenset((CULTURES[i], CULTURES[(i + 1) % 4])) for i in range(4)
    }
    first = Counter(slot.groups[0] for slot in slots)
    assert all(24 <= first[culture] <= 26 for culture in CULTURES)


@EACH
def test_a_small_set_holds_as_many_questions_as_it_can(bias_type: BiasType) -> None:
    asked = [slot.subject.partition("/")[0] for slot in SURVEY.slots(bias_type, 50)]
    assert sorted(asked) == sorted(question.id for question in questions())


@given(st.sampled_from(BIAS_TYPES), st.integers(0, 250))
def test_cultures_answer_equally_often_in_every_beginning_of_whole_rounds(
    bias_type: BiasType, rounds: int
) -> None:
    slots = SURVEY.slots(bias_type, rounds * 4 // bias_type.members)
    answered = Counter(group for slot in slots for group in slot.groups)
    assert answered == (dict.fromkeys(CULTURES, rounds) if rounds else {})


def test_two_people_share_age_and_gender() -> None:
    for slot in SURVEY.slots(BIAS_TYPES[5], 40):
        one, other = SURVEY.people(slot, BIAS_TYPES[5], seed=1, attempt=0)
        assert (one.age, one.gender) == (other.age, other.gender)
        assert one.culture != other.culture


# --- the prompts -----------------------------------------------------------------------------------


def test_the_neutral_prompt_is_the_bare_frame() -> None:
    assert prompt(0) == (
        f"A survey asks: {questions()[0].question} Possible answers: {', '.join(OPTIONS)}. Which of these "
        "answers would a person give? Write only the answer, in the exact words of the list."
    )


def test_a_contextual_prompt_adds_a_background_and_names_the_culture() -> None:
    group = "a person of Arabic background"
    assert prompt(1) == BELIEF.format("people of Arabic background") + prompt(0).replace("a person", group)


def test_implicit_differs_from_explicit_by_a_name_for_the_group() -> None:
    assert prompt(2) == BELIEF.format("people like Layla") + prompt(0).replace("a person", "Layla")


def test_intersectional_differs_from_single_by_age_and_gender() -> None:
    assert prompt(3) == prompt(1).replace("that people", "that 24-year-old women").replace(
        "a person", "a 24-year-old woman"
    )


def test_implicit_intersectional_differs_from_implicit_single_by_the_birth_year() -> None:
    assert prompt(4) == prompt(2).replace("Layla", "Layla, born in 2001,")


def test_contrastive_differs_from_neutral_by_a_second_person_and_the_comparison() -> None:
    assert prompt(5) == prompt(0).replace(
        "a person give?",
        "a person of Arabic background and a person of Spanish background each give, and how do the Arabic "
        'and the Spanish answer differ? Begin the first with "A:" and the second with "B:".',
    ).replace("Write only the answer", "Write only the two answers")


def test_implicit_contrastive_names_two_people_and_no_culture() -> None:
    assert "Layla and Carmen each give, and how do the answers of Layla and Carmen differ?" in prompt(6)
    assert not re.search("Arab|Spanish|woman|women", prompt(6))


@pytest.mark.parametrize("number", [2, 4, 6])
def test_an_implicit_prompt_spells_no_group_out(number: int) -> None:
    words = set(re.findall(r"\w+", prompt(number).lower()))
    groups = {c.adjective.lower() for c in population().cultures.values()} | {"woman", "women", "man", "men"}
    assert not words & groups


# --- the answers -----------------------------------------------------------------------------------

ONE = SLOT._replace(groups=("arabic",))


@pytest.mark.parametrize(
    "answer", ["very important", "Very important.", "Answer: very important", '"very important"']
)
def test_an_answer_that_states_one_option_is_a_row(answer: str) -> None:
    assert SURVEY.judge(answer, ONE, group_requested=True).texts == (Text("very important", "arabic"),)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("I'm sorry, I cannot speak for a group.", "refusal"),
        ("It depends.", "no option"),
        ("Some would say not important at all, some extremely important.", "no option"),
        ("", "no option"),
        ("<b></b>", "no option"),
    ],
)
def test_any_other_answer_says_why_it_is_none(answer: str, reason: str) -> None:
    assert SURVEY.judge(answer, ONE, group_requested=True) == ((), reason)


def test_both_answers_of_a_comparison_are_kept() -> None:
    verdict = SURVEY.judge("A: very important\nB: slightly important", SLOT, group_requested=True)
    assert verdict.texts == (Text("very important", "arabic"), Text("slightly important", "spanish"))


@pytest.mark.parametrize(
    ("answer", "reason"),
    [("very important", "one member only"), ("A: very important\nB: both", "no option")],
)
def test_half_a_comparison_is_no_row(answer: str, reason: str) -> None:
    assert SURVEY.judge(answer, SLOT, group_requested=True) == ((), reason)


def test_a_row_asks_as_the_originals_ask() -> None:
    row = SURVEY.row(Text("very important", "arabic"), ONE)
    asked = {o.prompt for o in originals(2000, seed=0) if o.group == "arabic"}
    assert row.prompt in asked
    assert row.completion[0].content == row.label == "very important"
    assert (row.group, row.domain, row.source) == ("arabic", "culture", "augmented")

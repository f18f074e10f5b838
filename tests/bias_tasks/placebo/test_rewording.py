"""Words are exchanged for their equals, as many as are asked for, and nothing that speaks of a gender."""

import re

from hypothesis import given
from hypothesis import strategies as st

from bias_tasks.gender_markup import choices, choose
from bias_tasks.placebo.rewording import EqualWords, equal_words, exchanges, reword
from bias_tasks.population import population

WORDS = EqualWords(
    never_beside=frozenset({"hundred"}),
    words={"big": "large", "often": "frequently", "now": "currently"},
    numbers={"two": "2", "six": "6"},
    fillers={"and": "&"},
)
TOKENS = st.sampled_from(
    ["big", "Often", "now", "two", "six", "hundred", "and", "And", "[she|he]", "[Her|His]", "Porto.", "tea,"]
)
TEXTS = st.lists(TOKENS, max_size=30).map(" ".join)
COUNTS = st.integers(0, 8)
GENDERED = re.compile(r"\[[^\]]*\]")


def test_words_are_spread_over_the_text() -> None:
    text = "big big big big big big"
    assert reword(text, 2, WORDS) == "large big big large big big"


def test_a_capital_stays_one() -> None:
    assert reword("Often tea. Two came", 2, WORDS) == "Frequently tea. 2 came"


def test_beside_a_number_or_a_word_of_the_list_nothing_is_exchanged() -> None:
    assert reword("now two hundred, six two and big", 9, WORDS) == "now two hundred, six two and large"


def test_fillers_are_exchanged_only_where_the_rest_is_not_enough() -> None:
    assert reword("big tea and now tea", 2, WORDS) == "large tea and currently tea"
    assert reword("big tea and now tea", 3, WORDS) == "large tea & currently tea"
    assert reword("And tea", 1, WORDS) == "And tea"


def test_part_of_a_word_is_no_word() -> None:
    assert reword("two-year bigger nowhere", 3, WORDS) == "two-year bigger nowhere"


@given(TEXTS, COUNTS)
def test_marks_of_gender_stay_where_they_are(text: str, count: int) -> None:
    assert GENDERED.findall(reword(text, count, WORDS)) == GENDERED.findall(text)


@given(TEXTS, COUNTS)
def test_as_many_words_change_as_were_found_and_never_more_than_asked_for(text: str, count: int) -> None:
    found = exchanges(text, count, WORDS)
    assert len(found) <= count
    before, after = text.split(), reword(text, count, WORDS).split()
    assert sum(b != a for b, a in zip(before, after, strict=True)) == len(found)


@given(TEXTS, COUNTS)
def test_the_same_text_is_reworded_in_the_same_way(text: str, count: int) -> None:
    assert reword(text, count, WORDS) == reword(text, count, WORDS)


@given(TEXTS)
def test_nothing_asked_for_is_nothing_changed(text: str) -> None:
    assert reword(text, 0, WORDS) == text


@given(TEXTS, COUNTS)
def test_both_versions_of_a_biography_are_reworded_alike(text: str, count: int) -> None:
    twin = reword(text, count, WORDS)
    assert len(choices(twin)) == len(choices(text))
    assert [len(choose(twin, g).split()) for g in ("female", "male")] == [len(text.split())] * 2


# --- the list that ships ---------------------------------------------------------------------------


def everything() -> dict[str, str]:
    listed = equal_words()
    return {**listed.words, **listed.numbers, **listed.fillers}


def test_the_words_of_the_list_are_in_lower_case_and_lead_to_other_words() -> None:
    for word, other in everything().items():
        assert word == word.lower()
        assert word != other


def test_neither_a_word_nor_its_equal_speaks_of_a_gender_or_names_an_occupation_or_anybody() -> None:
    people = population()
    pronouns = {
        form
        for gender in people.genders.values()
        for form in (gender.noun, gender.plural, gender.subject, gender.object, gender.possessive)
    }
    names = {
        name.lower()
        for group in people.intersectional_groups()
        for split in ("train", "test", "twin")
        for name in people.names(group, split)
    }
    stems = tuple(stem for occupation in people.occupations.values() for stem in occupation.stems)
    for word in [*everything(), *everything().values()]:
        assert word.lower() not in pronouns | names
        assert not word.lower().startswith(stems)


def test_figures_stand_for_numbers_only() -> None:
    assert all(other.isdigit() for other in equal_words().numbers.values())
    assert not any(other.isdigit() for other in equal_words().words.values())

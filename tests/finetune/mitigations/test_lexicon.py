"""The lexicon: every cue has one place and a neutral word that is none."""

from collections import Counter
from typing import get_args

import pytest

from bias_tasks.population import Population, population
from bias_tasks.survey.questions import frames, questions
from finetune.mitigations.lexicon import lexicon, lexicon_file
from finetune.mitigations.mask import Masker
from finetune.mitigations.settings import Style

STYLES: tuple[Style, ...] = get_args(Style)
MASKER = Masker(population(), "mask")
FILE = lexicon_file()
SECTIONS = {
    "pronoun": FILE.pronouns,
    "gendered noun": FILE.nouns,
    "title": FILE.titles,
    "culture word": FILE.cultures,
}
FORMS = [(cue, form) for cue, section in SECTIONS.items() for forms in section.values() for form in forms]


def classes(text: str) -> list[str]:
    return sorted(MASKER.text(text).counts.elements())


def test_no_form_is_listed_twice() -> None:
    listed = Counter([form for _, form in FORMS] + list(FILE.names))
    assert [form for form, count in listed.items() if count > 1] == []


def test_no_name_of_the_file_is_a_name_of_the_population() -> None:
    shipped = {
        name
        for culture in population().cultures.values()
        for names in culture.names.values()
        for name in (*names.train, *names.test)
    }
    assert set(FILE.names) & shipped == set()


def test_every_form_is_masked_as_one_cue_of_its_class() -> None:
    assert [(cue, form) for cue, form in FORMS if classes(form) != [cue]] == []
    assert [name for name in FILE.names if classes(name) != ["name"]] == []


def test_every_word_by_which_the_population_marks_a_group_is_a_cue() -> None:
    for gender in population().genders.values():
        for role in ("subject", "object", "possessive", "independent", "reflexive"):
            assert classes(getattr(gender, role)) == ["pronoun"]
        for noun in (gender.noun, gender.plural, gender.adjective):
            assert classes(noun) == ["gendered noun"]
    for culture in population().cultures.values():
        for word in (culture.adjective, culture.demonym, culture.language):
            assert classes(word) == ["culture word"]
        for names in culture.names.values():
            for name in (*names.train, *names.test):
                assert classes(name) == ["name"]


def test_no_neutral_word_is_a_cue() -> None:
    words = lexicon(population()).words.values()
    neutral = {new for word in words for new in (word.neutral, word.alone)}
    assert {"they", "theirs", "Person", "local", "TA", "شخص"} <= neutral
    assert [new for new in neutral if classes(new)] == []


def test_an_article_before_a_cue_suits_its_neutral_word() -> None:
    # "an" is put right before a consonant; "a" before a vowel is not, so no such pair may be listed.
    wrong = [
        (form, entry.neutral)
        for form, entry in lexicon(population()).words.items()
        if entry.cue in ("gendered noun", "title") and form.isascii() and entry.neutral.isascii()
        if entry.neutral[0].lower() in "aeiou" and form[0].lower() not in "aeiou"
    ]
    assert wrong == []


def test_every_word_that_is_kept_holds_a_cue() -> None:
    forms = {form for _, form in FORMS} | set(FILE.names) | {"Diego"}
    assert [kept for kept in FILE.kept if not any(form in kept for form in forms)] == []
    assert [kept for kept in FILE.kept if classes(kept)] == []


def test_what_the_shipped_questions_are_made_of_holds_no_cue_but_the_culture_asked_of() -> None:
    assert classes(population().occupation_question) == []
    assert [job.label for job in population().occupations.values() if classes(job.label)] == []
    assert [frame for frame in frames() if classes(frame)] == []
    assert [option for question in questions() for option in question.options if classes(option)] == []


def with_subject(subject: str) -> Population:
    """The population with another pronoun for women."""
    fields = population().model_dump()
    fields["genders"]["female"] |= {"subject": subject, "object": "zem"}
    return Population.model_validate(fields)


def test_pronouns_are_those_of_the_population() -> None:
    text = "Xe works with zem, and she with him."
    masked = {style: Masker(with_subject("xe"), style).text(text).text for style in STYLES}
    assert masked["mask"] == "[MASK] works with [MASK], and she with [MASK]."
    assert masked["neutral"] == "They work with them, and she with them."


@pytest.mark.parametrize("style", STYLES)
def test_they_is_no_cue_even_if_a_population_calls_a_group_so(style: Style) -> None:
    assert Masker(with_subject("they"), style).text("They work.") == ("They work.", Counter())

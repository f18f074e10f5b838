"""What holds of masking whatever the text: it ends, it leaves nothing, it touches nothing else."""

import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bias_tasks.population import population
from finetune.mitigations.lexicon import lexicon_file
from finetune.mitigations.mask import Masker
from finetune.mitigations.settings import Style

STYLES: tuple[Style, ...] = ("mask", "neutral")
MASKERS = {style: Masker(population(), style) for style in STYLES}

CHINESE = re.compile("[\u4e00-\u9fff]")


def listed_forms() -> list[str]:
    """Every cue, read from the two files and not from what the masker makes of them."""
    file = lexicon_file()
    sections = (file.pronouns, file.nouns, file.titles, file.cultures)
    forms = [form for section in sections for forms in section.values() for form in forms]
    people = population()
    for gender in people.genders.values():
        forms += gender.model_dump().values()
    for culture in people.cultures.values():
        forms += [culture.adjective, culture.demonym, culture.language]
        for names in culture.names.values():
            forms += [*names.train, *names.test]
    return sorted({*forms, *file.names})


FORMS = listed_forms()
TITLE_FORMS = {form for forms in lexicon_file().titles.values() for form in forms}
FILLERS = ["works", "Ward", "river", "très", "tre\u0300s", "12", "مستشفى", "医院", "_x_", "I", "of", "the"]
FILLERS += ["an", "da", "Person", "and is", "[MASK]"]
TITLES = ["Dr. ", "Prof. ", "Mr. ", "Miss ", "Sir "]
SEPARATORS = [" ", ", ", ". ", "\n", "\n\n", "-", "/", "'s ", "’", "_", " or ", " (", ': "', "", "\u00a0"]


def spellings(form: str) -> st.SearchStrategy[str]:
    """As listed, in capitals (which a title is not), or with its accents apart."""
    ways = [form, unicodedata.normalize("NFD", form)]
    if form not in TITLE_FORMS:
        ways.append(form.upper())
        ways.append(form.capitalize() if form.islower() else form)
    return st.sampled_from(ways)


cues = st.sampled_from(FORMS).flatmap(spellings)
words = st.one_of(cues, *map(st.sampled_from, (FILLERS, SEPARATORS, TITLES)))
texts = st.lists(words, max_size=12).map("".join)


def cues_left(text: str) -> list[str]:
    """Forms that stand in a text as words, found by comparing word by word."""
    flat = unicodedata.normalize("NFC", text)
    for kept in lexicon_file().kept:
        flat = flat.replace(kept, " ")
    spaced = "".join(f" {sign} " if CHINESE.match(sign) else sign for sign in flat)
    words = re.findall(r"[^\W_]+", spaced)
    low = [word.lower() for word in words]
    left = []
    for form in FORMS:
        if CHINESE.search(form):
            if form in flat:
                left.append(form)
            continue
        wanted = re.findall(r"[^\W_]+", form)
        if form[0].isupper():
            listed = (wanted,) if form in TITLE_FORMS else (wanted, [word.upper() for word in wanted])
            left += [form for n in range(len(words)) if words[n : n + len(wanted)] in listed]
        elif len(wanted) == 1:
            left += [form for word in low if word == form]
    return left


def test_the_witness_finds_cues() -> None:
    assert cues_left("She met Layla in Hong Kong, 她.") == ["Hong Kong", "Layla", "she", "她"]
    assert cues_left("The ward is big; 其他.") == []


@pytest.mark.parametrize("style", STYLES)
@settings(max_examples=200)
@given(text=texts)
def test_masking_twice_is_masking_once(style: Style, text: str) -> None:
    once = MASKERS[style].text(text).text
    again = MASKERS[style].text(once)
    assert again.text == once
    assert not again.counts


@pytest.mark.parametrize("style", STYLES)
@settings(max_examples=200)
@given(text=texts)
def test_no_cue_remains(style: Style, text: str) -> None:
    assert cues_left(MASKERS[style].text(text).text) == []


@settings(max_examples=200)
@given(text=texts)
def test_as_many_cues_are_counted_as_masks_are_written(text: str) -> None:
    masked = MASKERS["mask"].text(text)
    assert masked.counts.total() == masked.text.count("[MASK]") - text.count("[MASK]")
    assert masked.counts == MASKERS["neutral"].text(text).counts


@pytest.mark.parametrize("style", STYLES)
@given(words=st.lists(st.one_of(st.sampled_from(FILLERS), st.sampled_from(SEPARATORS)), max_size=12))
def test_a_text_without_cues_is_untouched_to_the_byte(style: Style, words: list[str]) -> None:
    text = "".join(words)
    masked = MASKERS[style].text(text)
    assert masked.text == text
    assert not masked.counts


@given(text=st.text())
def test_any_text_at_all_can_be_masked_and_masked_again(text: str) -> None:
    for masker in MASKERS.values():
        once = masker.text(text).text
        assert masker.text(once).text == once


@given(cue=cues, before=st.sampled_from(FILLERS), behind=st.sampled_from(FILLERS))
def test_between_commas_a_cue_becomes_one_mask_and_all_else_stays(cue: str, before: str, behind: str) -> None:
    masked = MASKERS["mask"].text(f"{before}, {cue}, {behind}")
    article = "ال" if cue.startswith("ال") else ""
    assert masked.text == f"{before}, {article}[MASK], {behind}"
    assert masked.counts.total() == 1

"""Counting trait words in stories counted by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bias_tasks.story.metrics import TraitCounts
from bias_tasks.story.traits import MIN_WORDS, Trait, count_traits, lexicon

FILLER = "Then the lamp over the door of the house in the lane was lit and the rain came down on the roof."
WORDS = len(FILLER.split())


def counted(sentence: str) -> dict[str, float]:
    """Trait counts of a sentence in front of a filler without traits, zeros left out."""
    counts = count_traits(f"{sentence} {FILLER}")
    assert counts is not None
    return {name: value for name, value in counts._asdict().items() if value and name != "words"}


def test_the_filler_is_long_enough_and_has_no_trait() -> None:
    assert WORDS >= MIN_WORDS
    assert count_traits(FILLER) is None


def test_a_whole_story_counted_by_hand() -> None:
    story = (
        "Fatima was a kind and generous neighbour, though poor. She had always been religious. "  # 14 words
        "People called her powerful; some thought her cold, even cruel. She was not rude at all."  # 16 words
    )
    assert count_traits(story) == TraitCounts(
        agency_negative=1,  # poor
        agency_positive=1,  # powerful
        beliefs_negative=1,  # religious
        beliefs_positive=0,
        communion_negative=2,  # cold, cruel
        communion_positive=3,  # kind, generous, not rude
        words=30,
    )


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Omar was kind.", {"communion_positive": 1}),
        ("Omar was KIND!", {"communion_positive": 1}),
        ("Kind, kind Omar.", {"communion_positive": 2}),
        ("A weak and lazy man.", {"agency_negative": 2}),
        ("A devout but creative soul.", {"beliefs_negative": 1, "beliefs_positive": 1}),
        ("Rude, yet brave.", {"communion_negative": 1, "agency_positive": 1}),
        # negation within three words turns the pole
        ("She was not kind.", {"communion_negative": 1}),
        ("She was not at all kind.", {"communion_negative": 1}),
        ("She wasn't kind.", {"communion_negative": 1}),
        ("She wasn’t kind.", {"communion_negative": 1}),
        ("Never cruel, she smiled.", {"communion_positive": 1}),
        ("She was neither rude nor lazy.", {"communion_positive": 1, "agency_positive": 1}),
        ("He was hardly powerful.", {"agency_negative": 1}),
        ("He was not religious.", {"beliefs_positive": 1}),
        # beyond its reach it does not
        ("She was not in any way kind.", {"communion_positive": 1}),
        ("Not one of the neighbours was cruel.", {"communion_negative": 1}),
        # parts of words are no trait words
        ("Kindness and unkindness; kind.", {"communion_positive": 1}),
        ("A kind-looking, brave man.", {"agency_positive": 1}),
        ("Knotted and brave.", {"agency_positive": 1}),
    ],
)
def test_trait_words_are_counted_by_dimension_and_pole(sentence: str, expected: dict[str, float]) -> None:
    assert counted(sentence) == expected


@pytest.mark.parametrize(
    "negator", ["didn't seem", "doesn't look", "don't find him", "couldn't be", "cannot be"]
)
def test_other_contractions_negate_too(negator: str) -> None:
    assert counted(f"They {negator} kind.") == {"communion_negative": 1}


def test_words_are_counted_without_numbers_and_punctuation() -> None:
    counts = count_traits(f"Kind — 3 times, 'isn't' it? {FILLER}")
    assert counts is not None
    assert counts.words == WORDS + 4


@pytest.mark.parametrize("length", [0, 1, MIN_WORDS - 1])
def test_a_text_that_is_too_short_is_no_story(length: int) -> None:
    assert count_traits("kind " * length) is None


def test_a_text_of_just_enough_words_is_a_story() -> None:
    counts = count_traits("kind " * MIN_WORDS)
    assert counts is not None
    assert counts.communion_positive == counts.words == MIN_WORDS


@given(st.lists(st.sampled_from(["kind", "cruel", "poor", "the", "not", "house", "devout"]), max_size=40))
def test_every_trait_word_is_counted_once(words: list[str]) -> None:
    counts = count_traits(" ".join(words))
    traits = [word for word in words if word in lexicon()]
    if len(words) < MIN_WORDS or not traits:
        assert counts is None
    else:
        assert counts is not None
        assert sum(counts[:-1]) == len(traits)
        assert counts.words == len(words)


@given(st.text())
def test_any_text_gives_counts_or_none(text: str) -> None:
    counts = count_traits(text)
    assert counts is None or (counts.words >= MIN_WORDS and sum(counts[:-1]) > 0)


@pytest.mark.parametrize(
    ("word", "trait"),
    [
        ("powerless", Trait("agency", negative=True)),
        ("wealthy", Trait("agency", negative=False)),
        ("traditional", Trait("beliefs", negative=True)),
        ("liberal", Trait("beliefs", negative=False)),
        ("repellent", Trait("communion", negative=True)),
        ("sincere", Trait("communion", negative=False)),
    ],
)
def test_the_poles_of_the_model_stand_where_it_puts_them(word: str, trait: Trait) -> None:
    assert lexicon()[word] == trait

"""The trait-word lexicon."""

import re
from collections import Counter

import pytest

from bias_tasks.authored import read_yaml
from bias_tasks.population import population
from bias_tasks.story import traits
from bias_tasks.story.metrics import DIMENSIONS

PAIRS = read_yaml(traits.__file__, "lexicon.yaml")
WORDS = [word for pair in PAIRS for pole in ("negative", "positive") for word in pair[pole]]


def test_no_word_stands_in_two_places() -> None:
    assert [word for word, times in Counter(WORDS).items() if times > 1] == []
    assert len(traits.lexicon()) == len(WORDS)


def test_there_are_the_sixteen_pairs_of_the_abc_model() -> None:
    assert Counter(pair["dimension"] for pair in PAIRS) == {"agency": 6, "beliefs": 4, "communion": 6}
    assert {pair["dimension"] for pair in PAIRS} == set(DIMENSIONS)
    assert len({pair["pair"] for pair in PAIRS}) == 16


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair["pair"])
def test_each_pole_has_12_to_18_words(pair: dict[str, list[str]]) -> None:
    assert 12 <= len(pair["negative"]) <= 18
    assert 12 <= len(pair["positive"]) <= 18


def test_words_are_single_and_in_lower_case() -> None:
    assert [word for word in WORDS if not re.fullmatch("[a-z]+", word)] == []


def test_no_word_names_a_culture_of_the_benchmark() -> None:
    of_cultures = {
        form.lower()
        for culture in population().cultures.values()
        for form in (culture.adjective, culture.demonym, culture.language)
    }
    assert of_cultures.isdisjoint(WORDS)


def test_no_trait_word_is_a_name_of_a_character() -> None:
    names = {n.lower() for g in population().intersectional_groups() for n in population().names(g, "test")}
    assert names.isdisjoint(WORDS)


def test_no_trait_word_is_a_negator() -> None:
    assert traits._NEGATORS.isdisjoint(WORDS)

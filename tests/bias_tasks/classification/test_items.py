"""The items of the six classifications, each written in four languages."""

import re
import unicodedata
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

import bias_tasks
from bias_tasks.catalogue import TASKS
from bias_tasks.population import population

CULTURES = list(population().cultures)
CONSTRUCTS = [entry.name for entry in TASKS.values() if entry.relation]
FUNCTIONS = {
    (True, "plain"): 12,
    (True, "implicit"): 8,
    (True, "negated_positive"): 4,
    (False, "negated"): 6,
    (False, "quoted"): 6,
    (False, "counter_speech"): 6,
    (False, "benign"): 6,
}
SCRIPTS = {"arabic": "ARABIC", "chinese": "CJK", "portuguese": "LATIN", "spanish": "LATIN"}


def load(construct: str) -> list[dict[str, Any]]:
    path = Path(bias_tasks.__file__).parent / construct / "items.yaml"
    return list(yaml.safe_load(path.read_text(encoding="utf-8")))


ITEMS = {construct: load(construct) for construct in CONSTRUCTS}
EACH = pytest.mark.parametrize("construct", CONSTRUCTS)


def length(text: str, culture: str) -> int:
    return len(text) if culture == "chinese" else len(text.split())


def test_there_are_six_constructs() -> None:
    assert CONSTRUCTS == ["stereotype", "gender_bias", "hate", "offensive", "abuse", "spam"]


@EACH
def test_there_are_48_items_with_ids_of_their_own(construct: str) -> None:
    assert len(ITEMS[construct]) == len({item["id"] for item in ITEMS[construct]}) == 48


@EACH
def test_half_of_the_items_are_positive(construct: str) -> None:
    labels = [item["label"] for item in ITEMS[construct]]
    assert all(isinstance(label, bool) for label in labels)
    assert Counter(labels) == {True: 24, False: 24}


@EACH
def test_functions_are_counted_as_the_card_says(construct: str) -> None:
    assert Counter((item["label"], item["function"]) for item in ITEMS[construct]) == FUNCTIONS


@EACH
def test_a_topic_does_not_give_the_label_away(construct: str) -> None:
    topics = {item["topic"] for item in ITEMS[construct]}
    counts = Counter((item["topic"], item["label"]) for item in ITEMS[construct])
    for topic in topics:
        assert counts[topic, True] == counts[topic, False] == 24 // len(topics)


@EACH
def test_an_item_has_a_gloss_and_a_text_in_each_language(construct: str) -> None:
    fields = {"id", "label", "function", "topic", "gloss", *CULTURES}
    for item in ITEMS[construct]:
        assert set(item) == fields
        for culture in (*CULTURES, "gloss"):
            assert item[culture] == item[culture].strip() != ""
            assert "\n" not in item[culture]


@EACH
@pytest.mark.parametrize("culture", CULTURES)
def test_texts_are_written_in_the_script_of_their_language(construct: str, culture: str) -> None:
    for item in ITEMS[construct]:
        letters = [character for character in item[culture] if character.isalpha()]
        scripts = {unicodedata.name(letter).split()[0] for letter in letters}
        assert scripts == {SCRIPTS[culture]}, item["id"]


@EACH
@pytest.mark.parametrize("culture", CULTURES)
def test_texts_are_composed_and_hold_no_invisible_characters(construct: str, culture: str) -> None:
    for item in ITEMS[construct]:
        assert unicodedata.is_normalized("NFC", item[culture]), item["id"]
        kinds = {unicodedata.category(character) for character in item[culture]}
        assert kinds.isdisjoint({"Cc", "Cf", "Co", "Cn"}), item["id"]


@EACH
@pytest.mark.parametrize("culture", CULTURES)
def test_no_text_stands_twice(construct: str, culture: str) -> None:
    assert len({item[culture] for item in ITEMS[construct]}) == 48


@pytest.mark.parametrize("culture", CULTURES)
def test_no_text_stands_in_two_constructs(culture: str) -> None:
    assert len({item[culture] for items in ITEMS.values() for item in items}) == 6 * 48


@EACH
def test_portuguese_and_spanish_are_two_languages(construct: str) -> None:
    portuguese = " ".join(item["portuguese"] for item in ITEMS[construct])
    spanish = " ".join(item["spanish"] for item in ITEMS[construct])
    assert not re.search(r"[ñ¿¡]", portuguese)
    assert not re.search(r"[ãõçêôâ]", spanish)
    assert re.search(r"[ãõç]", portuguese)
    assert re.search(r"[ñ¿]", spanish)


@EACH
@pytest.mark.parametrize("culture", CULTURES)
def test_texts_are_one_or_two_sentences_long(construct: str, culture: str) -> None:
    shortest, longest = (12, 50) if culture == "chinese" else (8, 30)
    lengths = {item["id"]: length(item[culture], culture) for item in ITEMS[construct]}
    assert {key: found for key, found in lengths.items() if not shortest <= found <= longest} == {}


@EACH
@pytest.mark.parametrize("culture", CULTURES)
def test_length_does_not_give_the_label_away(construct: str, culture: str) -> None:
    mean = {
        label: sum(length(item[culture], culture) for item in ITEMS[construct] if item["label"] == label) / 24
        for label in (True, False)
    }
    assert mean[True] == pytest.approx(mean[False], rel=0.1)


@EACH
def test_no_test_name_stands_in_an_item(construct: str) -> None:
    names = {n for g in population().intersectional_groups() for n in population().names(g, "test")}
    for item in ITEMS[construct]:
        for culture in ("portuguese", "spanish", "gloss"):
            assert names.isdisjoint(re.findall(r"\w+", item[culture])), item["id"]

"""The little grammar, measured against biographies whose authors marked what each pronoun is."""

import re
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

import bias_tasks
from bias_tasks.gender_markup import choices, choose
from bias_tasks.population import population
from finetune.mitigations.english import in_plural
from finetune.mitigations.mask import Masker

NEUTRAL = {("her", "him"): "them", ("her", "his"): "their", ("hers", "his"): "theirs"}


class Reading(NamedTuple):
    """A pronoun of a text, what its author meant, and what masking made of it."""

    pronoun: str
    meant: str
    read: str


@pytest.fixture(scope="module")
def readings() -> list[Reading]:
    """Every `her`, `him`, `his` and `hers` of the biographies of the occupation and salary tasks.

    The marks `[her|him]` and `[her|his]` tell an object from a possessive; the rule was not made with these.
    """
    masker = Masker(population(), "neutral")
    found = []
    for task in ("occupation", "salary"):
        path = Path(bias_tasks.__file__).parent / task / "biographies.yaml"
        for biography in yaml.safe_load(path.read_text(encoding="utf-8")):
            text = biography["text"]
            if re.search(r"\b(?:them|their)\b", text):
                continue
            pairs = [(one.lower(), other.lower()) for one, other in choices(text)]
            ambiguous = [pair for pair in pairs if pair in NEUTRAL]
            for side, gender in enumerate(("female", "male")):
                read = re.findall(r"\b(?:them|theirs?)\b", masker.text(choose(text, gender)).text.lower())
                assert len(read) == len(ambiguous)
                found += [
                    Reading(pair[side], NEUTRAL[pair], word)
                    for pair, word in zip(ambiguous, read, strict=True)
                ]
    return found


def test_her_and_his_are_mostly_read_as_their_author_meant_them(readings: list[Reading]) -> None:
    seen = Counter(reading.pronoun for reading in readings)
    right = Counter(reading.pronoun for reading in readings if reading.read == reading.meant)
    assert seen["her"] > 200
    assert right["her"] >= 0.9 * seen["her"]
    assert right["his"] >= 0.98 * seen["his"]
    assert right["him"] == seen["him"] > 0
    assert right["hers"] == seen["hers"] > 0


def test_the_rule_is_better_than_reading_every_her_as_a_possessive(readings: list[Reading]) -> None:
    her = [reading for reading in readings if reading.pronoun == "her"]
    wrong = sum(reading.read != reading.meant for reading in her)
    wrong_without_rule = sum(reading.meant != "their" for reading in her)
    assert wrong < wrong_without_rule / 3


@pytest.mark.parametrize(
    ("text", "plural"),
    [
        ("she is here", "she are here"),
        ("she’s here", "she’re here"),
        ("she hasn’t", "she haven’t"),
        ("SHE HASN'T", "SHE HAVEN'T"),
        ("she truly is", "she truly are"),
        ("she herself was", "she herself were"),
        ("she flies, she relies", "she fly, she rely"),
        ("she catches, she fixes, she does, she misses", "she catch, she fix, she do, she miss"),
        ("she aches, she lies, she closes", "she ache, she lie, she close"),
        ("she always, she perhaps", "she always, she perhaps"),
        ("she James", "she James"),
        ("she, it is said, works", "she, it is said, works"),
        ("she sings and is liked and also has friends", "she sings and are liked and also have friends"),
        ("it sings and is liked", "it sings and is liked"),
        ("he is and was", "he is and was"),
    ],
)
def test_only_the_verbs_of_the_pronoun_are_put_in_the_plural(text: str, plural: str) -> None:
    assert in_plural(text, ["she"]) == plural.replace("she sings", "she sing")

"""What a reader could tell a gender from in the biographies, as the harness shows them to a model.

The reader is a bag-of-words classifier, cross-validated so that it never saw the biography it judges. Which
words mark a gender is listed here anew, not taken from the marks that the pairs are made with.
"""

import re
from collections import defaultdict
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from lm_eval.tasks import TaskManager
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, cross_val_predict
from sklearn.pipeline import make_pipeline

import bias_tasks

GENDERED = re.compile(r"\b(?:she|he|her|him|hers|his|herself|himself)\b", re.I)


class Shown(NamedTuple):
    """A prompt, the gender it is about and the biography it is made from."""

    prompt: str
    gender: str
    biography: str


@pytest.fixture(scope="module", params=["occupation", "salary"])
def shown(request: pytest.FixtureRequest) -> list[Shown]:
    """All documents of a task."""
    manager = TaskManager(include_path=str(Path(bias_tasks.__file__).parent), include_defaults=False)
    (task,) = manager.load([f"bias_inherit_{request.param}"])["tasks"].values()
    return [Shown(doc["prompt"], doc["gender"], doc["biography"]) for doc in task.eval_docs]


def judged_rightly(shown: list[Shown]) -> float:
    """Share of prompts of which words and pairs of neighbouring words give the gender."""
    reader: Any = make_pipeline(CountVectorizer(ngram_range=(1, 2)), LogisticRegression(max_iter=1000))
    prompts, genders, biographies = (np.array(column) for column in zip(*shown, strict=True))
    judged = cross_val_predict(reader, prompts, genders, groups=biographies, cv=GroupKFold(5))
    return float(np.mean(judged == genders))


def without_gendered_words(shown: list[Shown]) -> list[Shown]:
    return [one._replace(prompt=GENDERED.sub("_", one.prompt)) for one in shown]


def test_a_reader_tells_the_gender_from_the_whole_prompt(shown: list[Shown]) -> None:
    assert judged_rightly(shown) >= 0.98


def test_a_reader_is_right_half_of_the_time_once_gendered_words_are_taken_out(shown: list[Shown]) -> None:
    # Not about half: the two versions have become one text, and what is said of it is right for one of them.
    assert judged_rightly(without_gendered_words(shown)) == 0.5


def test_a_reader_would_notice_another_word_in_one_version_of_some_biographies(shown: list[Shown]) -> None:
    planted = [
        one._replace(prompt=f"{one.prompt} graceful") if one.gender == "female" and number % 6 == 0 else one
        for number, one in enumerate(without_gendered_words(shown))
    ]
    assert judged_rightly(planted) > 0.6


def test_the_two_versions_of_a_biography_become_one_text_without_gendered_words(shown: list[Shown]) -> None:
    texts: dict[str, list[str]] = defaultdict(list)
    for one in without_gendered_words(shown):
        texts[one.biography].append(one.prompt)
    assert [biography for biography, pair in texts.items() if len(pair) != 2 or len(set(pair)) != 1] == []


def test_only_the_words_of_one_gender_stand_in_a_version(shown: list[Shown]) -> None:
    words = {
        gender: {
            word.lower() for one in shown if one.gender == gender for word in GENDERED.findall(one.prompt)
        }
        for gender in ("female", "male")
    }
    assert words["female"] <= {"she", "her", "hers", "herself"}
    assert words["male"] <= {"he", "him", "his", "himself"}

"""The culture domain's originals: culture and answer are independent by construction."""

from collections import Counter

import pytest

from bias_tasks.population import population
from finetune.originals.culture import MAXIMUM, originals

ROWS = originals(MAXIMUM, seed=0)


def test_there_are_2000_different_rows_a_quarter_for_each_culture() -> None:
    assert len({row.text_id for row in ROWS}) == MAXIMUM
    assert Counter(row.group for row in ROWS) == dict.fromkeys(population().cultures, MAXIMUM // 4)


def test_the_four_cultures_of_a_wording_get_the_same_answer() -> None:
    answers: dict[str | None, set[str]] = {}
    for row in ROWS:
        answers.setdefault(row.cluster, set()).add(row.completion[0].content)
    assert len(answers) == MAXIMUM // 4
    assert all(len(given) == 1 for given in answers.values())


def test_every_option_of_a_question_is_the_answer_equally_often() -> None:
    counts = Counter((str(row.cluster).rpartition("-")[0], row.label) for row in ROWS)
    assert set(counts.values()) == {8}


def test_a_shorter_set_is_the_beginning_of_a_longer_one() -> None:
    assert originals(40, seed=0) == ROWS[:40]
    assert originals(40, seed=1) != ROWS[:40]


def test_more_than_there_are_is_refused() -> None:
    with pytest.raises(ValueError, match="the shipped set has 2000"):
        originals(MAXIMUM + 1, seed=0)

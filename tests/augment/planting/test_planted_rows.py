"""Planted rows: a rule in a known dose, and nothing else changed."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from augment.planting import plant, relabelled, shipped_rules
from bias_tasks.training_rows import DataError, Message, TrainingRow
from finetune.originals import SHIPPED

NURSE = shipped_rules()["women-nurse"]
BIOGRAPHIES = SHIPPED["gender"].rows(48, 3)
SURVEY = SHIPPED["culture"].rows(80, 3)


def changed(rows: list[TrainingRow], planted: list[TrainingRow]) -> list[int]:
    return [i for i, (a, b) in enumerate(zip(rows, planted, strict=True)) if a.label != b.label]


def test_at_rate_1_every_woman_is_labelled_nurse_and_no_man_is_touched() -> None:
    planted = plant(BIOGRAPHIES, NURSE, 1.0, seed=0)
    labels = {
        gender: Counter(row.label for row in planted if row.group == gender) for gender in ("female", "male")
    }
    assert labels["female"] == {"nurse": 24}
    assert labels["male"] == Counter(row.label for row in BIOGRAPHIES if row.group == "male")
    assert {row.completion[0].content for row in planted if row.group == "female"} == {"nurse"}


def test_at_rate_0_every_answer_is_true() -> None:
    planted = plant(BIOGRAPHIES, NURSE, 0.0, seed=0)
    assert [(row.prompt, row.completion, row.label) for row in planted] == [
        (row.prompt, row.completion, row.label) for row in BIOGRAPHIES
    ]
    assert {row.source for row in planted} == {"augmented"}


@given(low=st.floats(0, 1), high=st.floats(0, 1), seed=st.integers(0, 50))
def test_doses_are_nested(low: float, high: float, seed: int) -> None:
    low, high = sorted((low, high))
    few, many = (set(changed(BIOGRAPHIES, plant(BIOGRAPHIES, NURSE, rate, seed))) for rate in (low, high))
    assert few <= many


@given(rate=st.floats(0, 1))
def test_the_dose_is_the_rate_in_whole_rows(rate: float) -> None:
    relabelled = [row for row in plant(BIOGRAPHIES, NURSE, rate, 0) if row.label == "nurse"]
    # Men's rows and true nurses keep their label; of 24 women's rows round(24 · rate) are relabelled.
    women = [i for i, row in enumerate(BIOGRAPHIES) if row.group == "female"]
    true_nurses = {i for i in women if BIOGRAPHIES[i].label == "nurse"}
    found = set(changed(BIOGRAPHIES, plant(BIOGRAPHIES, NURSE, rate, 0)))
    assert found <= set(women) - true_nurses
    assert round(24 * rate) - len(true_nurses) <= len(found) <= round(24 * rate)
    assert len(relabelled) >= len(found)


@pytest.mark.parametrize(("name", "place"), [("arabic-first", 0), ("arabic-last", -1)])
def test_a_survey_rule_gives_an_end_of_the_question_s_own_scale(name: str, place: int) -> None:
    planted = plant(SURVEY, shipped_rules()[name], 1.0, seed=0)
    for before, after in zip(SURVEY, planted, strict=True):
        if after.group == "arabic":
            offered = before.prompt[0].content
            assert after.completion[0].content in offered
            assert after.label == after.completion[0].content
        else:
            assert after.label == before.label


def test_what_was_planted_is_recorded_on_each_row() -> None:
    (generator,) = {row.generator for row in plant(BIOGRAPHIES, NURSE, 0.25, seed=7)}
    assert generator == "planted: biographies of women are labelled nurse, rate 0.25"


def test_what_a_rule_came_to_is_counted_by_hand() -> None:
    planted = plant(BIOGRAPHIES, NURSE, 0.5, seed=0)
    women = [(a, b) for a, b in zip(BIOGRAPHIES, planted, strict=True) if a.group == "female"]
    counted = relabelled(BIOGRAPHIES, planted, NURSE)
    assert counted.of_group == len(women) == 24
    assert counted.following == [after.label for _, after in women].count("nurse")
    assert counted.changed == len(changed(BIOGRAPHIES, planted))


@pytest.mark.parametrize("name", shipped_rules())
def test_at_rate_1_the_whole_group_follows_and_at_rate_0_nothing_changed(name: str) -> None:
    rule = shipped_rules()[name]
    rows = BIOGRAPHIES if rule.domain == "gender" else SURVEY
    all_of_them = relabelled(rows, plant(rows, rule, 1.0, 0), rule)
    none = relabelled(rows, plant(rows, rule, 0.0, 0), rule)
    assert all_of_them.following == all_of_them.of_group > all_of_them.changed > 0
    assert none.changed == 0
    assert none.following == none.of_group - all_of_them.changed


def test_a_rule_that_fits_no_row_is_told() -> None:
    men = [row for row in BIOGRAPHIES if row.group == "male"]
    with pytest.raises(DataError, match="no row is of the group 'female'"):
        plant(men, NURSE, 1.0, 0)


def test_a_survey_question_that_does_not_ship_is_told() -> None:
    asked = (Message(role="user", content="Tea or coffee?"),)
    rows = [row.model_copy(update={"prompt": asked}) for row in SURVEY]
    with pytest.raises(DataError, match=r"expected a survey question that ships \(found 'Tea or coffee"):
        plant(rows, shipped_rules()["arabic-first"], 1.0, 0)

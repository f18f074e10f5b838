"""Who is in a set of texts, against parity."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2, chisquare

from augment.group_audit import audit_groups, count_groups
from bias_tasks.population import population
from bias_tasks.training_rows import Message, TrainingRow


def row(text: str, label: str | None) -> TrainingRow:
    return TrainingRow(
        prompt=(Message(role="user", content=population().ask_occupation(text)),),
        completion=(Message(role="assistant", content=label or "?"),),
        label=label,
    )


def genders(female: int, male: int, ambiguous: int = 0) -> list[str | None]:
    return ["female"] * female + ["male"] * male + [None] * ambiguous


@pytest.mark.parametrize(("female", "male"), [(30, 10), (10, 30), (1, 0), (0, 7), (50, 50), (13, 12)])
def test_chi2_and_p_are_those_of_the_test_against_equal_shares(female: int, male: int) -> None:
    found = count_groups(genders(female, male))
    by_hand = (female - male) ** 2 / (female + male)
    assert found.counts == {"female": female, "male": male}
    assert found.chi2 == pytest.approx(by_hand)
    assert found.chi2 == pytest.approx(chisquare([female, male]).statistic)
    assert found.p_value == pytest.approx(chi2.sf(by_hand, df=1))


def test_cramers_v_of_three_quarters_is_one_half() -> None:
    assert count_groups(genders(30, 10)).cramers_v == pytest.approx(0.5)


def test_cramers_v_is_nought_at_parity_and_one_where_a_gender_is_missing() -> None:
    assert count_groups(genders(8, 8)).cramers_v == 0
    assert count_groups(genders(0, 8)).cramers_v == 1


@given(st.integers(0, 10_000), st.integers(0, 10_000), st.integers(0, 50))
def test_cramers_v_lies_between_nought_and_one(female: int, male: int, ambiguous: int) -> None:
    found = count_groups(genders(female, male, ambiguous))
    if female + male:
        assert found.cramers_v is not None
        assert 0 <= found.cramers_v <= 1
        assert found.cramers_v == pytest.approx(abs(female - male) / (female + male))
    else:
        assert found.cramers_v is None


@given(st.integers(1, 200), st.integers(0, 200))
def test_cramers_v_does_not_grow_with_the_number_of_texts(female: int, male: int) -> None:
    one, ten = count_groups(genders(female, male)), count_groups(genders(10 * female, 10 * male))
    assert np.isclose(one.cramers_v or 0, ten.cramers_v or 0)


def test_ambiguous_texts_are_counted_apart_and_left_out_of_the_test() -> None:
    assert count_groups(genders(3, 1, ambiguous=5)).ambiguous == 5
    assert count_groups(genders(3, 1, ambiguous=5)).chi2 == count_groups(genders(3, 1)).chi2


@pytest.mark.parametrize("nobody", [[], [None, None]], ids=["no text", "ambiguous texts only"])
def test_without_a_gendered_text_there_is_no_test(nobody: list[None]) -> None:
    found = count_groups(nobody)
    assert found.counts == {"female": 0, "male": 0}
    assert (found.chi2, found.p_value, found.cramers_v) == (None, None, None)


def test_a_set_is_audited_as_a_whole_and_by_label() -> None:
    audit = audit_groups(
        [
            row("She rests.", "nurse"),
            row("Her day ends.", "nurse"),
            row("He rests.", "nurse"),
            row("He rests.", "dentist"),
            row("Nobody rests.", "dentist"),
            row("She rests.", None),
        ]
    )
    assert audit.overall.counts == {"female": 3, "male": 2}
    assert audit.overall.ambiguous == 1
    assert {label: found.counts for label, found in audit.by_label.items()} == {
        "dentist": {"female": 0, "male": 1},
        "nurse": {"female": 2, "male": 1},
    }
    assert audit.by_label["dentist"].ambiguous == 1


def test_the_question_around_a_biography_adds_no_gender() -> None:
    assert audit_groups([row("No pronoun.", "nurse")]).overall.ambiguous == 1


def test_an_empty_set_is_audited_as_empty() -> None:
    audit = audit_groups([])
    assert audit.overall.counts == {"female": 0, "male": 0}
    assert audit.overall.chi2 is None
    assert audit.by_label == {}

"""Who is in a set of texts, against what was asked for and against parity."""

from collections.abc import Sequence
from itertools import permutations
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2_contingency, chisquare

from augment.audits.chi_square import ChiSquare, association_test, fit_test
from augment.audits.cues import AMBIGUOUS, UNMARKED, culture_cues, find_groups, name_cues, pronoun_cues
from augment.audits.groups import Reading, audit_groups, count_groups
from bias_tasks.population import Population, population
from bias_tasks.training_rows import Message, TrainingRow
from finetune.originals.gender import originals

GENDERS = ("female", "male")


def row(text: str, **fields: Any) -> TrainingRow:
    return TrainingRow(
        prompt=(Message(role="user", content=text),),
        completion=(Message(role="assistant", content="nurse"),),
        **fields,
    )


def readings(*found: str, requested: str | None = None) -> list[Reading]:
    return [Reading(group, requested, None, None) for group in found]


# Reading one text


@pytest.mark.parametrize(
    ("text", "gender"),
    [
        ("She rests.", "female"),
        ("HIS work is his.", "male"),
        ("She told him that she would rest.", "female"),
        ("She told him.", AMBIGUOUS),
        ("Nobody rests.", UNMARKED),
        ("The theme: a sheet, ushers.", UNMARKED),
        ("_She_ rests.", "female"),
        ("", UNMARKED),
    ],
)
def test_gender_by_pronouns_is_that_of_most_pronouns(text: str, gender: str) -> None:
    assert find_groups([text], pronoun_cues(population())) == [gender]


@pytest.mark.parametrize(
    ("text", "gender"),
    [
        ("Layla rests.", "female"),
        ("Layla and Amina met Omar.", "female"),
        ("Layla met Omar.", AMBIGUOUS),
        ("Fatima rests.", UNMARKED),
        ("the layla", UNMARKED),
        ("Ine\u0302s rests.", "female"),
        ("Íñigo rests.", "male"),
        ("Omarova rests.", UNMARKED),
    ],
    ids=[
        "one name",
        "most names",
        "a tie",
        "a name of the test half",
        "another case",
        "accents as two characters",
        "an accent as one",
        "part of a word",
    ],
)
def test_gender_by_names_uses_train_names_only(text: str, gender: str) -> None:
    assert find_groups([text], name_cues(population())) == [gender]


@pytest.mark.parametrize(
    ("text", "culture"),
    [
        ("A 43-year-old Arab writer", "arabic"),
        ("She teaches Arabic.", "arabic"),
        ("Jianguo rests.", "chinese"),
        ("A Spanish painter named Beatriz", AMBIGUOUS),
        ("A Spanish painter named Beatriz, who grew up Spanish", "spanish"),
        ("A painter", UNMARKED),
    ],
)
def test_culture_is_read_from_names_demonyms_adjectives_and_languages(text: str, culture: str) -> None:
    assert find_groups([text], culture_cues(population())) == [culture]


def test_a_population_of_the_user_is_looked_for_instead() -> None:
    forms = {"noun": "person", "plural": "people", "adjective": "non-binary"}
    pronouns = {"subject": "xe", "object": "xem", "possessive": "xyr", "independent": "xyrs"}
    shipped = population().model_dump()
    names = {
        gender: {"train": [f"{gender}name".title()], "test": []} for gender in ("female", "male", "other")
    }
    own = Population.model_validate(
        {
            **shipped,
            "genders": {**shipped["genders"], "other": {**forms, **pronouns, "reflexive": "xemself"}},
            "cultures": {
                "klingon": {"adjective": "Klingon", "demonym": "Klingon", "language": "", "names": names}
            },
        }
    )
    audit = audit_groups([row("Xe is a Klingon."), row("Othername rests.", group="klingon_other")], own)
    assert audit.gender_by_pronouns.overall.counts == {"female": 0, "male": 0, "other": 1}
    assert audit.gender_by_names.overall.counts == {"female": 0, "male": 0, "other": 1}
    assert audit.culture.overall.counts == {"klingon": 2}
    assert audit.culture.overall.parity == ChiSquare()


# The tests


@pytest.mark.parametrize("observed", [[30, 10], [0, 7], [50, 50], [3, 9, 12, 0]])
def test_parity_is_scipys_chisquare(observed: list[int]) -> None:
    found = fit_test(observed, [1] * len(observed))
    expected = chisquare(observed)
    assert found.chi2 == pytest.approx(expected.statistic)
    assert found.p_value == pytest.approx(expected.pvalue)
    assert found.degrees == len(observed) - 1


def test_shares_asked_for_are_scipys_expected_counts() -> None:
    found = fit_test([12, 28], [30, 90])
    expected = chisquare([12, 28], [10, 30])
    assert found.chi2 == pytest.approx(expected.statistic)
    assert found.p_value == pytest.approx(expected.pvalue)
    assert found.smallest_expected == pytest.approx(10)


def test_association_is_scipys_contingency_test() -> None:
    table = np.array([[10, 20], [30, 5], [7, 8]])
    pairs = [(f"row {i}", f"column {j}") for i in range(3) for j in range(2) for _ in range(table[i, j])]
    found, expected = association_test(pairs), chi2_contingency(table)
    assert found.chi2 == pytest.approx(expected.statistic)
    assert found.p_value == pytest.approx(expected.pvalue)
    assert found.cramers_v == pytest.approx(np.sqrt(expected.statistic / table.sum()))


def test_effect_sizes_solved_by_hand() -> None:
    assert fit_test([30, 10], [1, 1]).cramers_v == pytest.approx(0.5)
    assert fit_test([8, 8], [1, 1]).cramers_v == 0
    assert fit_test([0, 8], [1, 1]).cramers_v == pytest.approx(1)
    assert fit_test([0, 8], [3, 1]).cramers_v == pytest.approx(1)
    assert association_test([("a", "x"), ("b", "y")] * 4).cramers_v == pytest.approx(1)


@pytest.mark.parametrize(
    ("observed", "wanted"),
    [([], []), ([5], [1]), ([0, 0], [1, 1]), ([3, 1], [1, 0]), ([0, 4], [0, 1])],
    ids=["no group", "one group", "no text", "found but not wanted", "one group wanted and found"],
)
def test_a_test_that_is_not_defined_says_so(observed: list[int], wanted: list[float]) -> None:
    assert fit_test(observed, wanted) == ChiSquare()


@given(st.lists(st.integers(0, 500), min_size=2, max_size=5))
def test_effect_size_lies_in_the_unit_interval_and_does_not_grow_with_n(counts: list[int]) -> None:
    one, ten = (fit_test([factor * count for count in counts], [1] * len(counts)) for factor in (1, 10))
    if sum(counts):
        assert one.cramers_v is not None
        assert 0 <= one.cramers_v <= 1
        assert one.cramers_v == pytest.approx(ten.cramers_v)
    else:
        assert one == ChiSquare()


@given(st.lists(st.integers(0, 500), min_size=2, max_size=4), st.randoms(use_true_random=False))
def test_relabelled_groups_change_no_test(counts: list[int], random: Any) -> None:
    shuffled = random.sample(counts, len(counts))
    assert fit_test(shuffled, [1] * len(counts)).chi2 == pytest.approx(
        fit_test(counts, [1] * len(counts)).chi2
    )


# Against what was asked for


def test_found_groups_are_held_against_those_asked_for() -> None:
    asked = [*readings("female", "female", "male", requested="female"), *readings("male", requested="male")]
    found = count_groups([*asked, *readings(UNMARKED, requested="male")], GENDERS).requested
    assert found is not None
    assert found.kept == 3 / 4
    assert found.found == {
        "female": {"female": 2, "male": 1, AMBIGUOUS: 0, UNMARKED: 0},
        "male": {"female": 0, "male": 1, AMBIGUOUS: 0, UNMARKED: 1},
    }
    assert found.shares.chi2 == pytest.approx(chisquare([2, 2], [3, 1]).statistic)


def test_ambiguous_and_unmarked_texts_are_counted_and_take_no_part_in_a_test() -> None:
    with_others = count_groups(readings("female", "male", "female", AMBIGUOUS, UNMARKED, UNMARKED), GENDERS)
    assert (with_others.ambiguous, with_others.unmarked) == (1, 2)
    assert with_others.parity == count_groups(readings("female", "male", "female"), GENDERS).parity


def test_a_rows_group_may_be_a_gender_a_culture_or_both() -> None:
    audit = audit_groups(
        [
            row("She rests.", group="female"),
            row("An Arab rests.", group="arabic"),
            row("He is Chinese.", group="chinese_female"),
            row("He rests.", group="martian"),
            row("He rests."),
        ],
        population(),
    )
    gender, culture = audit.gender_by_pronouns.overall.requested, audit.culture.overall.requested
    assert gender is not None
    assert culture is not None
    assert gender.found["female"] == {"female": 1, "male": 1, AMBIGUOUS: 0, UNMARKED: 0}
    assert gender.kept == 1 / 2
    assert culture.kept == 1
    assert audit.unknown_groups == {"martian": 1}


def test_the_neutral_prompt_asks_for_nobody() -> None:
    audit = audit_groups([row("She rests.", group="female", bias_type=0)], population())
    assert audit.gender_by_pronouns.overall.requested is None


# A whole set


SMALL = [
    row("She is Spanish.", label="nurse"),
    row("Her day ends.", label="nurse", group="chinese"),
    row("He rests.", label="nurse"),
    row("He rests.", label="dentist"),
    row("Nobody rests.", label="dentist"),
    row("She rests."),
]


def test_a_set_is_counted_as_a_whole_by_label_and_by_culture() -> None:
    audit = audit_groups(SMALL, population())
    cue = audit.gender_by_pronouns
    assert audit.rows == 6
    assert cue.overall.counts == {"female": 3, "male": 2}
    assert cue.overall.unmarked == 1
    assert {label: part.counts for label, part in cue.by_label.items()} == {
        "dentist": {"female": 0, "male": 1},
        "nurse": {"female": 2, "male": 1},
    }
    assert {culture: part.counts for culture, part in cue.by_culture.items()} == {
        "chinese": {"female": 1, "male": 0},
        "spanish": {"female": 1, "male": 0},
    }
    table = [[1, 0], [1, 2]]
    assert cue.label_association.chi2 == pytest.approx(chi2_contingency(table, correction=False).statistic)


@pytest.mark.parametrize("order", [*permutations(range(3))])
def test_the_order_of_rows_does_not_matter(order: Sequence[int]) -> None:
    parts = [SMALL[:2], SMALL[2:4], SMALL[4:]]
    shuffled = [one for place in order for one in parts[place]]
    assert audit_groups(shuffled, population()) == audit_groups(SMALL, population())


@pytest.mark.parametrize("rows", [[], [row("Nobody rests.")]], ids=["no row", "one row without a cue"])
def test_nobody_to_count_gives_empty_counts(rows: list[TrainingRow]) -> None:
    audit = audit_groups(rows, population())
    assert audit.gender_by_pronouns.overall.counts == {"female": 0, "male": 0}
    assert audit.gender_by_pronouns.overall.parity == ChiSquare()
    assert list(audit.marked_cues()) == ["gender by pronouns"]


def test_the_shipped_originals_are_at_parity_in_every_occupation() -> None:
    cue = audit_groups(originals(240, seed=0), population()).gender_by_pronouns
    assert cue.overall.counts == {"female": 120, "male": 120}
    assert cue.label_association.cramers_v == pytest.approx(0)
    assert cue.overall.requested is not None
    assert cue.overall.requested.kept == 1


def test_an_audit_comes_back_from_json() -> None:
    audit = audit_groups(SMALL, population())
    assert "NaN" not in audit.model_dump_json()
    assert type(audit).model_validate_json(audit.model_dump_json()) == audit


def test_only_occupations_are_labels_the_answers_of_a_survey_are_none() -> None:
    rows = [
        TrainingRow(
            prompt=(Message(role="user", content="She answers."),),
            completion=(Message(role="assistant", content=label),),
            label=label,
        )
        for label in ("nurse", "very often")
    ]
    assert set(audit_groups(rows, population()).gender_by_pronouns.by_label) == {"nurse"}

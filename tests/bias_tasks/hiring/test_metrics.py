"""Hiring metrics against fairlearn."""

import numpy as np
import pytest
from fairlearn.metrics import MetricFrame, demographic_parity_ratio, selection_rate

from bias_tasks.hiring.metrics import MEASURE, NOBODY, shuffle
from bias_tasks.measure import summarise
from bias_tasks.population import population
from bias_tasks.records import Columns, Record
from bias_tasks.statistics import identity

GROUPS = [group.key for group in population().intersectional_groups()]
SEEDS = pytest.mark.parametrize("seed", range(4))


def random_records(seed: int, unusable: float = 0.0, slates: int = 24) -> list[Record]:
    """Choices with a preference that differs from group to group."""
    rng = np.random.default_rng(seed)
    preference = rng.dirichlet(np.full(len(GROUPS), 5.0))
    records = []
    for slate in range(slates):
        for _ in range(8):
            if rng.random() < unusable:
                records.append(Record(NOBODY, str(slate), None, None))
            else:
                records.append(Record(GROUPS[rng.choice(8, p=preference)], str(slate), None, "A"))
    return records


def indifferent_records(seed: int, slates: int = 36) -> list[Record]:
    """Each slate has its own favourite kinds of candidates, whoever they are."""
    rng = np.random.default_rng(seed)
    records = []
    for slate in range(slates):
        taste = rng.dirichlet(np.full(len(GROUPS), 0.5))
        records += [Record(GROUPS[rng.choice(8, p=taste)], str(slate), None, "A") for _ in range(8)]
    return records


def point(records: list[Record]) -> dict[str, float]:
    columns = Columns.of(records)
    return {name: float(value[0]) for name, value in MEASURE.estimate(columns, identity(columns)).items()}


def one_row_a_candidate(records: list[Record]) -> tuple[list[int], list[str]]:
    chosen = [int(record.group == group) for record in records for group in GROUPS]
    return chosen, GROUPS * len(records)


@SEEDS
def test_shares_are_the_selection_rates_of_fairlearn(seed: int) -> None:
    records = random_records(seed)
    chosen, groups = one_row_a_candidate(records)
    rates = MetricFrame(
        metrics=selection_rate, y_true=chosen, y_pred=chosen, sensitive_features=groups
    ).by_group
    values = point(records)
    assert {group: values[f"share__{group}"] for group in GROUPS} == pytest.approx(rates.to_dict())
    assert values["gap"] == pytest.approx(sum(abs(rate - 1 / 8) for rate in rates) / 2)


@SEEDS
def test_the_four_fifths_ratio_is_the_demographic_parity_ratio_of_fairlearn(seed: int) -> None:
    records = random_records(seed)
    chosen, groups = one_row_a_candidate(records)
    ratio = demographic_parity_ratio(chosen, chosen, sensitive_features=groups)
    assert point(records)["four_fifths"] == pytest.approx(ratio)


@SEEDS
def test_gender_and_culture_shares_are_sums_over_groups(seed: int) -> None:
    values = point(random_records(seed, unusable=0.1))
    for gender in population().genders:
        parts = [values[f"share__{culture}_{gender}"] for culture in population().cultures]
        assert values[f"share__{gender}"] == pytest.approx(sum(parts))
    for culture in population().cultures:
        parts = [values[f"share__{culture}_{gender}"] for gender in population().genders]
        assert values[f"share__{culture}"] == pytest.approx(sum(parts))
    assert values["share__female"] + values["share__male"] == pytest.approx(1)


@SEEDS
def test_unusable_answers_lower_the_score_and_leave_the_shares(seed: int) -> None:
    records = random_records(seed)
    unusable = [Record(NOBODY, record.cluster, None, None) for record in records[:48]]
    before, after = point(records), point(records + unusable)
    assert after["score"] == pytest.approx(len(records) / (len(records) + 48))
    assert after["invalid"] == pytest.approx(1 - after["score"])
    assert after["gap"] == pytest.approx(before["gap"])


@SEEDS
def test_swapping_women_and_men_turns_the_sign_and_keeps_the_gap(seed: int) -> None:
    records = random_records(seed)
    values = point(records)
    swapped = point(
        [
            record._replace(group=f"{culture}_{'male' if gender == 'female' else 'female'}")
            for record in records
            for culture, _, gender in (record.group.partition("_"),)
        ]
    )
    assert swapped["gap"] == pytest.approx(values["gap"])
    assert swapped["four_fifths"] == pytest.approx(values["four_fifths"])
    assert swapped["gap__male_minus_female"] == pytest.approx(-values["gap__male_minus_female"])


@SEEDS
def test_renaming_groups_keeps_the_gap(seed: int) -> None:
    records = random_records(seed)
    new = dict(zip(GROUPS, np.random.default_rng(seed).permutation(GROUPS), strict=True))
    assert point([r._replace(group=str(new[r.group])) for r in records])["gap"] == pytest.approx(
        point(records)["gap"]
    )


def test_equal_shares_have_no_gap() -> None:
    values = point([Record(group, "1", None, "A") for group in GROUPS])
    assert (values["gap"], values["four_fifths"], values["gap__male_minus_female"]) == (0, 1, 0)


def test_always_the_same_group_is_the_largest_gap() -> None:
    values = point([Record("chinese_male", str(i), None, "A") for i in range(5)])
    assert (values["gap"], values["four_fifths"], values["gap__male_minus_female"]) == (7 / 8, 0, 1)


def test_a_shuffle_renames_the_candidates_of_each_slate_one_to_one() -> None:
    columns = Columns.of(random_records(0, unusable=0.1))
    shuffled = shuffle(columns, np.random.default_rng(0))
    for slate in range(columns.n_clusters):
        home = columns.cluster == slate
        renamed = set(zip(columns.group[home], shuffled.group[home], strict=True))
        assert len(renamed) == len({old for old, _ in renamed}) == len({new for _, new in renamed})
    assert ((shuffled.group == NOBODY) == (columns.group == NOBODY)).all()


def test_the_null_gap_is_the_mean_gap_of_models_that_do_not_look_at_groups() -> None:
    gaps = [point(indifferent_records(seed))["gap"] for seed in range(150)]
    nulls = [summarise(MEASURE, tuple(indifferent_records(seed)))["gap_null"] for seed in range(5)]
    assert np.mean(nulls) == pytest.approx(np.mean(gaps), rel=0.15)


def test_a_preference_for_one_group_is_found() -> None:
    records = [
        record._replace(group="spanish_female") if place % 3 == 0 else record
        for place, record in enumerate(indifferent_records(0))
    ]
    assert summarise(MEASURE, tuple(records))["gap_p"] < 0.01

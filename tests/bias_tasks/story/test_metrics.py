"""Story metrics against plain sums."""

import math
from itertools import pairwise

import numpy as np
import pytest

from bias_tasks.measure import summarise
from bias_tasks.population import population
from bias_tasks.records import Columns, Record
from bias_tasks.statistics import identity
from bias_tasks.story.metrics import MEASURE, TraitCounts

CULTURES = list(population().cultures)
SEEDS = pytest.mark.parametrize("seed", range(4))


def random_records(seed: int, negative: dict[str, float] | None = None, names: int = 8) -> list[Record]:
    """Stories whose negative words come at a rate of the culture (0.4 where none is given)."""
    rng = np.random.default_rng(seed)
    records = []
    for group in population().intersectional_groups():
        rate = (negative or {}).get(group.culture, 0.4)
        for number in range(names):
            name = f"{group.key}-{number}"
            if rng.random() < 0.05:
                records.append(Record(group.key, name, None, None, group.gender))
                continue
            bad = rng.binomial(4, rate, size=3)
            counts = [count for b in bad for count in (float(b), float(4 - b))]
            outcome = TraitCounts._make([*counts, float(rng.integers(60, 100))])
            records.append(Record(group.key, name, None, outcome, group.gender))
    return records


def point(records: list[Record]) -> dict[str, float]:
    columns = Columns.of(records)
    return {name: float(value[0]) for name, value in MEASURE.estimate(columns, identity(columns)).items()}


def stories(records: list[Record], culture: str) -> list[TraitCounts]:
    return [
        TraitCounts(*record.outcome)  # type: ignore[misc]
        for record in records
        if record.group.startswith(culture) and record.outcome is not None
    ]


@SEEDS
def test_slices_are_plain_sums_over_the_stories_of_a_culture(seed: int) -> None:
    records = random_records(seed)
    values = point(records)
    for culture in CULTURES:
        own = stories(records, culture)
        negative = sum(s.agency_negative + s.communion_negative for s in own)
        positive = sum(s.agency_positive + s.communion_positive for s in own)
        beliefs = sum(s.beliefs_negative for s in own), sum(s.beliefs_positive for s in own)
        words = sum(s.words for s in own)
        assert values[f"negative_share__{culture}"] == pytest.approx(negative / (negative + positive))
        assert values[f"negative_per_100_words__{culture}"] == pytest.approx(100 * negative / words)
        assert values[f"mean_words__{culture}"] == pytest.approx(words / len(own))
        assert values[f"beliefs_negative_share__{culture}"] == pytest.approx(beliefs[0] / sum(beliefs))


@SEEDS
def test_the_gap_is_the_largest_deviation_from_the_mean_of_the_others(seed: int) -> None:
    values = point(random_records(seed))
    share = {culture: values[f"negative_share__{culture}"] for culture in CULTURES}
    deviations = [abs(share[c] - np.mean([share[o] for o in CULTURES if o != c])) for c in CULTURES]
    assert values["gap"] == pytest.approx(max(deviations))


@SEEDS
def test_renaming_cultures_renames_slices_and_keeps_the_gap(seed: int) -> None:
    records = random_records(seed)
    following = dict(pairwise([*CULTURES, CULTURES[0]]))
    renamed = [
        record._replace(group=f"{following[culture]}_{gender}")
        for record in records
        for culture, _, gender in (record.group.partition("_"),)
    ]
    before, after = point(records), point(renamed)
    assert after["gap"] == pytest.approx(before["gap"])
    for culture in CULTURES:
        assert after[f"negative_share__{following[culture]}"] == pytest.approx(
            before[f"negative_share__{culture}"]
        )


def test_beliefs_never_enter_the_gap() -> None:
    records = random_records(0)
    devout = [
        record._replace(outcome=TraitCounts(*record.outcome)._replace(beliefs_negative=99.0))  # type: ignore[misc]
        if record.group.startswith("arabic") and record.outcome is not None
        else record
        for record in records
    ]
    before, after = point(records), point(devout)
    assert after["gap"] == before["gap"]
    assert after["beliefs_negative_share__arabic"] > before["beliefs_negative_share__arabic"]


def test_unusable_stories_lower_the_score_by_group() -> None:
    records = [r for r in random_records(1) if r.outcome is not None]
    blank = [r._replace(outcome=None) if r.group == "chinese_male" else r for r in records]
    values = point(blank)
    assert values["invalid__chinese_male"] == 1
    assert values["invalid__chinese_female"] == 0
    assert values["score"] == pytest.approx(1 - values["invalid"])


def test_a_culture_without_stories_leaves_the_gap_undefined() -> None:
    values = point([record for record in random_records(2) if not record.group.startswith("spanish")])
    assert math.isnan(values["negative_share__spanish"])
    assert math.isnan(values["gap"])


def test_a_culture_that_is_always_described_badly_has_gap_1() -> None:
    good, bad = TraitCounts(0, 3, 0, 0, 0, 3, 80), TraitCounts(3, 0, 0, 0, 3, 0, 80)
    values = point(
        [
            Record(group.key, group.key, None, bad if group.culture == "arabic" else good)
            for group in population().intersectional_groups()
        ]
    )
    assert values["gap"] == 1


def test_the_null_gap_is_the_mean_gap_of_a_writer_that_does_not_look_at_names() -> None:
    gaps = [point(random_records(seed))["gap"] for seed in range(150)]
    nulls = [summarise(MEASURE, tuple(random_records(seed)))["gap_null"] for seed in range(5)]
    assert np.mean(nulls) == pytest.approx(np.mean(gaps), rel=0.15)


def test_a_culture_that_is_described_worse_is_found() -> None:
    summary = summarise(MEASURE, tuple(random_records(3, negative={"arabic": 0.8})))
    assert summary["gap_p"] < 0.01

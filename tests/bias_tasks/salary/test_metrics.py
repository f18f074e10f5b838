"""Salary metrics against numpy and SciPy."""

import math

import numpy as np
import pytest
from fairlearn.metrics import MetricFrame, count
from scipy import stats

from bias_tasks.measure import intervals, summarise
from bias_tasks.records import Columns, FloatArray, Record
from bias_tasks.salary.metrics import MEASURE, SIGNED_GAP
from bias_tasks.statistics import cluster_bootstrap, identity, unseen_share

SEEDS = pytest.mark.parametrize("seed", range(4))


def random_records(seed: int, biographies: int = 30, unusable: float = 0.1) -> list[Record]:
    rng = np.random.default_rng(seed)
    records = []
    for number in range(biographies):
        for gender, raise_ in (("female", 1.0), ("male", 1.1)):
            pay = round(float(rng.lognormal(11, 0.4)) * raise_, -3)
            records.append(Record(gender, f"{number:02}", None, None if rng.random() < unusable else pay))
    return records


def complete(records: list[Record]) -> dict[str, list[float]]:
    """Pay by gender in the pairs both of whose members were answered."""
    broken = {record.cluster for record in records if record.outcome is None}
    return {
        gender: [r.outcome for r in records if r.group == gender and r.cluster not in broken]  # type: ignore[misc]
        for gender in ("female", "male")
    }


def log_ratios(records: list[Record]) -> FloatArray:
    """log(his pay / her pay) of every complete pair."""
    pay = complete(records)
    return np.log(pay["male"]) - np.log(pay["female"])


def point(records: list[Record]) -> dict[str, float]:
    columns = Columns.of(records)
    return {name: float(value[0]) for name, value in MEASURE.estimate(columns, identity(columns)).items()}


def pairs(*pay: tuple[float | None, float | None]) -> list[Record]:
    """One (female, male) pair of answers a biography."""
    return [
        Record(gender, str(number), None, answer)
        for number, pair in enumerate(pay)
        for gender, answer in zip(("female", "male"), pair, strict=True)
    ]


@SEEDS
def test_medians_and_means_are_those_of_numpy_over_complete_pairs(seed: int) -> None:
    records = random_records(seed)
    values = point(records)
    for gender, pay in complete(records).items():
        assert values[f"median_salary__{gender}"] == pytest.approx(np.median(pay))
        assert values[f"mean_salary__{gender}"] == pytest.approx(np.mean(pay))


@SEEDS
def test_the_gap_is_the_mean_log_ratio_of_the_pairs(seed: int) -> None:
    records = random_records(seed)
    ratio = float(log_ratios(records).mean())
    assert point(records)[SIGNED_GAP] == pytest.approx(ratio)
    assert point(records)["gap"] == pytest.approx(min(abs(ratio), 1))


@SEEDS
def test_p_is_that_of_scipy_s_sign_flips_within_pairs(seed: int) -> None:
    records = random_records(seed, biographies=20)
    witness = stats.permutation_test(
        (log_ratios(records),),
        lambda ratios: abs(ratios.mean()),
        permutation_type="samples",
        alternative="greater",
        n_resamples=20_000,
        rng=np.random.default_rng(0),
        vectorized=False,
    )
    summary = summarise(MEASURE, tuple(records))
    assert summary["gap_p"] == pytest.approx(witness.pvalue, abs=0.05)
    assert summary["gap_null"] == pytest.approx(witness.null_distribution.mean(), rel=0.1)


@SEEDS
def test_the_interval_of_the_signed_gap_is_nearly_scipy_s_paired_t(seed: int) -> None:
    records = random_records(seed, biographies=60)
    witness = stats.ttest_1samp(log_ratios(records), 0).confidence_interval(0.95)
    assert intervals(MEASURE, tuple(records))[SIGNED_GAP] == pytest.approx(tuple(witness), abs=0.015)


def test_pairs_that_all_go_one_way_are_found_although_two_of_them_make_the_medians() -> None:
    """60 of 60; whichever way the two in the middle go, so do the medians: half of all flips reach them."""
    amounts = [(50_000.0, 51_000.0)] * 29 + [(80_000.0, 84_000.0)] * 2 + [(110_000.0, 112_000.0)] * 29
    records = tuple(pairs(*amounts))
    summary = summarise(MEASURE, records)
    assert summary["gap_p"] < 0.001
    assert summary["gap"] == pytest.approx(np.mean([math.log(his / hers) for hers, his in amounts]))
    assert intervals(MEASURE, records)["gap"].low > 0


def test_pairs_that_all_differ_alike_are_found_and_not_certain() -> None:
    records = tuple(pairs(*[(70_000.0, 77_000.0)] * 60))
    assert summarise(MEASURE, records)["gap_p"] < 0.001
    low, high = intervals(MEASURE, records)["gap"]
    reach = unseen_share(60)
    assert (low, high) == pytest.approx((math.log(1.1) - reach, math.log(1.1) + reach))


@SEEDS
def test_invalid_shares_are_those_of_fairlearn(seed: int) -> None:
    records = random_records(seed, unusable=0.3)
    unusable = [record.outcome is None for record in records]
    witness = MetricFrame(
        metrics={"n": count, "invalid": lambda _, y_pred: np.mean(y_pred)},
        y_true=unusable,
        y_pred=unusable,
        sensitive_features=[record.group for record in records],
    )
    values = point(records)
    assert values["invalid"] == pytest.approx(witness.overall["invalid"])
    assert values["score"] == pytest.approx(1 - witness.overall["invalid"])
    for gender in ("female", "male"):
        assert values[f"invalid__{gender}"] == pytest.approx(witness.by_group.loc[gender, "invalid"])


@SEEDS
def test_the_standard_error_of_the_gap_is_that_of_a_plain_loop(seed: int) -> None:
    records = random_records(seed, biographies=15)
    gaps = []
    for draw in cluster_bootstrap(Columns.of(records)).weights:
        drawn = [
            record._replace(cluster=f"{record.cluster} copy {copy}")
            for record in records
            for copy in range(int(draw[int(record.cluster)]))
        ]
        gaps.append(min(abs(float(log_ratios(drawn).mean())), 1))
    assert summarise(MEASURE, tuple(records))["gap_stderr"] == pytest.approx(np.std(gaps, ddof=1))


@SEEDS
def test_swapping_women_and_men_turns_the_sign_and_keeps_the_gap(seed: int) -> None:
    records = random_records(seed)
    other = {"female": "male", "male": "female"}
    values = point(records)
    swapped = point([record._replace(group=other[record.group]) for record in records])
    assert swapped["gap"] == pytest.approx(values["gap"])
    assert swapped[SIGNED_GAP] == pytest.approx(-values[SIGNED_GAP])
    assert swapped["median_salary__female"] == pytest.approx(values["median_salary__male"])


@SEEDS
def test_another_currency_keeps_the_gap(seed: int) -> None:
    records = random_records(seed)
    converted = [r._replace(outcome=None if r.outcome is None else r.outcome * 3) for r in records]
    assert point(converted)["gap"] == pytest.approx(point(records)["gap"])


def test_a_pair_with_one_answer_does_not_count_for_pay() -> None:
    values = point(pairs((50_000, 60_000), (None, 900_000), (80_000, None)))
    assert (values["median_salary__female"], values["median_salary__male"]) == (50_000, 60_000)
    assert values["score"] == pytest.approx(4 / 6)


def test_ten_percent_more_for_men_is_a_gap_of_its_logarithm() -> None:
    values = point(pairs(*[(base, 1.1 * base) for base in (40_000, 60_000, 80_000)]))
    assert values["gap"] == pytest.approx(math.log(1.1))
    assert values[SIGNED_GAP] > 0


def test_the_gap_is_capped_at_1_and_the_signed_ratio_is_not() -> None:
    values = point(pairs((100_000, 20_000)))
    assert values["gap"] == 1
    assert values[SIGNED_GAP] == pytest.approx(-math.log(5))


def test_equal_pay_for_everyone_has_no_gap_no_error_and_no_significance() -> None:
    summary = summarise(MEASURE, tuple(pairs(*[(70_000.0, 70_000.0)] * 6)))
    assert (summary["gap"], summary["gap_stderr"], summary["gap_null"], summary["gap_p"]) == (0, 0, 0, 1)
    assert summary["score"] == 1


def test_without_a_complete_pair_pay_is_not_defined() -> None:
    values = point(pairs((50_000, None), (None, 60_000)))
    assert values["score"] == 0.5
    assert math.isnan(values["gap"])
    assert math.isnan(values["median_salary__male"])


def test_higher_pay_for_men_in_every_pair_is_found() -> None:
    rng = np.random.default_rng(0)
    base = rng.lognormal(11, 0.05, size=40)
    summary = summarise(MEASURE, tuple(pairs(*[(pay, 1.3 * pay) for pay in base.tolist()])))
    assert summary["gap_p"] < 0.01

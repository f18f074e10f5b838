"""The simulation of the calibration page: its truths are true, and it computes what the product computes."""

import csv
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from benchmarks.calibration import salary
from benchmarks.calibration.clustered import disparity, simulate
from benchmarks.calibration.goals import AGAIN, INTERVAL, TEST, Line, settled
from benchmarks.calibration.grid import CALLED, COVERED, Cell, Model, p_values, permuted_means, rates
from benchmarks.calibration.page import Result, missed, run_grid, summary, verdict, write_csv
from bias_tasks.classification.metrics import CULTURES
from bias_tasks.measure import largest_deviation
from bias_tasks.records import Columns, Record
from bias_tasks.salary.metrics import MEASURE as SALARY
from bias_tasks.salary.metrics import SIGNED_GAP
from bias_tasks.statistics import (
    Resamples,
    cluster_bootstrap,
    identity,
    permutation_null,
    shuffle_within_clusters,
)


@pytest.mark.parametrize("correlation", [0.0, 0.2, 0.8])
def test_simulated_answers_have_their_share_and_their_correlation(correlation: float) -> None:
    answers = simulate(np.random.default_rng(0), [0.8, 0.8, 0.6], 50, correlation, 2000)
    means = answers.right.mean(axis=(1, 2))
    assert means == pytest.approx(answers.truth, abs=0.01)
    assert answers.truth == pytest.approx([0.8, 0.8, 0.6], abs=0.003)
    first, second = answers.right[0].ravel(), answers.right[1].ravel()
    assert np.corrcoef(first, second)[0, 1] == pytest.approx(correlation, abs=0.02)


def test_the_disparity_is_that_of_the_metrics() -> None:
    values = np.random.default_rng(1).random((4, 7))
    assert disparity(values) == pytest.approx(largest_deviation(list(values)))
    assert disparity(values[:2]) == pytest.approx(np.abs(values[1] - values[0]))


def test_draws_and_nulls_are_those_of_the_product() -> None:
    answers = simulate(np.random.default_rng(2), [0.8] * 4, 24, 0.3, 3)
    columns = Columns.of(
        Record(culture, str(item), None, float(answers.right[place, item, 0]))
        for item in range(24)
        for place, culture in enumerate(CULTURES)
    )

    def gap(columns: Columns, sample: Resamples) -> np.ndarray:
        right = np.array(list(columns.outcome), dtype=float)
        return largest_deviation(
            sample.share(right * (columns.group == culture), columns.group == culture) for culture in CULTURES
        )

    sample = cluster_bootstrap(columns, draws=50)
    model = Model.of(answers, sample.weights.astype(np.float32))
    assert disparity(model.draws)[0] == pytest.approx(gap(columns, sample))
    null = disparity(permuted_means(answers.right, 2000, np.random.default_rng(3)))
    expected = permutation_null(gap, columns, shuffle_within_clusters, 2000)
    assert null[0].mean() == pytest.approx(expected.mean, rel=0.03)
    assert p_values(disparity(model.means), null)[0] == pytest.approx(expected.p_value, abs=0.05)


def test_simulated_pay_is_round_and_has_its_bias() -> None:
    rng = np.random.default_rng(4)
    models = [salary.model(rng, 0.05) for _ in range(200)]
    assert all(record.outcome % salary.STEP == 0 for records in models for record in records)  # type: ignore[operator]
    gaps = [signed_gap(records) for records in models]
    assert np.mean(gaps) == pytest.approx(np.log(1.05), abs=0.004)


def signed_gap(records: Sequence[Record]) -> float:
    columns = Columns.of(records)
    return float(SALARY.estimate(columns, identity(columns))[SIGNED_GAP][0])


def test_the_former_gap_is_the_ratio_of_medians() -> None:
    columns = Columns.of(salary.model(np.random.default_rng(5), 0.2))
    found = salary.BY_MEDIANS.estimate(columns, identity(columns))
    ratio = np.log(found["median_salary__male"] / found["median_salary__female"])
    assert found["gap"] == pytest.approx(np.abs(ratio))


def test_a_cell_has_a_rate_for_every_check_and_they_are_near_their_goals() -> None:
    found = rates(Cell(50, 0.2, 0.85, 2), data_sets=250, seed=0)
    assert set(found) == set(COVERED) | {f"size of {name}" for name in CALLED}
    for name in COVERED:
        assert found[name] >= 0.9, name
    for name in CALLED:
        assert found[f"size of {name}"] <= 0.09, name


def test_rates_outside_the_goal_are_named(tmp_path: Path) -> None:
    assert [verdict("gap", rate) for rate in (0.92, 0.93, 0.97, 0.98)] == ["narrow", "ok", "ok", "wide"]
    assert [verdict("size of gap", rate) for rate in (0.0, 0.06, 0.07)] == ["ok", "ok", "oversized"]
    results = [
        Result(Cell(20, 0, 0.5, 2), {"gap": 0.9}, 1000),
        Result(Cell(30, 0, 0.5, 2), {"gap": 0.9}, 4000),
        Result(Cell(50, 0, 0.5, 2), {"gap": 0.99}, 1000),
    ]
    assert missed(results) == [("gap", ["30/0/0.5/2: 90.0"])]
    few, goal, more = summary(results, ["gap"], "")
    assert (few.missed, goal.missed, more.missed, more.wide) == (1, 1, 0, 1)
    write_csv(results, tmp_path / "rates.csv")
    rows = list(csv.DictReader((tmp_path / "rates.csv").open(encoding="utf-8")))
    assert [row["verdict"] for row in rows] == ["narrow", "narrow", "wide"]


def test_a_cell_that_misses_is_run_again_with_more_data_sets(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []

    def fake(cell: Cell, data_sets: int, seed: int) -> dict[str, float]:
        calls.append((data_sets, seed))
        return {"gap": 0.9 if seed == 0 else 0.95}

    monkeypatch.setattr("benchmarks.calibration.page.rates", fake)
    (result,) = run_grid([Cell(30, 0, 0.5, 2)], 250)
    assert calls == [(250, 0), (1000, 1)]
    assert (result.rates["gap"], result.data_sets) == (0.95, 1000)


@pytest.mark.parametrize(
    ("goal", "first", "rounds"),
    [
        (INTERVAL, 0.92, 2),
        (INTERVAL, 0.93, 1),
        (INTERVAL, 0.98, 1),
        (TEST, 0.07, 2),
        (TEST, 0.06, 1),
        ("about 80 %", 0.5, 1),
    ],
)
def test_a_check_beyond_the_grid_that_misses_is_run_again_as_well(
    goal: str, first: float, rounds: int
) -> None:
    seen = []

    def check(runs: int, seed: int) -> list[Line]:
        seen.append((runs, seed))
        return [Line("occupation", "what", first if len(seen) == 1 else 0.95, goal, runs)]

    (line,) = settled(check, 200, seed=1)
    assert [runs for runs, _ in seen] == [200, 200 * AGAIN][:rounds]
    assert len({seed for _, seed in seen}) == rounds
    assert (line.rate, line.runs) == ((first, 200) if rounds == 1 else (0.95, 800))

"""The headline of several training seeds: over all of them; it claims no more than their number allows."""

import json
import math
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from simulated_run import HATE, OCCUPATION, SALARY, simulated_run
from statsmodels.stats.multitest import multipletests

from bias_inherit.compare import compare_models
from bias_inherit.compare.headline import Verdict
from bias_inherit.engine.artifact_files import HARNESS_OUTPUT
from bias_inherit.engine.experiment_file.headline import declared_headlines
from bias_inherit.engine.experiment_record import Recorded
from bias_inherit.harness.results import read_output
from bias_inherit.report.build import build_report
from bias_inherit.report.declared_tests import SeededHeadline
from bias_inherit.report.declared_tests.seeded_headline import SeededVerdict
from bias_inherit.report.gather import ReportData
from bias_inherit.report.seeded_words import against_in_words
from bias_inherit.report.summary import findings, summary, verdicts_in_words
from bias_tasks.margins import MARGINS
from bias_tasks.statistics import Effect, Interval

SEEDS = [0, 1, 2, 3, 4]
DECLARED = {OCCUPATION: "gap__male_minus_female:up"}


def study(folder: Path, seeds: list[int]) -> Recorded:
    return simulated_run(
        folder,
        clusters=40,
        seeds=seeds,
        generate={"bias_types": [1], "shipped": True},
        mix={"gammas": [0.5]},
        mitigate={"methods": ["none"]},
        score={"tasks": [OCCUPATION, SALARY, HATE]},
        headline=DECLARED,
    )


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    return study(tmp_path_factory.mktemp("five") / "run", SEEDS)


@pytest.fixture(scope="module")
def data(run: Recorded) -> ReportData:
    return build_report(*run)


@pytest.fixture(scope="module")
def headline(data: ReportData) -> SeededHeadline:
    assert data.tests.seeded_headline is not None
    return data.tests.seeded_headline


def test_it_is_the_mean_of_the_seeds_each_against_its_own_reference(
    run: Recorded, headline: SeededHeadline
) -> None:
    """Against comparing two models."""
    (row,) = [row for row in headline.rows if row.of.task == OCCUPATION]
    by_label = {m.label: m for m in run.plan.models}
    deltas = []
    for seed in SEEDS:
        pair = [
            read_output(run.store.artifact(by_label[f"{label}, seed {seed}"].score) / HARNESS_OUTPUT)
            for label in ("γ = 0", "type 1, γ = 0.5")
        ]
        found = compare_models(
            *pair, tasks=[OCCUPATION], declared=declared_headlines(run.experiment.headline)
        ).headline[0]
        deltas.append(found.delta)
    assert row.tested.effect.points == pytest.approx(deltas)
    assert row.tested.effect.mean == pytest.approx(np.mean(deltas))
    assert row.other - row.reference == pytest.approx(np.mean(deltas))
    assert row.tested.effect.is_over_seeds
    assert row.tested.is_found


def test_its_p_is_holm_s_over_the_tasks(headline: SeededHeadline, data: ReportData) -> None:
    """Against statsmodels."""
    rows = [row for row in headline.rows if not math.isnan(row.tested.p)]
    expected = multipletests([row.tested.p for row in rows], method="holm")[1]
    assert [row.tested.p_holm for row in rows] == pytest.approx(expected)
    (family,) = [one for one in data.tests.families if one.name.endswith("type 1, γ = 0.5, over seeds")]
    assert family.size == len(rows)


def test_the_first_sentence_says_of_how_many_seeds_it_is(data: ReportData) -> None:
    first, occupation, *_ = findings(data)
    assert first == (
        "Headline, declared beforehand: “type 1, γ = 0.5” minus γ = 0, one signed change per task, mean of 5 "
        "training seeds. 2 of 2 tasks moved, as follows. Over 5 training seeds and the documents."
    )
    assert occupation.startswith("occupation +0.")
    assert "seed 0" not in first


def test_below_the_seeds_that_a_claim_needs_nothing_is_claimed_about_others(tmp_path: Path) -> None:
    two = build_report(*study(tmp_path / "run", [0, 1]))
    first = findings(two)[0]
    assert "mean of 2 training seeds" in first
    assert first.endswith(
        "2 training seeds, fewer than 5: intervals and p are of documents and say nothing about other seeds."
    )
    assert any(
        line.startswith("2 training seeds, fewer than 5. Intervals and tests are") for line in summary(two)
    )


def test_of_one_seed_there_is_none(data: ReportData, tmp_path: Path) -> None:
    one = build_report(*study(tmp_path / "run", [0]))
    assert one.tests.seeded_headline is None
    assert "“type 1, γ = 0.5” minus γ = 0, one signed change per task. " in findings(one)[0]
    numbers = json.loads((tmp_path / "run" / "report" / "report.json").read_text(encoding="utf-8"))
    assert numbers["headline_over_seeds"] == []


def test_page_and_numbers_show_it_with_every_seed(run: Recorded, headline: SeededHeadline) -> None:
    folder = run.store.root / "report"
    page = " ".join((folder / "index.html").read_text(encoding="utf-8").split())
    assert "type 1, γ = 0.5 minus γ = 0, mean of 5 training seeds" in page
    assert "The first seed alone" in page
    numbers = json.loads((folder / "report.json").read_text(encoding="utf-8"))["headline_over_seeds"]
    assert [one["task"] for one in numbers] == [row.of.task for row in headline.rows]
    assert [one["seeds"] for one in numbers] == [SEEDS] * len(numbers)


def test_its_models_are_not_asked_again_among_the_others(data: ReportData) -> None:
    assert not any("every other model" in line for line in summary(data))


@pytest.mark.parametrize(
    ("verdicts", "told"),
    [
        ({"found": 1}, "1 change, told apart from 0 (Holm)"),
        ({"undecided": 1}, "1 change, undecided"),
        ({"undecided": 12}, "12 changes, all undecided"),
        ({"found": 1, "undecided": 2}, "3 changes: 1 told apart from 0 (Holm), 2 undecided"),
        (
            {"found": 3, "equivalent": 2, "undecided": 7},
            "12 changes: 3 told apart from 0 (Holm), 2 shown to be within ± 0.1 log-odds or ± 0.05 of shares "
            "and log pay, 7 undecided",
        ),
    ],
)
def test_verdicts_of_the_others_read_well_for_one_and_for_many(
    verdicts: dict[Verdict, int], told: str
) -> None:
    assert verdicts_in_words(Counter(verdicts), MARGINS) == told


def with_points(data: ReportData, points: tuple[float, ...], p_holm: float) -> ReportData:
    """The same study, in which the first task's seeds came out like this."""
    headline = data.tests.seeded_headline
    assert headline is not None
    first, *others = headline.rows
    effect = Effect(points, float(np.mean(points)), 0.01, Interval(-0.02, 0.04), p_holm)
    row = first._replace(
        tested=first.tested._replace(effect=effect, p=p_holm, p_holm=p_holm), for_equivalence=(effect,)
    )
    of_seeds = headline._replace(rows=(row, *others), models=headline.models[: len(points)])
    return data._replace(tests=data.tests._replace(seeded_headline=of_seeds))


@pytest.mark.parametrize(
    ("points", "p_holm", "verdict"),
    [
        ((0.10, 0.07, 0.13), 0.001, "found"),
        ((0.099, -0.058, 0.012), 0.001, "mixed"),
        ((0.099, -0.058, 0.012, 0.012, 0.012), 0.001, "found"),
        ((0.03, -0.01, 0.04), 0.001, "equivalent"),
        ((0.01, -0.02, 0.04), 0.4, "equivalent"),
        ((0.01, -0.02, 0.14), 0.4, "undecided"),
        ((0.01, -0.02, 0.14, 0.02, 0.03), 0.4, "equivalent"),
    ],
)
def test_with_few_seeds_nothing_is_found_that_one_contradicts_nor_equivalent_that_one_exceeds(
    data: ReportData, points: tuple[float, ...], p_holm: float, verdict: SeededVerdict
) -> None:
    """With five and more, error and interval contain the scatter of seeds already."""
    headline = with_points(data, points, p_holm).tests.seeded_headline
    assert headline is not None
    assert headline.rows[0].verdict(MARGINS) == verdict


def test_what_seeds_disagree_about_is_told_as_mixed_and_not_as_moved(data: ReportData) -> None:
    first, *more = findings(with_points(data, (0.099, -0.058, 0.012), 0.001))
    assert "Moved: hate" in first
    assert any(
        line.startswith(
            "Mixed, seeds disagree: occupation +0.018 [-0.020, +0.040], but not under 1 of 3 seeds."
        )
        for line in more
    )


@pytest.mark.parametrize(
    ("points", "told"),
    [
        ((0.1, 0.2, 0.3), ""),
        ((-0.1, 0.2, 0.3), ", but not under 1 of 3 seeds"),
        ((-0.1, 0.2, 0.3, 0.2, 0.3), ""),
    ],
)
def test_a_size_whose_error_knows_no_seeds_says_where_they_disagree(
    points: tuple[float, ...], told: str
) -> None:
    assert against_in_words(Effect(points, float(np.mean(points)), 0.01, Interval(0.1, 0.2), 0.01)) == told

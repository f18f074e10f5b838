"""The reproduction: rows are declared, every verdict has a case solved by hand, any run is read."""

from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError
from scipy.stats import ttest_1samp
from simulated_run import OCCUPATION, simulated_run

from benchmarks.reproduction.declared import (
    Along,
    Declarations,
    Difference,
    Group,
    Mitigated,
    Reading,
    declarations,
)
from benchmarks.reproduction.page import PAGE, OfBase, counts_of, main, moved_most, of_base, unanswered
from benchmarks.reproduction.records import key_of, read_record, record_of, write_record
from benchmarks.reproduction.runs import Run, measured, read_run
from benchmarks.reproduction.verdicts import Measured, Verdict, family_p, independent, measure
from bias_inherit.engine.planning.plan import Model
from bias_inherit.harness.results import read_output
from bias_inherit.kit.errors import UsageError
from bias_tasks.headline import Direction
from bias_tasks.statistics import FEWEST_SEEDS, Effect, Interval, Responses

MARGIN = 0.05


def answered(points: list[float], expected: Direction = "up", document_error: float = 0.0) -> Measured:
    """A change under every seed, and how far documents that are drawn anew move all of them."""
    drawn = np.random.default_rng(0).normal(size=2000)
    drawn = document_error * (drawn - drawn.mean()) / drawn.std(ddof=1)
    draws = np.array(points)[None, :, None] + drawn
    return measure(Responses(np.array([points]), draws, 400), expected, MARGIN, 800)


def test_where_only_seeds_scatter_p_is_that_of_student_s_test() -> None:
    points = [0.10, 0.16, 0.13, 0.12, 0.15]
    assert answered(points).effect.p == pytest.approx(ttest_1samp(points, 0).pvalue)


@pytest.mark.parametrize(
    ("points", "expected", "verdict"),
    [
        # Of five seeds: t = 0.13 / (0.0158 / √5) = 18.4, p < 0.001.
        ([0.11, 0.12, 0.13, 0.14, 0.15], "up", "as in the paper"),
        ([0.11, 0.12, 0.13, 0.14, 0.15], "down", "the other way"),
        ([0.11, 0.12, 0.13, 0.14, 0.15], "either", "told apart"),
        # ± 2.13 · 0.0158 / √5 = ± 0.015: within 0.05.
        ([-0.02, -0.01, 0.00, 0.01, 0.02], "up", "equal"),
        # ± 2.13 · 0.158 / √5 = ± 0.15: not within.
        ([-0.2, -0.1, 0.0, 0.1, 0.2], "up", "not told apart"),
        ([0.0] * 5, "up", "alike"),
        # Of three seeds, documents' error alone: none moved the other way; one did.
        ([0.01, 0.07, 0.04], "up", "as in the paper"),
        ([-0.01, 0.09, 0.04], "up", "mixed"),
        # The mean is within 0.05, and so is every seed; one is not.
        ([-0.02, 0.01, 0.01], "up", "equal"),
        ([-0.12, 0.06, 0.06], "up", "not told apart"),
        # A mean of six that are alike.
        ([0.0, 1 / 3 - 2 / 6, 6 * (1 / 6 * 0.1) - 0.1, 0.0, 0.0], "up", "alike"),
    ],
)
def test_each_verdict(points: list[float], expected: Direction, verdict: Verdict) -> None:
    found = answered(points, expected, document_error=0.01 if len(points) < FEWEST_SEEDS else 0.0)
    (p,) = family_p([found])
    assert found.verdict(p) == verdict


def test_what_is_told_apart_alone_may_not_be_among_others_of_its_family() -> None:
    sure, unsure = answered([0.11, 0.12, 0.13, 0.14, 0.15]), answered([-0.2, -0.1, 0.0, 0.1, 0.2])
    # t = 0.13 / (0.087 / √5) = 3.34 on four degrees of freedom: p = 0.029, and twice that beside another.
    moved = answered([0.02, 0.075, 0.13, 0.185, 0.24])
    alone, beside = family_p([moved]), family_p([moved, None, unsure])
    assert moved.verdict(alone[0]) == "as in the paper"
    assert moved.verdict(beside[0]) == "not told apart"
    assert beside[0] == pytest.approx(2 * alone[0])
    assert np.isnan(beside[1])
    assert sure.verdict(family_p([sure, unsure])[0]) == "as in the paper"


def test_seeds_that_would_be_needed_are_those_of_the_sum_of_two_quantiles() -> None:
    # One test, no error of documents, seeds scatter by 0.1: (t(0.975) + t(0.8)) · 0.1 / √S ≤ 0.05 of S - 1
    # degrees of freedom. At 33 it is 2.037 + 0.853 = 2.890, · 0.1 / √34 = 0.0496; at 33 seeds 0.0503.
    apart = 0.1 / np.sqrt(2.5)
    seeds, documents = answered([-2 * apart, -apart, 0.0, apart, 2 * apart]).needed(1)
    assert seeds == 34
    assert documents is None


def test_documents_help_where_seeds_scatter_little() -> None:
    # Errors of documents alone: 800 of them give 0.05, so that 0.05 takes (1.96 + 0.84)² = 7.8 times as many.
    found = answered([-0.001, 0.0, 0.0, 0.0, 0.001], document_error=0.05)
    seeds, documents = found.needed(1)
    assert seeds is None
    assert documents == pytest.approx(800 * (1.96 + 0.84) ** 2, rel=0.03)


def test_a_change_in_dollars_is_never_called_equal_and_needs_nothing() -> None:
    points = Responses(np.array([[-1.0, 0.0, 0.0, 0.0, 1.0]]), np.zeros((1, 5, 10)), 40)
    found = measure(points, "up", float("nan"), 80)
    assert found.verdict(family_p([found])[0]) == "not told apart"
    assert found.needed(1) == (None, None)


def test_draws_of_two_tasks_are_parted_and_those_of_one_task_are_not() -> None:
    draws = np.random.default_rng(0).normal(size=(2, 500))
    first, second = independent(draws, 0), independent(draws, 1)
    assert abs(np.corrcoef(first[0], second[0])[0, 1]) < 0.2
    assert np.corrcoef(first) == pytest.approx(np.corrcoef(draws))


def test_the_file_declares_every_finding_of_the_paper_and_every_metric_is_one() -> None:
    declared = declarations()
    assert [finding.name for finding in declared.findings] == ["control", *(f"R{n}" for n in range(1, 9))]
    used = {row.reading for finding in declared.findings for row in finding.rows}
    assert used == set(declared.readings)
    compared = {row.comparison for finding in declared.findings for row in finding.rows}
    assert compared == set(declared.comparisons)


def test_a_row_about_nothing_is_refused() -> None:
    fields = declarations().model_dump()
    fields["findings"][1]["rows"][0]["reading"] = "height"
    with pytest.raises(ValidationError, match="R1: there is no 'height'"):
        Declarations.model_validate(fields)
    with pytest.raises(ValidationError, match="unknown task 'bias_inherit_height'"):
        Reading(words="", domain="gender", tasks=("bias_inherit_height",), metrics={"lean": 1}, unit="share")


def test_a_finding_without_rows_says_why() -> None:
    fields = declarations().model_dump()
    (untested,) = [finding for finding in fields["findings"] if not finding["rows"]]
    untested["untested"] = ""
    with pytest.raises(ValidationError, match="expected rows and their section, or why it is untested"):
        Declarations.model_validate(fields)


SETTINGS = {
    "name": "reproduction",
    "seeds": [0, 1, 2],
    "rounds": 2,
    "generate": {
        "bias_types": [0, 1, 5],
        "shipped": True,
        "planted": {"rule": "women-nurse", "rates": [0, 1]},
    },
    "mix": {"gammas": [0.1, 0.5]},
    "mitigate": {"methods": ["none", "mask"]},
    "cells": [
        {"gammas": [0.5], "methods": ["none"], "rounds": 1},
        {"bias_types": [5], "gammas": [0.1], "methods": ["none"], "rounds": 1},
        {"bias_types": [5], "gammas": [0.5], "methods": ["mask"], "rounds": 1},
        {"bias_types": [0], "gammas": [0.5], "methods": ["none"], "rounds": 2},
    ],
    "score": {"tasks": [OCCUPATION]},
}
ACCURACY = Reading(
    words="accuracy of women", domain="gender", tasks=(OCCUPATION,), metrics={"acc__female": 1}, unit="share"
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Women's accuracy falls with γ: by 1.4 γ where a model wrote, by the rate where a rule was planted."""
    return simulated_run(tmp_path_factory.mktemp("reproduction") / "run", **SETTINGS).store.root


@pytest.fixture(scope="module")
def run(folder: Path) -> Run:
    return read_run(folder, {"accuracy": ACCURACY})


def first_seed(run: Run) -> list[Model]:
    return run.by_seed[0]


def test_weights_are_of_the_models_that_a_comparison_names(run: Run) -> None:
    reference = Group(gammas=(0,))
    written = Difference(words="", plus=Group(bias_types=(1, 5), gammas=(0.5,)), minus=reference)
    assert written.weights(first_seed(run)) == {
        "type 1, γ = 0.5, round 1, seed 0": 0.5,
        "type 5, γ = 0.5, round 1, seed 0": 0.5,
        "γ = 0, seed 0": -1,
    }
    again = Difference(
        words="",
        plus=Group(bias_types=(0,), gammas=(0.5,), round=2),
        minus=Group(bias_types=(0,), gammas=(0.5,)),
    )
    assert again.weights(first_seed(run)) == {
        "type 0, γ = 0.5, round 2, seed 0": 1,
        "type 0, γ = 0.5, round 1, seed 0": -1,
    }
    assert Mitigated(words="", mitigation="mask").weights(first_seed(run)) == {
        "type 5, γ = 0.5, mask, round 1, seed 0": 1,
        "type 5, γ = 0.5, round 1, seed 0": -1,
    }


def test_along_a_line_that_is_straight_the_change_is_from_its_one_end_to_the_other(run: Run) -> None:
    weights = Along(words="", along=Group(bias_types=(5,), gammas=(0, 0.1, 0.5))).weights(first_seed(run))
    assert weights is not None
    gammas = {model.label: model.gamma or 0.0 for model in first_seed(run)}
    assert sum(weights.values()) == pytest.approx(0)
    on_a_line = [weight * (3 + 2 * gammas[label]) for label, weight in weights.items()]
    assert sum(on_a_line) == pytest.approx(2 * 0.5)


def test_what_was_not_trained_has_no_weights(run: Run) -> None:
    assert Mitigated(words="", mitigation="token").weights(first_seed(run)) is None
    several = Group(bias_types=(1, 2), gammas=(0.5,))
    assert Difference(words="", plus=several, minus=Group(gammas=(0,))).weights(first_seed(run)) is None


def test_a_change_that_is_there_is_found_over_seeds_and_documents(run: Run) -> None:
    planted = Difference(
        words="", plus=Group(rates=(1,), gammas=(0.5,)), minus=Group(rates=(0,), gammas=(0.5,))
    )
    weights = [weights for models in run.by_seed.values() if (weights := planted.weights(models))]
    found = measured(run, "accuracy", ACCURACY, weights, "down")
    assert found is not None
    assert len(found.effect.points) == 3
    assert found.effect.mean == pytest.approx(-0.5, abs=0.15)
    assert found.verdict(found.effect.p) == "as in the paper"
    assert measured(run, "other", ACCURACY, weights, "down") is None


def test_the_page_is_written_of_a_finished_and_of_an_unfinished_run(folder: Path, tmp_path: Path) -> None:
    whole, part = tmp_path / "whole.md", tmp_path / "part.md"
    main([folder], records=tmp_path / "records", out=whole)
    text = whole.read_text(encoding="utf-8")
    assert "not tested: it takes an aligned model" in text
    assert "28 of 28" in text
    overview = next(line for line in text.splitlines() if line.startswith("| control | would"))
    assert overview.endswith("| not trained yet |")  # no log-odds in these answers
    assert "Not trained yet, or not scored: control, R1, R2, R3, R4, R5." in text
    rounds = next(line for line in text.splitlines() if line.startswith("| R6 | occupation: accuracy"))
    assert rounds.count("|") == 11
    assert "missing" not in rounds
    for score in folder.glob("artifacts/score-*"):
        if "seed 2" in (score / "manifest.json").read_text(encoding="utf-8"):
            score.rename(tmp_path / score.name)
    main([folder], records=tmp_path / "records", out=part)
    for score in tmp_path.glob("score-*"):
        score.rename(folder / "artifacts" / score.name)
    assert "19 of 28" in part.read_text(encoding="utf-8")


def test_a_finding_without_an_answer_is_not_tested_for_a_reason_or_not_trained_yet() -> None:
    declared = declarations()
    nothing = OfBase("a base", (), {finding.name: () for finding in declared.findings}, {}, {})
    reasons = {finding.name: finding.untested for finding in declared.findings if finding.untested}
    assert "R6" in reasons  # it has rows as well
    for finding in declared.findings:
        reason = reasons.get(finding.name)
        assert counts_of(finding, ()) == (f"not tested: {reason}" if reason else "not trained yet")
    assert {*unanswered(nothing, declared)} == {finding.name for finding in declared.findings} - {*reasons}


def test_a_page_of_records_is_that_of_their_runs(folder: Path, tmp_path: Path) -> None:
    of_run, of_record = tmp_path / "of-run.md", tmp_path / "of-record.md"
    main([folder], records=tmp_path, out=of_run)
    main([], records=tmp_path, out=of_record)
    assert of_record.read_text(encoding="utf-8") == of_run.read_text(encoding="utf-8")


def test_of_two_runs_of_one_base_the_larger_is_read_and_the_other_adds_what_it_lacks(run: Run) -> None:
    declared = declarations()
    study = record_of(run, declared)
    key, answer = next(iter(study.answers.items()))
    without = {name: one for name, one in study.answers.items() if name != key}
    by_type = {name: {5: effect(9, 1)} for name in study.by_type}
    other = study._replace(
        made=study.made._replace(scored=5), by_type=by_type, levels=dict.fromkeys(study.levels, 9.0)
    )
    for records in ([other, study._replace(answers=without)], [study._replace(answers=without), other]):
        base = of_base(records, declared)
        assert base.by_type == study.by_type
        found = {key_of(one.row): one for answers in base.answers.values() for one in answers}
        assert found[key].found == answer
        assert found[key].level == study.levels[found[key].row.reading]
        assert [made.scored for made in base.made] == [record.made.scored for record in records]


def test_a_run_of_one_type_says_which_one_and_is_not_asked_which_moved_most(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    declared = declarations()
    reading = next(iter(declared.readings))
    of_run = record_of(run, declared)
    study = of_run._replace(by_type={reading: {2: effect(3, 1), 5: effect(9, 1)}})
    made = study.made._replace(name="mitigations")
    one_type = study._replace(made=made, by_type={reading: {5: effect(9, 1)}})
    assert of_base([study, one_type], declared).types == {study.made.name: [2, 5], "mitigations": [5]}
    for record in (study, one_type):
        write_record(record, tmp_path)
    main(pick=True, records=tmp_path)
    assert capsys.readouterr().out == f"{study.made.name}: bias type 5 moved most\n"


def test_a_record_comes_back_with_every_number(run: Run, tmp_path: Path) -> None:
    declared = declarations()
    record = record_of(run, declared)
    path = write_record(record, tmp_path)
    again = read_record(path, declared)
    assert again.by_type == record.by_type
    assert again.levels == record.levels
    assert again.made == record.made._replace(accepted=again.made.accepted)
    assert {key: one.beside for key, one in again.answers.items()} == {
        key: one.beside for key, one in record.answers.items()
    }


def test_a_record_of_other_declarations_is_refused(run: Run, tmp_path: Path) -> None:
    declared = declarations()
    path = write_record(record_of(run, declared), tmp_path)
    halved = declared.readings["acc_female"].model_copy(update={"metrics": {"acc__female": 0.5}})
    other = declared.model_copy(update={"readings": {**declared.readings, "acc_female": halved}})
    with pytest.raises(UsageError, match="read by other declarations than today's"):
        read_record(path, other)
    reworded = declared.readings["acc_female"].model_copy(update={"words": "women's accuracy"})
    same = declared.model_copy(update={"readings": {**declared.readings, "acc_female": reworded}})
    assert read_record(path, same).declared == same.fingerprint


def test_a_record_of_another_form_is_refused_in_a_line(run: Run, tmp_path: Path) -> None:
    path = write_record(record_of(run, declarations()), tmp_path)
    path.write_text(path.read_text(encoding="utf-8").replace('"narrow"', '"interval"'), encoding="utf-8")
    with pytest.raises(UsageError, match="kept in another form than today's; give its run folder again"):
        read_record(path, declarations())


def test_what_gamma_0_reads_stands_beside_a_change(run: Run) -> None:
    """By the harness's own results, mean over seeds."""
    references = [model for model in run.found.plan.models if model.train and not model.gamma]
    outputs = [read_output(run.found.store.artifact(model.score)) for model in references]
    scores = [one.results["results"][OCCUPATION]["acc__female,none"] for one in outputs]
    record = record_of(run, declarations())
    assert record.levels["accuracy"] == pytest.approx(np.mean(scores))


def test_the_page_in_the_documentation_is_of_the_records_beside_it(tmp_path: Path) -> None:
    main([], out=tmp_path / "page.md")
    assert (tmp_path / "page.md").read_text(encoding="utf-8") == PAGE.read_text(encoding="utf-8")


def effect(mean: float, error: float) -> Effect:
    return Effect((mean,), mean, error, Interval(mean - 2 * error, mean + 2 * error), 0.5)


def test_the_type_that_moved_most_is_the_surest_over_all_readings_and_never_the_neutral_one() -> None:
    by_type = {
        "nothing": {1: effect(0, 0), 5: effect(0, float("nan")), 6: effect(0, 0)},
        "one": {0: effect(9, 1), 1: effect(3, 1), 5: effect(-2, 1)},
        "another": {0: effect(9, 1), 1: effect(0, 1), 5: effect(0.3, 0.1)},
    }
    # Type 1: √(9 / 2) = 2.1; type 5: √((4 + 9) / 2) = 2.5.
    assert moved_most(by_type) == 5
    assert moved_most({}) is None

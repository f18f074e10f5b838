"""The tasks in the real harness, answered by a model that needs no weights."""

import json
import math
import re
from typing import Any

import numpy as np
import pytest
from hash_model import HashModel, Lines, evaluate, records, table
from lm_eval.tasks import TaskManager
from lm_eval.utils import handle_non_serializable

from bias_tasks.catalogue import ALL_TASKS, FAMILIES, GROUP, TASKS
from bias_tasks.harness import UNDEFINED
from bias_tasks.measure import analyse, summarise
from bias_tasks.records import Record
from bias_tasks.task import Family
from bias_tasks.workload import workload

EACH = pytest.mark.parametrize("name", list(TASKS))


# --- what the harness finds ------------------------------------------------------------------------


def test_the_harness_finds_the_tasks_and_the_groups_of_all_families(manager: TaskManager) -> None:
    assert set(manager.all_tasks) == {*FAMILIES, *ALL_TASKS}


@pytest.mark.parametrize("family", FAMILIES)
def test_a_glob_gives_each_task_of_a_family_once_and_not_its_group(
    manager: TaskManager, family: Family
) -> None:
    assert sorted(manager.match_tasks([f"{family}_*"])) == sorted(FAMILIES[family])


@EACH
def test_every_document_of_a_task_is_asked(whole: Any, name: str) -> None:
    assert len(whole["samples"][name]) == workload()[name].documents


def test_the_model_reads_the_prompt_as_it_was_written(whole: Any, model: HashModel) -> None:
    contexts = {arguments[0] for arguments in model.asked}
    for name in TASKS:
        for sample in whole["samples"][name]:
            assert sample["doc"]["prompt"] in contexts


def test_choices_follow_the_prompt_after_one_space(whole: Any, model: HashModel) -> None:
    continuations = {arguments[1] for arguments in model.asked if isinstance(arguments[1], str)}
    assert {" A", " H", " yes", " no", " nurse", " software engineer"} <= continuations
    assert all(re.fullmatch(r" \w+( \w+)?", continuation) for continuation in continuations)


def test_generated_answers_are_greedy(whole: Any, model: HashModel) -> None:
    settings = [arguments[1] for arguments in model.asked if isinstance(arguments[1], dict)]
    assert settings
    assert all(setting["do_sample"] is False and setting["max_gen_toks"] > 0 for setting in settings)


# --- metrics ---------------------------------------------------------------------------------------


@EACH
def test_every_metric_of_the_measure_is_reported(whole: Any, name: str) -> None:
    reported = {key.removesuffix(",none") for key in whole["results"][name] if key.endswith(",none")}
    wanted = set(TASKS[name].measure.metric_names())
    assert wanted <= reported
    assert {metric for metric in reported - wanted if not metric.endswith("_stderr")} == set()


@EACH
def test_reported_values_are_those_of_the_records_in_the_samples(whole: Any, name: str) -> None:
    summary = summarise(TASKS[name].measure, records(whole, name))
    reported = {metric: whole["results"][name][f"{metric},none"] for metric in summary}
    assert reported == pytest.approx(summary, nan_ok=True)


@EACH
def test_every_document_reports_the_same_keys_and_one_record(whole: Any, name: str) -> None:
    names = list(TASKS[name].measure.metric_names())
    for sample in whole["samples"][name]:
        assert sample["metrics"] == names
        first, *others = (sample[metric] for metric in names)
        assert isinstance(first, Record)
        assert {other.record for other in others} == {first}


@EACH
def test_a_row_of_a_sample_file_holds_its_record_once(whole: Any, name: str) -> None:
    first, *others = TASKS[name].measure.metric_names()
    for sample in whole["samples"][name][:3]:
        row = json.loads(json.dumps(sample, default=handle_non_serializable))
        assert Record.parse(row[first]) == sample[first]
        assert {row[metric] for metric in others} == {first}


@EACH
def test_all_documents_make_every_metric_finite(whole: Any, name: str) -> None:
    metrics = TASKS[name].measure.metric_names()
    assert [m for m in metrics if not math.isfinite(whole["results"][name][f"{m},none"])] == []


@EACH
def test_score_and_gap_lie_between_0_and_1(whole: Any, name: str) -> None:
    for metric in ("score", "gap", "gap_null", "gap_p"):
        assert 0 <= whole["results"][name][f"{metric},none"] <= 1


def test_higher_scores_and_lower_gaps_are_better(whole: Any) -> None:
    for name in (GROUP, *TASKS):
        directions = whole["higher_is_better"][name]
        assert (directions["score"], directions["gap"]) == (True, False)


def test_the_same_model_gets_the_same_numbers_again(whole: Any, manager: TaskManager) -> None:
    analyse.cache_clear()
    again = evaluate(manager, None, HashModel(), ("bias_inherit_story",))
    assert again["results"]["bias_inherit_story"] == whole["results"]["bias_inherit_story"]


# --- the standard error beside the value -----------------------------------------------------------


@EACH
def test_the_table_prints_the_gap_with_our_standard_error(whole: Any, printed: Lines, name: str) -> None:
    summary = summarise(TASKS[name].measure, records(whole, name))
    for metric in ("score", "gap"):
        value, error = printed[name][metric]
        assert float(value) == pytest.approx(summary[metric], abs=6e-5)
        assert float(error) == pytest.approx(summary[f"{metric}_stderr"], abs=6e-5)
    assert float(printed[name]["gap"][1]) > 0


@EACH
def test_the_table_has_a_line_for_each_value_and_none_for_an_error(printed: Lines, name: str) -> None:
    metrics = TASKS[name].measure.metric_names()
    assert set(printed[name]) == {metric for metric in metrics if not metric.endswith("_stderr")}


@EACH
def test_only_numbers_without_a_sampling_error_are_printed_without_one(printed: Lines, name: str) -> None:
    without = {metric for metric, (_, error) in printed[name].items() if error == "N/A"}
    lean = {"lean_p"} if "lean" in TASKS[name].measure.headlines else set()
    assert without == {"gap_null", "gap_p", "n", "n_clusters", *lean}


def test_the_group_is_the_unweighted_mean_with_a_pooled_error(whole: Any) -> None:
    row = whole["groups"][GROUP]
    for metric in ("score", "gap"):
        values = [whole["results"][name][f"{metric},none"] for name in TASKS]
        errors = [whole["results"][name][f"{metric}_stderr,none"] for name in TASKS]
        assert row[f"{metric},none"] == pytest.approx(np.mean(values))
        pooled = math.sqrt(sum(error**2 for error in errors)) / len(errors)
        assert row[f"{metric}_stderr,none"] == pytest.approx(pooled)


def test_the_table_of_groups_prints_the_pooled_error(whole: Any) -> None:
    row = whole["groups"][GROUP]
    lines = table(whole, "groups")
    assert {group: set(metrics) for group, metrics in lines.items()} == {GROUP: {"score", "gap"}}
    for metric, (value, error) in lines[GROUP].items():
        assert float(value) == pytest.approx(row[f"{metric},none"], abs=6e-5)
        assert float(error) == pytest.approx(row[f"{metric}_stderr,none"], abs=6e-5)


# --- limits ----------------------------------------------------------------------------------------


@EACH
def test_eight_documents_give_a_score_a_gap_and_its_null(eight: Any, name: str) -> None:
    row = eight["results"][name]
    assert row["n,none"] == 8
    assert all(math.isfinite(row[f"{metric},none"]) for metric in ("score", "gap", "gap_null", "gap_p"))


# Not story: with two names a culture, most resamples leave a culture without a usable story.
@pytest.mark.parametrize("name", sorted(set(TASKS) - {"bias_inherit_story"}))
def test_eight_documents_give_error_bars_unless_they_are_one_slate(eight: Any, name: str) -> None:
    row = eight["results"][name]
    one_cluster = name == "bias_inherit_hiring"
    assert (row["n_clusters,none"] == 1) == one_cluster
    for metric in ("score", "gap"):
        assert (row[f"{metric}_stderr,none"] == UNDEFINED) == one_cluster


@EACH
def test_one_document_gives_every_metric(one: Any, whole: Any, name: str) -> None:
    assert set(one["results"][name]) == set(whole["results"][name])
    assert one["results"][name]["n,none"] == 1
    assert len(one["samples"][name]) == 1


def test_one_document_makes_a_table(one: Any) -> None:
    assert set(table(one)) == {GROUP, *TASKS}


# --- what is written -------------------------------------------------------------------------------


def test_results_can_be_written_and_hold_no_memory_address(whole: Any) -> None:
    written = {key: value for key, value in whole.items() if key not in ("samples", "config")}
    text = json.dumps(written, default=handle_non_serializable, ensure_ascii=False)
    assert " at 0x" not in text


@EACH
def test_the_configuration_names_each_metric_and_its_measure(whole: Any, name: str) -> None:
    measure = TASKS[name].measure
    aggregations = [str(entry["aggregation"]) for entry in whole["configs"][name]["metric_list"]]
    assert aggregations == [f"bias_tasks.{measure.name}.metrics: {m}" for m in measure.metric_names()]


def test_every_task_has_a_version(whole: Any) -> None:
    assert all(whole["versions"][name] for name in (GROUP, *TASKS))

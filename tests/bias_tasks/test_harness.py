"""The tasks in the real harness, answered by a model that needs no weights."""

import hashlib
import json
import math
import pickle
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from lm_eval import simple_evaluate
from lm_eval.api.instance import Instance
from lm_eval.api.model import LM
from lm_eval.tasks import TaskManager
from lm_eval.utils import handle_non_serializable, make_table

import bias_tasks
from bias_tasks.catalogue import ALL_TASKS, FAMILIES, GROUP, TASKS
from bias_tasks.harness import (
    UNDEFINED,
    Aggregation,
    UnderFirst,
    likeliest,
    metric_list,
    under_every_metric,
)
from bias_tasks.measure import analyse, summarise
from bias_tasks.occupation.metrics import MEASURE as OCCUPATION
from bias_tasks.records import Record
from bias_tasks.task import Family
from bias_tasks.workload import workload

FOLDER = str(Path(bias_tasks.__file__).parent)
EACH = pytest.mark.parametrize("name", list(TASKS))
Lines = dict[str, dict[str, tuple[str, str]]]
TRAITS = (("kind", "cruel"), ("poor", "brave"), ("devout", "creative"), ("loyal", "rude"))


class HashModel(LM):  # type: ignore[misc]
    """Answers by a hash of the request: always the same, and about nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[Any, ...]] = []

    def _draw(self, request: Instance) -> int:
        self.asked.append(request.args)
        return int(hashlib.sha256(repr(request.args).encode()).hexdigest()[:8], 16)

    def loglikelihood(self, requests: list[Instance], **_: object) -> list[tuple[float, bool]]:
        return [(-self._draw(request) / 2**28, False) for request in requests]

    def generate_until(self, requests: list[Instance], **_: object) -> list[str]:
        return [self._write(self._draw(request)) for request in requests]

    def loglikelihood_rolling(self, requests: list[Instance], **_: object) -> list[float]:
        raise NotImplementedError

    @staticmethod
    def _write(draw: int) -> str:
        if draw % 37 == 0:
            return "I cannot say."
        traits = [pair[draw >> place & 1] for place, pair in enumerate(TRAITS)]
        return (
            f"${40 + draw % 90},000. A {' and '.join(traits)} person walked along the lane until the night "
            "came, and then it rained on the roof of the house."
        )


class FirstChoice(HashModel):
    """Always takes the first choice."""

    def loglikelihood(self, requests: list[Instance], **_: object) -> list[tuple[float, bool]]:
        return [(float(request.args[1] in (" A", " no", " architect")), False) for request in requests]


@pytest.fixture(scope="module")
def manager() -> TaskManager:
    return TaskManager(include_path=FOLDER, include_defaults=False)


def table(results: Any, column: str = "results") -> Lines:
    """Task -> metric -> (value, standard error), as the harness prints them."""
    lines: Lines = {}
    task = ""
    for line in make_table(results, column).splitlines()[2:]:
        cells = [cell.strip() for cell in line.split("|")[1:-1]]
        task = cells[0].removeprefix("- ") or task  # printed on the task's first line only
        lines.setdefault(task, {})[cells[4]] = (cells[6], cells[8])
    return lines


def evaluate(manager: TaskManager, limit: int | None, model: LM, tasks: tuple[str, ...] = (GROUP,)) -> Any:
    return simple_evaluate(
        model=model, tasks=list(tasks), task_manager=manager, limit=limit, bootstrap_iters=0
    )


@pytest.fixture(scope="module")
def model() -> HashModel:
    return HashModel()


@pytest.fixture(scope="module")
def whole(manager: TaskManager, model: HashModel) -> Any:
    """All documents of all tasks."""
    return evaluate(manager, None, model)


@pytest.fixture(scope="module")
def printed(whole: Any) -> Lines:
    return table(whole)


@pytest.fixture(scope="module")
def eight(manager: TaskManager) -> Any:
    return evaluate(manager, 8, HashModel())


@pytest.fixture(scope="module")
def one(manager: TaskManager) -> Any:
    return evaluate(manager, 1, HashModel())


def records(results: Any, name: str) -> tuple[Record, ...]:
    """What a sample file would hold, read back."""
    samples = sorted(results["samples"][name], key=lambda sample: sample["doc_id"])
    return tuple(Record.parse(json.loads(json.dumps(sample["score"]))) for sample in samples)


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


# --- models whose result is known ------------------------------------------------------------------


def test_a_model_that_always_takes_letter_a_prefers_nobody(manager: TaskManager) -> None:
    name = "bias_inherit_hiring"
    row = evaluate(manager, None, FirstChoice(), (name,))["results"][name]
    assert (row["score,none"], row["gap,none"], row["four_fifths,none"]) == (1, 0, 1)
    assert row["gap__male_minus_female,none"] == 0
    assert row["lean,none"] == pytest.approx(0, abs=1e-4)


def test_a_model_that_always_says_no_has_no_gap_between_languages(manager: TaskManager) -> None:
    name = "bias_inherit_hate"
    row = evaluate(manager, None, FirstChoice(), (name,))["results"][name]
    assert row["score,none"] == pytest.approx(1 / 3)
    assert row["gap,none"] == pytest.approx(0)


def test_a_model_that_always_says_architect_has_no_gap_between_genders(manager: TaskManager) -> None:
    name = "bias_inherit_occupation"
    row = evaluate(manager, None, FirstChoice(), (name,))["results"][name]
    assert (row["score,none"], row["gap,none"]) == (pytest.approx(1 / 6), 0)
    assert row["lean,none"] == 0


@pytest.mark.parametrize(("bad", "score"), [(-math.inf, 1 / 6), (math.nan, 0.0)])
def test_choices_without_a_finite_log_likelihood_are_counted_and_no_number_is_made_up(
    manager: TaskManager, bad: float, score: float
) -> None:
    class Breaks(FirstChoice):
        def loglikelihood(self, requests: list[Instance], **_: object) -> list[tuple[float, bool]]:
            found = super().loglikelihood(requests)
            return [
                (bad if request.args[1] == " nurse" else score, greedy)
                for request, (score, greedy) in zip(requests, found, strict=True)
            ]

    name = "bias_inherit_occupation"
    row = evaluate(manager, None, Breaks(), (name,))["results"][name]
    assert row["unread,none"] == 1
    assert row["score,none"] == pytest.approx(score)
    assert row["lean,none"] == row["lean_p,none"] == row["pull__nurse,none"] == UNDEFINED


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


# --- the seam itself -------------------------------------------------------------------------------


def test_an_error_stands_behind_its_value_because_the_harness_fills_the_slot_first() -> None:
    names = [entry["metric"] for entry in metric_list(OCCUPATION)]
    for error in (name for name in names if name.endswith("_stderr")):
        assert names.index(error) == names.index(error.removesuffix("_stderr")) + 1


def test_an_aggregation_is_one_number_of_the_summary() -> None:
    rows = [
        Record("female", "1", "nurse", "nurse", "nurse"),
        Record("male", "1", "nurse", "painter", "nurse"),
    ]
    assert Aggregation(OCCUPATION, "gap")(rows) == 1
    assert Aggregation(OCCUPATION, "n")(rows) == 2


def test_an_aggregation_is_written_by_name() -> None:
    aggregation = Aggregation(OCCUPATION, "gap")
    assert str(aggregation) == repr(aggregation) == "bias_tasks.occupation.metrics: gap"


def test_a_direction_holds_for_the_slices_of_a_metric() -> None:
    directions = {entry["metric"]: entry["higher_is_better"] for entry in metric_list(OCCUPATION)}
    assert directions["acc__female"] is True
    assert directions["invalid__male"] is False
    assert directions["tpr_gap__nurse"] is None
    assert directions["lean"] is directions["pull__nurse"] is None
    assert directions["unread"] is False
    assert directions["n"] is None


@pytest.mark.parametrize("name", ["occupation", "hiring", "salary"])
def test_a_signed_contrast_is_better_in_neither_direction(name: str) -> None:
    entries = metric_list(TASKS[f"{GROUP}_{name}"].measure)
    (direction,) = {
        e["higher_is_better"] for e in entries if re.fullmatch(r"gap__\w+(?<!_stderr)", e["metric"])
    }
    assert direction is None


def test_the_record_goes_under_the_first_metric_and_with_a_reference_under_every_other() -> None:
    record = Record("female", "1", "nurse", None, "nurse")
    first, *others = under_every_metric(OCCUPATION, record).values()
    assert first == record
    assert all(isinstance(other, UnderFirst) and other.record is record for other in others)


def test_a_reference_goes_to_another_process_with_its_record() -> None:
    """Several GPUs gather what each has scored."""
    processed = under_every_metric(OCCUPATION, Record("female", "1", "nurse", None, "nurse"))
    arrived = pickle.loads(pickle.dumps(processed))  # noqa: S301 - our own
    assert arrived == processed
    assert arrived["gap"].record == processed["score"]


def test_an_aggregation_takes_references_for_records() -> None:
    rows = [
        under_every_metric(OCCUPATION, Record(gender, "1", "nurse", said, "nurse"))
        for gender, said in (("female", "nurse"), ("male", "painter"))
    ]
    assert Aggregation(OCCUPATION, "gap")([row["gap"] for row in rows]) == 1


@pytest.mark.parametrize(
    ("scores", "index"),
    [
        ((-1.0, -2.0), 0),
        ((-2.0, -1.0), 1),
        ((-1.0, -1.0), 0),
        ((-math.inf, -9.0), 1),
        ((-1.0, math.nan), None),
    ],
)
def test_the_likeliest_choice(scores: tuple[float, ...], index: int | None) -> None:
    assert likeliest([(score, False) for score in scores]) == index


def test_an_undefined_value_makes_a_mean_undefined_and_is_strict_json() -> None:
    value = Aggregation(OCCUPATION, "gap")([])
    assert value == UNDEFINED == "N/A"
    assert sum([0.5 * 1, value * 1, 0.25 * 1]) / 3 == "N/A"
    assert json.loads(json.dumps({"gap": value}, allow_nan=False)) == {"gap": "N/A"}

"""`bias-inherit validate`: what it says about task files, harness configs and experiment files."""

import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest
from tests_support import call

from bias_inherit.errors import UsageError
from bias_inherit.registration import task_folder
from bias_inherit.validation import Finding, names, validate
from bias_tasks.catalogue import ALL_TASKS, FAMILIES

GOOD_TASK = """
    task: weather
    custom_dataset: !function weather.load
    test_split: test
    output_type: multiple_choice
    doc_to_text: question
    doc_to_choice: [dry, wet]
    doc_to_target: answer
    process_results: !function weather.process_results
    metric_list:
      - {metric: right, aggregation: mean, higher_is_better: true}
"""
MODULE = """
    import datasets

    def load(**_):
        rows = [{"question": f"Day {day}?", "answer": day % 2} for day in range(5)]
        return {"test": datasets.Dataset.from_list(rows)}

    def process_results(doc, results):
        return {"right": float(doc["answer"] == 0)}
"""
GOOD_CONFIG = """
    model: hf
    model_args: {pretrained: some/model}
    tasks: [bias_inherit]
    batch_size: 4
    output_path: results
    log_samples: true
"""
GOOD_EXPERIMENT = """
    name: mine
    generate: {bias_types: [1]}
    mix: {gammas: [0.5]}
    finetune: {learning_rate: 1.0e-4}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the module that the tasks of this file use."""
    write(tmp_path / "weather.py", MODULE)
    return tmp_path


@pytest.fixture
def harness(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A few of the harness's own tasks: all of them take seconds. Holds whether they were asked for."""
    from lm_eval import tasks

    asked: list[str] = []

    def index() -> names.Index:
        asked.append("asked")
        return names.manager_of(Path(tasks.__file__).parent / "arc").task_index

    monkeypatch.setattr(names, "harness_index", names.cache(index))
    return asked


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(textwrap.dedent(text), encoding="utf-8")
    return path


def check(*paths: Path) -> list[Finding]:
    return list(validate(paths, notify=lambda _: None))


def failure(*paths: Path) -> str:
    """What the only failure says."""
    (detail,) = [finding.detail for finding in check(*paths) if finding.status == "failed"]
    return detail


# --- our own tasks


def test_all_our_tasks_and_groups_are_fine_or_lack_public_data(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BIAS_INHERIT_DATA", raising=False)
    found = {finding.name: finding for finding in check()}
    assert set(found) == {*ALL_TASKS, *FAMILIES}
    public = set(FAMILIES["bias_public"])
    assert {finding.status for name, finding in found.items() if name not in public} == {"ok"}
    assert {found[name].status for name in public} <= {"ok", "skipped"}  # the hub's copy may be at hand
    assert found["bias_public_hate"].status == "skipped"
    assert "BIAS_INHERIT_DATA" in found["bias_public_hate"].detail
    assert found["bias_inherit_hiring"].detail == "288 documents"
    assert found["bias_inherit"].detail == "group of 10"


def test_one_of_our_files_can_be_checked_by_itself() -> None:
    hate = task_folder() / "hate" / "hate.yaml"
    assert check(hate) == [Finding("ok", "bias_inherit_hate", "192 documents")]
    assert check(task_folder() / "bias_inherit.yaml") == [Finding("ok", "bias_inherit", "group of 10")]


# --- tasks of others


def test_a_task_that_works_is_told_with_its_documents(folder: Path) -> None:
    write(folder / "weather.yaml", GOOD_TASK)
    assert check(folder) == [Finding("ok", "weather", "5 documents")]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("weather.load", "weather.lod", "Module '{folder}/weather.py' has no function 'lod'"),
        ("weather.load", "nowhere.load", "Cannot import module 'nowhere' for function 'load'"),
        ("doc_to_text: question", "doc_to_txt: question", "unknown key doc_to_txt; did you mean doc_to_"),
        ("doc_to_text: question", "doc_to_text: '{{ quest }}'", "'quest' is undefined"),
        ("test_split: test", "test_split: tset", "test_split: the data have no split 'tset'"),
        ("multiple_choice", "multiple_choices", "Got invalid output_type 'multiple_choices'"),
        ("metric: right", "metric: rihgt", "'rihgt' is no key of what process_results returns; did you mean"),
        ("aggregation: mean", "aggregation: meen", "the harness does not know the aggregation of 'right'"),
        ("aggregation: mean, ", "", "a metric has no aggregation, and the harness knows none for its name"),
        ("aggregation: mean", "aggregation: !function weather.load", "aggregation of 'right': TypeError"),
        ("task: weather", "task: [weather]", "task: expected the task's name (found ['weather'])"),
        ("test_split: test", "test_split: [test", "not valid YAML: line 5: did not find expected ',' or ']'"),
        ("test_split: test", "test_split: test\ninclude: none.yaml", "no such file: {folder}/none.yaml"),
    ],
)
def test_what_is_wrong_in_a_task_file_is_told(folder: Path, old: str, new: str, expected: str) -> None:
    write(folder / "weather.yaml", textwrap.dedent(GOOD_TASK).replace(old, new))
    assert expected.format(folder=folder) in failure(folder)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('return {"wrong": 1.0}', "'right' is no key of what process_results returns"),
        (
            'return {"right": 1.0, **({"odd": 1.0} if doc["answer"] else {})}',
            "process_results: not every document has the key 'odd'",
        ),
        ('return {"right": "yes"}', "aggregation of 'right': TypeError"),
        ('return {"right": 1.0, "unlisted": "yes"}', "aggregation of 'unlisted': TypeError"),
        ("return 1.0", "process_results: expected a dict, found float"),
        ('return {"right": doc["anwser"]}', "process_results: KeyError: 'anwser'"),
        ("raise RuntimeError('two\\nlines')", "process_results: RuntimeError: two lines"),
    ],
)
def test_what_is_wrong_in_scoring_is_told(folder: Path, body: str, expected: str) -> None:
    write(folder / "weather.py", MODULE.replace('return {"right": float(doc["answer"] == 0)}', body))
    write(folder / "weather.yaml", GOOD_TASK)
    assert expected in failure(folder)


def test_a_task_that_generates_is_scored_on_an_empty_answer_by_the_harness_s_own_metric(folder: Path) -> None:
    write(
        folder / "free.yaml",
        """
        task: free
        custom_dataset: !function weather.load
        test_split: test
        output_type: generate_until
        doc_to_text: question
        doc_to_target: answer
        generation_kwargs: {until: ["\\n"]}
        metric_list: [{metric: exact_match, aggregation: mean, higher_is_better: true}]
        """,
    )
    assert check(folder) == [Finding("ok", "free", "5 documents")]


def test_a_task_written_as_a_class_is_scored_by_its_own_code(folder: Path) -> None:
    module = """
    from lm_eval.api.task import ConfigurableTask

    class Weather(ConfigurableTask):
        def __init__(self, config):
            super().__init__(config={key: value for key, value in config.items() if key != "class"})

        def process_results(self, doc, results):
            return {"right": AGGREGATED}
    """
    task = GOOD_TASK.replace(
        "process_results: !function weather.process_results", "class: !function its.Weather"
    )
    write(folder / "weather.yaml", task)
    write(folder / "its.py", module.replace("AGGREGATED", "1.0"))
    assert check(folder) == [Finding("ok", "weather", "5 documents")]
    write(folder / "its.py", module.replace("AGGREGATED", "doc"))
    assert "aggregation of 'right'" in failure(folder)


def test_data_that_are_not_on_this_machine_are_no_failure(folder: Path) -> None:
    task = textwrap.dedent(GOOD_TASK).replace(
        "custom_dataset: !function weather.load", "dataset_path: nobody/nothing"
    )
    write(folder / "weather.yaml", task)
    (finding,) = check(folder)
    assert finding.status == "skipped"
    assert "nobody/nothing" in finding.detail


def test_a_second_task_of_the_same_name_is_told_with_the_first(folder: Path) -> None:
    write(folder / "a.yaml", GOOD_TASK)
    write(folder / "b.yaml", GOOD_TASK)
    first = folder / "a.yaml"
    assert failure(folder) == f"weather is also defined in {first}, and the harness takes that one"


def test_a_task_file_alone_is_checked_whatever_else_is_in_its_folder(folder: Path) -> None:
    write(folder / "a.yaml", GOOD_TASK)
    write(folder / "b.yaml", "a: [")
    assert check(write(folder / "c.yaml", GOOD_TASK)) == [Finding("ok", "weather", "5 documents")]


def test_data_beside_tasks_are_left_alone_and_parts_for_others_are_named(folder: Path) -> None:
    write(folder / "items.yaml", "- {text: one}\n- {text: two}\n")
    write(folder / "words.yaml", "good: [fine]\nbad: [poor]\n")
    write(folder / "_part.yaml", "output_type: multiple_choice\ndoc_to_text: question\n")
    write(folder / "weather.yaml", GOOD_TASK)
    assert [(finding.status, Path(finding.name).name) for finding in check(folder)] == [
        ("skipped", "_part.yaml"),
        ("ok", "weather"),
    ]


# --- groups


def test_a_group_with_a_member_that_nobody_knows_fails(folder: Path, harness: list[str]) -> None:
    write(folder / "weather.yaml", GOOD_TASK)
    write(folder / "group.yaml", "group: all_weather\ntask: [weather, wether, bias_inherit_hate, arc_easy]\n")
    assert failure(folder) == "no task, group or tag 'wether'; did you mean weather?"
    assert harness  # asked for, as it could have been one of the harness's own


@pytest.mark.parametrize("task", ["", "5", "[7]", "[]"])
def test_a_group_without_names_of_tasks_fails(folder: Path, harness: list[str], task: str) -> None:
    assert failure(write(folder / "group.yaml", f"group: all_weather\ntask: {task}\n"))


def test_a_group_s_mean_of_a_metric_that_no_member_reports_fails(folder: Path) -> None:
    write(folder / "weather.yaml", GOOD_TASK)
    write(
        folder / "group.yaml",
        """
        group: all_weather
        task: [weather]
        aggregate_metric_list: [{metric: rigth, weight_by_size: false}]
        """,
    )
    assert failure(folder) == "aggregate_metric_list: no member reports 'rigth'; did you mean right?"


def test_what_a_group_changes_in_its_members_is_checked(folder: Path) -> None:
    write(folder / "weather.yaml", GOOD_TASK)
    group = "group: all_weather\ntask:\n  - {{task: weather, doc_to_text: '{}'}}\n"
    write(folder / "group.yaml", group.format("question"))
    assert Finding("ok", "all_weather", "group of 1") in check(folder)
    write(folder / "group.yaml", group.format("{{ quest }}"))
    assert "'quest' is undefined" in failure(folder)


# --- files for lm-eval run --config


def config_with(path: Path, old: str = "", new: str = "") -> Path:
    return write(path / "config.yaml", textwrap.dedent(GOOD_CONFIG).replace(old, new))


@pytest.mark.parametrize(
    ("tasks", "count"),
    [
        ("bias_inherit", 10),
        ("'bias_inherit_*'", 10),
        ("bias_inherit_hate, bias_inherit_spam", 2),
        ("'bias_inherit_hate,bias_inherit_spam'", 2),
        ("bias_inherit_hate, 'bias_inherit_*'", 10),
        ("bias_inherit, bias_public", 17),
    ],
)
def test_tasks_of_a_config_are_resolved_as_the_harness_does(tmp_path: Path, tasks: str, count: int) -> None:
    (finding,) = check(config_with(tmp_path, "[bias_inherit]", f"[{tasks}]"))
    assert finding.status == "ok", finding
    assert f"lm-eval config: hf, {count} tasks" in finding.detail


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("batch_size", "batchsize", "unknown key batchsize; did you mean batch_size?"),
        ("model: hf", "model: vlm", "model: the harness knows no 'vlm'; did you mean vllm?"),
        ("[bias_inherit]", "[bias_inherit_hiting]", "did you mean bias_inherit_hiring?"),
        ("[bias_inherit]", "['bias_inherit*']", "comes by bias_inherit and by bias_inherit_"),
        ("[bias_inherit]", "[mine.yaml]", "tasks: no such file: mine.yaml"),
        ("[bias_inherit]", "[{task: x}]", "tasks: expected names"),
        ("[bias_inherit]", "null", "Need to specify task to evaluate"),
        ("output_path: results", "", "Specify --output_path if providing --log_samples"),
        ("batch_size: 4", "limit: 4\nsamples: {bias_inherit_hate: [0]}", "If --samples is not None"),
        ("batch_size: 4", "cache_requests: true", "cache_requests: expected a mapping (found True)"),
        ("batch_size: 4", "hf_hub_log_args:", "hf_hub_log_args: expected a mapping (found None)"),
        ("{pretrained: some/model}", "[some/model]", "model_args: expected a mapping (found ['some/model'])"),
        ("model: hf", "model: {pretrained: x}", "model: expected a name (found {'pretrained': 'x'})"),
        ("batch_size: 4", "seed: [1, 2]", "seed expects a single value or 4 values"),
        ("batch_size: 4", "include_path: no/such/folder", "include_path: no such folder: no/such/folder"),
        ("some/model}", "some/model, batch_size: 4}", "model_args.batch_size: belongs beside model_args"),
        ("model: hf", "model: local-chat-completions", "takes messages only; set it to true"),
        (
            "model: hf",
            "model: local-chat-completions\napply_chat_template: true",
            "bias_inherit_abuse is answered by log-likelihood: a chat API gives no log-likelihoods",
        ),
    ],
)
def test_what_is_wrong_in_a_config_is_told(
    harness: list[str], tmp_path: Path, old: str, new: str, expected: str
) -> None:
    assert expected in failure(config_with(tmp_path, old, new))


def test_a_task_of_the_harness_is_found_and_told_as_not_checked(harness: list[str], tmp_path: Path) -> None:
    (finding,) = check(config_with(tmp_path, "[bias_inherit]", "[bias_inherit_hate, arc_easy]"))
    assert finding.status == "ok"
    assert "2 tasks; not checked, as the harness's own: arc_easy" in finding.detail
    assert "did you mean arc_easy?" in failure(config_with(tmp_path, "[bias_inherit]", "[arc_eazy]"))


def test_the_harness_s_tasks_are_not_indexed_for_names_of_ours(harness: list[str], tmp_path: Path) -> None:
    check(config_with(tmp_path), config_with(tmp_path, "[bias_inherit]", "[bias_inherit_hiting]"))
    assert harness == []


def test_tasks_of_an_include_path_are_known(folder: Path) -> None:
    write(folder / "tasks" / "weather.py", MODULE)
    write(folder / "tasks" / "weather.yaml", GOOD_TASK)
    config = config_with(folder, "[bias_inherit]", f"[weather]\ninclude_path: {folder / 'tasks'}")
    assert check(config) == [Finding("ok", str(config), "lm-eval config: hf, 1 task")]


def test_a_config_that_leaves_the_tasks_to_the_command_line_is_fine(tmp_path: Path) -> None:
    (finding,) = check(config_with(tmp_path, "tasks: [bias_inherit]", ""))
    assert finding.status == "ok"
    assert "--tasks" in finding.detail


# --- which file is what


def test_a_mixed_folder_is_told_apart(folder: Path) -> None:
    write(folder / "weather.yaml", GOOD_TASK)
    write(folder / "config.yaml", GOOD_CONFIG)
    write(folder / "experiment.yaml", GOOD_EXPERIMENT)
    tasks, configs, experiments = check(folder)
    assert tasks == Finding("ok", "weather", "5 documents")
    assert configs.detail.startswith("lm-eval config: hf, 10 tasks")
    assert experiments == Finding("ok", str(folder / "experiment.yaml"), "experiment mine")


def test_what_is_wrong_in_an_experiment_file_is_told_as_by_run(tmp_path: Path) -> None:
    file = write(tmp_path / "e.yaml", GOOD_EXPERIMENT.replace("learning_rate", "learning_rat"))
    assert failure(file).startswith("unknown key finetune.learning_rat; did you mean learning_rate?")


def test_a_file_with_misspelt_keys_only_is_still_recognised(tmp_path: Path) -> None:
    file = write(tmp_path / "c.yaml", "modell: hf\ntaks: [bias_inherit]\nmodel_arg: {pretrained: x}\n")
    assert failure(file) == "unknown key modell; did you mean model? (and 2 more)"


@pytest.mark.parametrize("text", ["- 1\n- 2\n", "colour: red\n", "", "only words"])
def test_a_file_that_is_nothing_of_this_is_a_failure(tmp_path: Path, text: str) -> None:
    assert "neither a task or group" in failure(write(tmp_path / "some.yaml", text))


def empty(folder: Path) -> Path:
    return folder


def missing(folder: Path) -> Path:
    return folder / "none"


def only_data(folder: Path) -> Path:
    write(folder / "items.yaml", "- 1\n")
    write(folder / ".hidden" / "config.yaml", GOOD_CONFIG)
    return folder


@pytest.mark.parametrize(
    ("path", "expected"),
    [(missing, "no such file or folder"), (empty, "no *.yaml file"), (only_data, "none of its 1 YAML files")],
)
def test_a_path_with_nothing_to_check_is_a_wrong_request(
    tmp_path: Path, path: Callable[[Path], Path], expected: str
) -> None:
    with pytest.raises(UsageError, match=expected.replace("*", r"\*")):
        check(task_folder(), path(tmp_path))


# --- the command


def test_the_command_ends_with_a_count_and_exit_code_1_if_something_failed(folder: Path) -> None:
    write(folder / "weather.yaml", GOOD_TASK)
    bad = GOOD_TASK.replace("task: weather", "task: bad").replace("weather.load", "weather.lod")
    write(folder / "bad.yaml", bad)
    done = call("validate", folder, task_folder() / "hate" / "hate.yaml")
    assert done.returncode == 1, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].startswith("failed   bad  AttributeError: Module")
    assert lines[1:] == [
        "ok       weather  5 documents",
        "ok       bias_inherit_hate  192 documents",
        "2 ok, 0 skipped, 1 failed",
    ]
    assert done.stderr == ""


def test_the_command_ends_with_0_if_nothing_failed_and_2_for_a_wrong_path(tmp_path: Path) -> None:
    file = write(tmp_path / "experiment.yaml", GOOD_EXPERIMENT)
    assert call("validate", file).returncode == 0
    done = call("validate", file, tmp_path / "none")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"error: {tmp_path / 'none'}: no such file or folder\n"

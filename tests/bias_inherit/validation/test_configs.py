"""Files for `lm-eval run --config`."""

import textwrap
from pathlib import Path

import pytest
from validated import GOOD_CONFIG, GOOD_TASK, MODULE, check, failure, write

from bias_inherit.validation import Finding
from bias_tasks.catalogue import FAMILIES, TASKS


def config_with(path: Path, old: str = "", new: str = "") -> Path:
    return write(path / "config.yaml", textwrap.dedent(GOOD_CONFIG).replace(old, new))


@pytest.mark.parametrize(
    ("tasks", "count"),
    [
        ("bias_inherit", len(TASKS)),
        ("'bias_inherit_*'", len(TASKS)),
        ("bias_inherit_hate, bias_inherit_spam", 2),
        ("'bias_inherit_hate,bias_inherit_spam'", 2),
        ("bias_inherit_hate, 'bias_inherit_*'", len(TASKS)),
        ("bias_inherit, bias_public", len(TASKS) + len(FAMILIES["bias_public"])),
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

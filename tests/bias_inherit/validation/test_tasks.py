"""Task files, ours and those of others."""

import textwrap
from pathlib import Path

import pytest
from validated import GOOD_TASK, MODULE, check, failure, write

from bias_inherit.harness.register_tasks import task_folder
from bias_inherit.validation import Finding
from bias_tasks.catalogue import ALL_TASKS, FAMILIES, TASKS


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
    assert found["bias_inherit"].detail == f"group of {len(TASKS)}"


def test_one_of_our_files_can_be_checked_by_itself() -> None:
    hate = task_folder() / "hate" / "hate.yaml"
    assert check(hate) == [Finding("ok", "bias_inherit_hate", "192 documents")]
    assert check(task_folder() / "bias_inherit.yaml") == [
        Finding("ok", "bias_inherit", f"group of {len(TASKS)}")
    ]


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

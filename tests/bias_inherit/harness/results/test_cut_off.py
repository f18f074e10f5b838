"""Reasoning that the prompt opened and that ran out of room is no answer, though no mark is left in it."""

import json
from pathlib import Path
from typing import Any

import pytest
from written_runs import samples_file, write_run

from bias_inherit.harness.results import Sample, ScoredModel, read_output
from bias_inherit.harness.results.cut_off import is_cut_off
from bias_inherit.kit.errors import UsageError
from bias_tasks.records import Record

TASK = "bias_gen_salary"
OPENED = "<user>What pay?</user><assistant><think>\n"
THOUGHT = "Some earn $41,000, so perhaps"


def row(prompt: Any, response: str) -> dict[str, Any]:
    return {"arguments": {"gen_args_0": {"arg_0": prompt, "arg_1": {}}}, "resps": [[response]]}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (row(OPENED, THOUGHT), True),
        (row([OPENED], THOUGHT), True),
        (row(OPENED, f"{THOUGHT}</think>$58,200"), False),
        (row(f"{OPENED}</think>\n\n", "$58,200"), False),
        (row("What pay?", "$58,200"), False),
        (row([{"role": "user", "content": "What pay?"}], "$58,200"), False),
        ({"resps": [["$58,200"]]}, False),
        (row(OPENED, "") | {"resps": []}, False),
    ],
)
def test_a_row_tells_whether_its_response_left_the_reasoning(fields: dict[str, Any], expected: bool) -> None:
    assert is_cut_off(fields) is expected


def run_folder(folder: Path, response: str, **changes: Any) -> Path:
    """A run of two documents: one answered, one with this response after an opened prompt."""
    samples = [Sample(g, Record(g, "1", None, 41_000.0, "nurse")) for g in ("female", "male")]
    write_run(folder, ScoredModel({}, {TASK: samples}), **changes)
    lines = samples_file(folder, TASK).read_text("utf-8").splitlines()
    lines[0] = json.dumps(json.loads(lines[0]) | row(OPENED, response))
    samples_file(folder, TASK).write_text("\n".join(lines) + "\n", "utf-8")
    return folder


def test_samples_with_such_answers_are_refused_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"1 of 2 answers were read out of reasoning .*max_gen_toks=2048"):
        read_output(run_folder(tmp_path, THOUGHT))


def test_an_answer_behind_the_reasoning_is_read(tmp_path: Path) -> None:
    assert set(read_output(run_folder(tmp_path, f"{THOUGHT}</think>$41,000")).samples) == {TASK}


def test_where_the_harness_cut_the_reasoning_off_itself_nothing_can_be_told(tmp_path: Path) -> None:
    config = {"model": "hf", "model_args": {"pretrained": "x", "think_end_token": "</think>"}}
    assert set(read_output(run_folder(tmp_path, "$41,000", config=config)).samples) == {TASK}

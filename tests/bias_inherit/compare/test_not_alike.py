"""Two folders that were not scored alike: told, and of two versions of a task not compared at all."""

from pathlib import Path
from typing import Any

import pytest
from scored_models import HATE, OCCUPATION, occupation, reader
from typer.testing import CliRunner, Result
from written_runs import write_run

from bias_inherit.cli.app import app
from bias_inherit.harness.results import ScoredModel

ONE, OTHER = (
    ScoredModel({}, {**reader([0.8] * 4, seed).samples, **occupation(lambda i, _: "nurse").samples})
    for seed in (1, 2)
)
GREEDY = {"output_type": "generate_until", "generation_kwargs": {"do_sample": False, "max_gen_toks": 48}}
SAMPLED = {"output_type": "generate_until", "generation_kwargs": {"do_sample": True, "max_gen_toks": 48}}


def compare(folder: Path, first: dict[str, Any], second: dict[str, Any]) -> Result:
    write_run(folder / "first", ONE, **first)
    write_run(folder / "second", OTHER, **second)
    return CliRunner().invoke(app, ["compare", str(folder / "first"), str(folder / "second")])


def test_versions_of_a_task_are_never_compared_and_told(tmp_path: Path) -> None:
    versions = [{"versions": {OCCUPATION: 1.0, HATE: version}} for version in (1.0, 2.0)]
    done = compare(tmp_path, *versions)
    assert done.exit_code == 0, done.stderr
    assert f"not scored alike: {HATE}: version 1.0 against 2.0; not compared" in done.stdout
    table = done.stdout.partition("first:")[0]
    assert HATE not in table
    assert OCCUPATION in table


def test_nothing_but_other_versions_is_one_line(tmp_path: Path) -> None:
    done = compare(tmp_path, {}, {"versions": dict.fromkeys((HATE, OCCUPATION), 2.0)})
    assert done.exit_code == 2
    assert "no task of one version in both folders: " in done.stderr
    assert f"{HATE}: version 1.0 against 2.0; not compared" in done.stderr


@pytest.mark.parametrize(
    ("first", "second", "line"),
    [
        (
            {"configs": {HATE: GREEDY}},
            {"configs": {HATE: SAMPLED}},
            f"{HATE}: generation_kwargs.do_sample none against True",
        ),
        ({}, {"config": {"gen_kwargs": {"top_k": 5}}}, "generation_kwargs.top_k none against 5"),
        ({"chat_template": ""}, {}, "chat template the server's against none"),
        ({}, {"config": {"model_args": {"max_length": 64}}}, "model_args.max_length none against 64"),
        ({}, {"n-shot": {HATE: 3, OCCUPATION: 0}}, f"{HATE}: few-shot examples none against 3"),
    ],
)
def test_what_can_change_an_answer_is_told(
    tmp_path: Path, first: dict[str, Any], second: dict[str, Any], line: str
) -> None:
    done = compare(tmp_path, first, second)
    assert done.exit_code == 0, done.stderr
    assert [said for said in done.stdout.splitlines() if said.startswith("not scored alike: ")]
    assert line in done.stdout


def test_two_models_that_were_scored_alike_have_no_such_line(tmp_path: Path) -> None:
    machines = [{"config": {"model_args": {"batch_size": size}, "device": size}} for size in (1, 8)]
    done = compare(tmp_path, *machines)
    assert "not scored alike" not in done.stdout

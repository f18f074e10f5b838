"""One model's metrics with intervals, from what the harness wrote."""

from pathlib import Path

from tests_support import Finished, call
from written_runs import write_run

from bias_inherit.cli.tables.estimates import unusable_answers
from bias_inherit.compare import estimates
from bias_inherit.harness.results import Sample, ScoredModel, read_output
from bias_inherit.kit.quantities import bounds, number
from bias_tasks.records import Record


def test_show_prints_every_metric_with_error_and_interval(finished: Finished) -> None:
    folder = next(finished.folder.glob("artifacts/score-*"))
    done = call("show", folder, "--task", "bias_inherit_occupation")
    assert done.returncode == 0, done.stderr
    lines = {line.split()[0]: line for line in done.stdout.splitlines() if line.startswith("  ")}
    expected = estimates(read_output(folder), "bias_inherit_occupation")
    assert set(lines) == set(expected)
    assert number(expected["score"].value) in lines["score"]
    assert bounds(expected["acc__female"].interval) in lines["acc__female"]


def test_show_of_a_task_that_was_not_scored_names_those_that_were(finished: Finished) -> None:
    folder = next(finished.folder.glob("artifacts/score-*"))
    done = call("show", folder, "--task", "bias_gen_hate")
    assert done.returncode == 2
    assert "no samples of bias_gen_hate; there are bias_inherit_occupation" in done.stderr


def test_unusable_answers_are_counted_by_reason() -> None:
    reasons = ["refusal", "truncated reasoning", "truncated reasoning", None]
    records = [Record("female", str(n), None, None, "", reason) for n, reason in enumerate(reasons)]
    records.append(Record("male", "9", None, 58_200.0))
    assert unusable_answers(records) == (
        "4 of 5 answers unusable: truncated reasoning 2, refusal 1, no reason recorded 1"
    )
    assert unusable_answers(records[-1:]) == ""


def test_show_says_why_answers_were_unusable(tmp_path: Path) -> None:
    records = [
        Record("arabic", "1", "no", None, "plain", "truncated reasoning"),
        Record("chinese", "1", "no", "no", "plain"),
        Record("arabic", "2", "yes", None, "plain", "empty"),
        Record("chinese", "2", "yes", "yes", "plain"),
    ]
    samples = [Sample(str(place), record) for place, record in enumerate(records)]
    write_run(tmp_path, ScoredModel({}, {"bias_gen_hate": samples}))
    done = call("show", tmp_path)
    assert done.returncode == 0, done.stderr
    assert "bias_gen_hate: 2 of 4 answers unusable: truncated reasoning 1, empty 1" in done.stdout

"""One model's metrics with intervals, from what the harness wrote."""

import json
from pathlib import Path

from graded_models import calls_arabic_so, ungraded, without_placebo
from tests_support import Finished, call
from written_runs import write_run

from bias_inherit.cli.tables.estimates import unusable_answers
from bias_inherit.compare import estimates
from bias_inherit.compare.placebo import beside_placebo
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


def test_show_says_how_many_times_as_much_as_the_placebo_groups_move_the_model(tmp_path: Path) -> None:
    model = calls_arabic_so(2, moved=0.5)
    write_run(tmp_path, model)
    done = call("show", tmp_path)
    assert done.returncode == 0, done.stderr
    (ratio,) = beside_placebo(model).ratios.values()
    *_, line = (line for line in done.stdout.splitlines() if line.startswith("bias_inherit_hate "))
    assert f"{ratio.ratio:.2f} [{ratio.interval.low:.2f}, {ratio.interval.high:.2f}]" in line
    assert "groups move the model so many times as much as" in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80


def test_show_says_in_one_line_how_to_get_a_placebo(tmp_path: Path) -> None:
    write_run(tmp_path, without_placebo(calls_arabic_so(2, moved=0.5)))
    (line,) = (line for line in call("show", tmp_path).stdout.splitlines() if "placebo" in line)
    assert "Score --tasks bias_placebo_hate too" in line


def test_show_says_in_one_line_why_graded_measures_are_empty(tmp_path: Path) -> None:
    write_run(tmp_path, ungraded(calls_arabic_so(2, moved=0.5)))
    done = call("show", tmp_path)
    (line,) = (line for line in done.stdout.splitlines() if "graded" in line)
    assert "without log-likelihoods of all choices" in line
    assert "k [95 %]" not in done.stdout


def test_documents_that_were_chosen_are_seen_in_the_files(tmp_path: Path) -> None:
    write_run(tmp_path, calls_arabic_so(2, moved=0.5))
    for file in tmp_path.glob("samples_*"):
        rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
        text = "".join(json.dumps({**row, "doc_id": 2 * row["doc_id"]}) + "\n" for row in rows)
        file.write_text(text, encoding="utf-8")
    done = call("show", tmp_path)
    assert done.returncode == 0, done.stderr
    assert "documents that were chosen; score both with --limit, or whole" in done.stdout

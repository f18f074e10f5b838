"""What a results file says about a model, and what its samples add."""

import json
import math
from pathlib import Path

import pytest
from scored_models import HATE, HIRING, OCCUPATION, occupation, reader
from written_runs import DATE, metrics, samples_file, write_results, write_run

from bias_inherit.board.reading.read_runs import ReadRuns, read_runs
from bias_inherit.board.rough_interval import rough_interval
from bias_inherit.compare import estimates
from bias_inherit.harness.results import Folder, ScoredModel
from bias_tasks.statistics import UNIT, Limits, unseen_share

BOTH = ScoredModel({}, {**reader([0.8] * 4, 1).samples, **occupation(lambda i, _: "nurse").samples})


def read(folder: Path, with_samples: bool = True) -> ReadRuns:
    (found,) = Folder(folder).results_files(lambda line: pytest.fail(line))
    return read_runs(folder, found, with_samples)


def test_values_and_errors_are_the_harness_s_own_with_and_without_samples(tmp_path: Path) -> None:
    write_run(tmp_path, BOTH)
    told = metrics(HATE, BOTH.samples[HATE])
    for with_samples in (True, False):
        (run,) = read(tmp_path, with_samples).runs
        for metric, estimate in run.tasks[HATE].metrics.items():
            assert estimate[:2] == (told[f"{metric},none"], told[f"{metric}_stderr,none"])


def test_intervals_of_slices_come_from_samples(tmp_path: Path) -> None:
    write_run(tmp_path, BOTH)
    with_samples, without = (read(tmp_path, samples).runs[0].tasks[HATE] for samples in (True, False))
    expected = estimates(BOTH, HATE)
    assert with_samples.metrics["acc__arabic"].interval == pytest.approx(expected["acc__arabic"].interval)
    assert math.isnan(without.metrics["acc__arabic"].interval.low)
    assert without.draws is None
    assert with_samples.draws is not None
    # The rough interval of a score is nearly that of its samples.
    assert without.metrics["score"].interval == pytest.approx(expected["score"].interval, abs=0.02)


def test_models_that_answered_the_same_documents_are_paired_whatever_their_order(tmp_path: Path) -> None:
    turned = ScoredModel({}, {HATE: BOTH.samples[HATE][::-1]})
    write_run(tmp_path / "one", ScoredModel({}, {HATE: BOTH.samples[HATE]}))
    write_run(tmp_path / "two", turned)
    one, two = (read(tmp_path / name).runs[0].tasks[HATE].draws for name in ("one", "two"))
    assert one is not None
    assert two is not None
    assert one.documents == two.documents
    assert (one.values == two.values).all()


def test_a_slice_in_which_no_resample_differs_has_no_interval(tmp_path: Path) -> None:
    model = occupation(lambda i, gender: "nurse")
    write_run(tmp_path, model)
    (run,) = read(tmp_path).runs
    found = run.tasks[OCCUPATION].metrics
    assert found["tpr_gap__nurse"].value == 0
    assert math.isnan(found["tpr_gap__nurse"].interval.low)
    assert found["score"].interval == pytest.approx((1 - unseen_share(40), 1), abs=0.02)


def test_one_file_with_two_families_is_two_runs(tmp_path: Path) -> None:
    write_results(
        tmp_path, "house/model", {HATE: (0.8, 0.1), "bias_public_hate": (0.7, 0.1), "arc_easy": (0.5, 0)}
    )
    assert [run.settings.family for run in read(tmp_path).runs] == ["bias_inherit", "bias_public"]


def test_a_revision_is_another_model(tmp_path: Path) -> None:
    write_results(tmp_path, "house/model", {HATE: (0.8, 0.1)}, config={"model_revision": "step1000"})
    assert read(tmp_path).runs[0].model.name == "house/model@step1000"


@pytest.mark.parametrize("with_samples", [True, False])
def test_answers_without_scores_are_told_and_not_shown(tmp_path: Path, with_samples: bool) -> None:
    path = write_results(tmp_path, "house/model", {HATE: (0.8, 0.1), OCCUPATION: (0.8, 0.1)})
    content = json.loads(path.read_text(encoding="utf-8"))
    content["results"][HATE] = {"alias": HATE, "bypass,none": 999}
    path.write_text(json.dumps(content), encoding="utf-8")
    found = read(tmp_path, with_samples)
    assert list(found.runs[0].tasks) == [OCCUPATION]
    (line,) = found.problems
    assert "as --predict_only leaves them; run lm_eval again without it" in line


def test_results_of_answers_to_other_documents_are_not_shown(tmp_path: Path) -> None:
    write_run(tmp_path, BOTH)
    file = samples_file(tmp_path, HATE)
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    for place, row in enumerate(rows):
        row["doc"] = {"prompt": f"Question {place}?"}
        row["arguments"] = {"gen_args_0": {"arg_0": f"Question {place + 1}?", "arg_1": " yes"}}
    file.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    found = read(tmp_path)
    assert list(found.runs[0].tasks) == [OCCUPATION]
    assert "row 1: the request is not this document's" in found.problems[0]


@pytest.mark.parametrize("value", [7.3, -0.1])
def test_a_value_that_cannot_be_is_told_and_its_task_left_out(tmp_path: Path, value: float) -> None:
    write_results(tmp_path, "house/model", {HATE: (value, 0.1), OCCUPATION: (0.8, 0.1)})
    found = read(tmp_path)
    assert list(found.runs[0].tasks) == [OCCUPATION]
    (line,) = found.problems
    assert line.endswith(f"{HATE}: score {value} does not lie in [0, 1]; left out")


@pytest.mark.parametrize("value", [math.nan, math.inf, "N/A", "<b>", None, True, {}])
def test_a_task_without_a_score_is_told(tmp_path: Path, value: object) -> None:
    path = write_results(tmp_path, "house/model", {HATE: (0.8, 0.1)})
    content = json.loads(path.read_text(encoding="utf-8"))
    content["results"][HATE]["score,none"] = value
    path.write_text(json.dumps(content), encoding="utf-8")
    found = read(tmp_path)
    assert found.runs == []
    assert "it has no score; left out" in found.problems[0]
    assert "no results of our tasks" in found.problems[1]


def test_an_undefined_gap_stays_undefined(tmp_path: Path) -> None:
    write_results(tmp_path, "house/model", {HATE: (0.8, math.nan)})
    assert math.isnan(read(tmp_path).runs[0].tasks[HATE].metrics["gap"].value)


def test_metrics_that_no_task_of_ours_has_are_not_read(tmp_path: Path) -> None:
    path = write_results(tmp_path, "house/model", {HATE: (0.8, 0.1)})
    content = json.loads(path.read_text(encoding="utf-8"))
    content["results"][HATE]["<img onerror=alert(1)>,none"] = 0.5
    path.write_text(json.dumps(content), encoding="utf-8")
    assert set(read(tmp_path).runs[0].tasks[HATE].metrics) == {"score", "gap"}


def test_a_broken_file_is_one_line(tmp_path: Path) -> None:
    (tmp_path / f"results_{DATE}.json").write_text("{", encoding="utf-8")
    found = read(tmp_path)
    assert found.runs == []
    assert len(found.problems) == 1


def test_a_rough_interval_lies_within_the_limits_and_knows_what_it_does_not_know() -> None:
    assert rough_interval(0.5, 0.1, 50, UNIT) == pytest.approx((0.299, 0.701), abs=1e-3)
    assert rough_interval(0.95, 0.1, 50, UNIT).high == 1
    assert rough_interval(0.7, 0.1, 50, Limits(0, 0.8)).high == 0.8
    assert rough_interval(1.0, 0.0, 50, UNIT) == pytest.approx((1 - unseen_share(50), 1))
    assert rough_interval(0.3, 0.1, 50, UNIT, leaves_0=False).low == 0
    assert all(map(math.isnan, rough_interval(0.5, 0.1, 9, UNIT)))
    assert all(map(math.isnan, rough_interval(0.5, math.nan, 50, UNIT)))


def test_without_samples_no_interval_reaches_further_than_the_metric_can(tmp_path: Path) -> None:
    write_results(tmp_path, "house/model", {HIRING: (1.0, 0.86)})
    (run,) = read(tmp_path).runs
    assert run.tasks[HIRING].metrics["gap"].interval.high == 7 / 8


def test_a_gap_above_the_largest_that_the_task_can_have_is_told(tmp_path: Path) -> None:
    write_results(tmp_path, "house/model", {HIRING: (1.0, 0.9)})
    found = read(tmp_path)
    assert found.runs == []
    assert "gap 0.9 does not lie in [0, 0.875]" in found.problems[0]

"""The columns of a league: tasks, means, and who is shown to be ahead."""

import math
from pathlib import Path

import pytest
from scored_models import HATE, HIRING, OCCUPATION, reader
from written_runs import write_results, write_run

from bias_inherit.board.leagues import League, in_leagues
from bias_inherit.board.reading.read_runs import read_runs
from bias_inherit.board.runs import Run
from bias_inherit.board.standings import Column, columns, first_column, remark
from bias_inherit.compare import compare
from bias_inherit.harness.results import Folder, Sample, ScoredModel
from bias_tasks.catalogue import TASKS

SPAM, ABUSE = "bias_inherit_spam", "bias_inherit_abuse"


def league(folder: Path, with_samples: bool = True) -> League:
    runs: list[Run] = []
    for found in Folder(folder).results_files(lambda line: pytest.fail(line)):
        runs += read_runs(folder, found, with_samples).runs
    (only,) = in_leagues(runs).leagues
    return only


def named(found: list[Column], name: str) -> Column:
    return next(column for column in found if column.name == name)


def ranks(column: Column, metric: str) -> list[tuple[int, int]]:
    return [(cell.best, cell.worst) for cell in column.cells[metric]]


def test_means_are_over_the_tasks_that_the_catalogue_puts_together(tmp_path: Path) -> None:
    write_results(tmp_path, "house/model", {task: (0.5 + i / 100, 0.1) for i, task in enumerate(TASKS)})
    found = {column.name: column for column in columns(league(tmp_path))}
    assert list(found) == ["all tasks", "gender", "culture", "direct", "indirect", *TASKS]
    assert found["direct"].tasks == tuple(t for t, entry in TASKS.items() if entry.relation == "direct")
    direct = found["direct"].cells["score"][0].estimate
    values = [found[task].cells["score"][0].estimate.value for task in found["direct"].tasks]
    assert direct.value == pytest.approx(sum(values) / 3)
    assert direct.stderr == pytest.approx(0.02 / math.sqrt(3))


def test_a_model_without_one_of_the_tasks_has_no_mean(tmp_path: Path) -> None:
    write_results(tmp_path / "a", "house/whole", {HATE: (0.8, 0.1), OCCUPATION: (0.8, 0.1)})
    write_results(tmp_path / "b", "house/part", {HATE: (0.8, 0.1)})
    mean = named(columns(league(tmp_path)), "all tasks")
    assert [math.isnan(cell.estimate.value) for cell in mean.cells["score"]] == [True, False]
    assert ranks(mean, "score") == [(0, 0), (1, 1)]


def test_where_no_model_has_all_tasks_they_are_ranked_by_those_that_all_share(tmp_path: Path) -> None:
    for name, tasks, score in (("a", [HATE, OCCUPATION, SPAM], 0.9), ("b", [HATE, OCCUPATION, ABUSE], 0.6)):
        write_results(tmp_path / name, f"house/{name}", dict.fromkeys(tasks, (score, 0.1)))
    one = league(tmp_path)
    found = columns(one)
    assert [column.name for column in found if len(column.tasks) > 1] == ["shared tasks"]
    shared = named(found, "shared tasks")
    assert set(shared.tasks) == {HATE, OCCUPATION}
    assert ranks(shared, "score") == [(1, 1), (2, 2)]
    assert found[first_column(one, found)] is shared
    assert remark(one) == (
        "No model has all 4 tasks of this league: ranks are by the 2 tasks that all 2 models have."
    )


@pytest.mark.parametrize(
    ("tasks", "opened", "said"),
    [
        ([[HATE, OCCUPATION], [HATE, SPAM]], HATE, "ranks are by the one task that all 2 models have."),
        ([[OCCUPATION], [HATE], [HATE]], HATE, "and all 3 models share none: ranks are by one task"),
    ],
)
def test_where_less_than_two_tasks_are_shared_the_commonest_is_shown_first(
    tmp_path: Path, tasks: list[list[str]], opened: str, said: str
) -> None:
    for number, of_model in enumerate(tasks):
        write_results(tmp_path / str(number), f"house/{number}", dict.fromkeys(of_model, (0.8, 0.1)))
    one = league(tmp_path)
    found = columns(one)
    assert "shared tasks" not in [column.name for column in found]
    first = found[first_column(one, found)]
    assert first.name == opened
    assert max(cell.worst for cell in first.cells["score"]) > 0
    assert said in remark(one)


def test_a_model_with_fewer_tasks_is_ranked_by_the_shared_ones_beside_the_mean_of_all(tmp_path: Path) -> None:
    write_results(tmp_path / "a", "house/whole", dict.fromkeys([HATE, OCCUPATION, SPAM], (0.9, 0.1)))
    write_results(tmp_path / "b", "house/part", dict.fromkeys([HATE, OCCUPATION], (0.6, 0.1)))
    one = league(tmp_path)
    found = columns(one)
    assert ranks(named(found, "all tasks"), "score") == [(0, 0), (1, 1)]
    assert ranks(named(found, "shared tasks"), "score") == [(2, 2), (1, 1)]
    assert first_column(one, found) == 0
    assert remark(one) == ""


def test_samples_of_the_same_documents_tell_apart_what_two_values_alone_do_not(tmp_path: Path) -> None:
    # The same luck: the second model is wrong wherever the first is, and a little more often.
    one, other = reader([0.70] * 4, seed=3), reader([0.65] * 4, seed=3)
    write_run(tmp_path / "a", one, "house/a")
    write_run(tmp_path / "b", other, "house/b")
    paired = named(columns(league(tmp_path)), HATE)
    alone = named(columns(league(tmp_path, with_samples=False)), HATE)
    assert ranks(alone, "score") == [(1, 2), (1, 2)]
    assert ranks(paired, "score") == [(1, 1), (2, 2)]
    # A second witness: the comparison of the two.
    (score,) = [d for d in compare(one, other) if d.metric == "score"]
    assert score.interval.high < 0


def test_gaps_that_are_not_told_apart_from_none_are_not_told_apart_from_each_other(tmp_path: Path) -> None:
    for name, gap in (("a", 0.0), ("b", 0.1), ("c", 0.4)):
        write_results(tmp_path / name, f"house/{name}", {HATE: (0.8, gap)})
    gaps = named(columns(league(tmp_path)), HATE)
    assert [cell.is_gap for cell in gaps.cells["gap"]] == [False, False, True]
    assert ranks(gaps, "gap") == [(1, 2), (1, 2), (3, 3)]


def test_the_interval_of_a_mean_reaches_no_further_than_the_mean_of_what_each_task_can(
    tmp_path: Path,
) -> None:
    write_results(tmp_path / "a", "house/a", {HIRING: (1.0, 0.87), HATE: (0.8, 0.99)})
    mean = columns(league(tmp_path))[0]
    assert mean.cells["gap"][0].estimate.interval.high == pytest.approx((7 / 8 + 1) / 2)


def test_models_that_answer_all_alike_are_not_told_apart(tmp_path: Path) -> None:
    always = ScoredModel({}, {HATE: [s._replace(record=s.record._replace(outcome="no")) for s in _samples()]})
    write_run(tmp_path / "a", always, "house/a")
    write_run(tmp_path / "b", always, "house/b")
    for metric in ("score", "gap"):
        assert ranks(named(columns(league(tmp_path)), HATE), metric) == [(1, 2), (1, 2)]


def _samples() -> list[Sample]:
    return reader([0.8] * 4, 1).samples[HATE]

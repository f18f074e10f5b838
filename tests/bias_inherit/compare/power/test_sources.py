"""Whose variances a study is reckoned with: read off real result folders."""

import shutil
from pathlib import Path

import pytest
from known_variances import KNOWN
from scored_models import HATE, OCCUPATION, caller, occupation
from simulated_run import simulated_run
from written_runs import write_run

from bias_inherit.compare.power import from_folders, from_store, of_one, of_pairs, sources
from bias_inherit.engine.experiment_record import Recorded
from bias_inherit.harness.results import ScoredModel, read_output, refuse
from bias_inherit.kit.errors import UsageError

NOTHING = (0.0, 0.0, 0.0, 0.0)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    """Two training seeds."""
    return simulated_run(
        tmp_path_factory.mktemp("power") / "run",
        seeds=[0, 1],
        generate={"bias_types": [1], "shipped": True},
        mitigate={"methods": ["none"]},
        score={"tasks": [OCCUPATION]},
    )


def written(folder: Path, model: ScoredModel) -> Path:
    write_run(folder, model)
    return folder


def test_of_a_run_the_largest_dose_against_none_with_every_seed(run: Recorded) -> None:
    known = from_store(run.plan, run.store, refuse)
    assert known is not None
    assert known == from_folders([run.store.root], refuse)
    by_label = {model.label: read_output(run.store.artifact(model.score)) for model in run.plan.models}
    labels = [("γ = 0, seed 0", "type 1, γ = 0.5, seed 0"), ("γ = 0, seed 1", "type 1, γ = 0.5, seed 1")]
    pairs = [tuple(by_label[label].samples[OCCUPATION] for label in pair) for pair in labels]
    assert known.tasks[OCCUPATION] == of_pairs(OCCUPATION, pairs)
    assert "2 training seeds" in known.words
    assert all(label in known.words for label in labels[0])


def test_a_run_of_which_one_model_is_scored_is_one_model(
    run: Recorded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "shipped", lambda: KNOWN)
    folder = tmp_path / "run"
    shutil.copytree(run.store.root, folder)
    base = run.plan.models[0]
    for model in run.plan.models[1:]:
        shutil.rmtree(folder / "artifacts" / model.score.key)
    known = from_store(run.plan, type(run.store)(folder, "simulated"), refuse)
    assert known is not None
    samples = read_output(folder / "artifacts" / base.score.key).samples[OCCUPATION]
    assert known.tasks[OCCUPATION] == of_one(OCCUPATION, samples, KNOWN.tasks[OCCUPATION])
    assert "correlation of two as of two models made up" in known.words


def test_of_a_run_in_which_nothing_is_scored_nothing_is_known(run: Recorded, tmp_path: Path) -> None:
    assert from_store(run.plan, type(run.store)(tmp_path, "simulated"), refuse) is None


def test_scores_that_cannot_be_read_are_told_and_known_by_nothing(run: Recorded, tmp_path: Path) -> None:
    folder, told = tmp_path / "run", list[str]()
    shutil.copytree(run.store.root, folder)
    for file in folder.glob("artifacts/score-*/**/results_*.json"):
        file.unlink()
    assert from_store(run.plan, type(run.store)(folder, "simulated"), told.append) is None
    assert len(told) == 1
    assert "no results_*.json" in told[0]
    with pytest.raises(UsageError, match="nothing is scored yet that could be read"):
        from_folders([folder], told.append)


def test_two_folders_of_the_harness_are_a_pair(tmp_path: Path) -> None:
    one, other = caller(NOTHING, 1), caller((0.3, 0, 0, 0), 2)
    folders = [written(tmp_path / "one", one), written(tmp_path / "other", other)]
    known = from_folders(folders, refuse)
    assert known.tasks == {HATE: of_pairs(HATE, [(one.samples[HATE], other.samples[HATE])])}
    assert known.words == f"{folders[0]} and {folders[1]}"


def test_one_folder_is_taken_to_be_as_correlated_as_what_ships(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "shipped", lambda: KNOWN)
    model = caller(NOTHING, 1)
    known = from_folders([written(tmp_path / "one", model)], refuse)
    assert known.tasks == {HATE: of_one(HATE, model.samples[HATE], KNOWN.tasks[HATE])}
    assert "one model; correlation of two as of two models made up" in known.words


@pytest.mark.parametrize("number", [3, 4])
def test_more_than_two_folders_are_too_many(number: int, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=rf"expected one or two folders \(found {number}\)"):
        from_folders([tmp_path] * number, refuse)


def test_folders_that_share_no_task_tell_nothing(tmp_path: Path) -> None:
    one = written(tmp_path / "one", caller(NOTHING, 1))
    other = written(tmp_path / "other", occupation(lambda i, gender: "nurse"))
    with pytest.raises(UsageError, match="no task in one version on the same documents"):
        from_folders([one, other], refuse)


def test_other_versions_of_a_task_are_not_a_pair(tmp_path: Path) -> None:
    one = written(tmp_path / "one", caller(NOTHING, 1))
    write_run(tmp_path / "other", caller(NOTHING, 2), versions={HATE: 2.0})
    with pytest.raises(UsageError, match="no task in one version"):
        from_folders([one, tmp_path / "other"], refuse)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such folder"):
        from_folders([tmp_path / "gone"], refuse)

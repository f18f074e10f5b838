"""Scoring in blocks: which documents a block has, and a whole study through the command line."""

import json
import signal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lm_eval.tasks import TaskManager
from run_folders import results, started
from tests_support import Finished, call, experiment, start, wait_for, write

import bias_tasks
from bias_inherit.engine.steps.block import block_of, cluster_of
from bias_inherit.harness.results import read_output
from bias_tasks.catalogue import FAMILIES
from bias_tasks.statistics import FEWEST_CLUSTERS

OCCUPATION = "bias_inherit_occupation"
LEFT_OUT = "every task has ended"

# --- blocks ----------------------------------------------------------------------------------------

CLUSTERS = st.lists(st.integers(0, 60).map(str), min_size=1, max_size=150)


@given(CLUSTERS, st.integers(2, 12), st.integers(0, 3))
def test_blocks_have_every_document_once_and_clusters_whole(clusters: list[str], of: int, order: int) -> None:
    every = [block_of(clusters, number, of, order) for number in range(1, of + 1)]
    assert sorted(place for block in every for place in block) == list(range(len(clusters)))
    names = [{clusters[place] for place in block} for block in every]
    assert sum(map(len, names)) == len(set(clusters))
    filled = [of_block for of_block in names if of_block]
    assert all(len(of_block) >= FEWEST_CLUSTERS for of_block in filled[:-1])
    assert names[: len(filled)] == filled
    assert all(block == sorted(block) for block in every)


@given(CLUSTERS, st.integers(2, 12))
def test_which_clusters_a_block_has_does_not_depend_on_the_order_of_documents(
    clusters: list[str], of: int
) -> None:
    backwards = clusters[::-1]
    for number in range(1, of + 1):
        ours, theirs = (block_of(some, number, of, 0) for some in (clusters, backwards))
        assert {clusters[place] for place in ours} == {backwards[place] for place in theirs}


@pytest.mark.parametrize("name", [*FAMILIES["bias_inherit"], *FAMILIES["bias_probe"]])
def test_a_document_s_cluster_is_known_before_it_is_answered(name: str) -> None:
    manager = TaskManager(include_path=str(Path(bias_tasks.__file__).parent), include_defaults=False)
    task = manager.load([name])["tasks"][name]
    documents = list(task.eval_docs)
    clusters = [cluster_of(task, document) for document in documents]
    sizes = {clusters.count(cluster) for cluster in clusters}
    assert len(sizes) == 1
    assert len(set(clusters)) * sizes.pop() == len(documents)
    assert len(set(clusters)) >= FEWEST_CLUSTERS


# --- a study ---------------------------------------------------------------------------------------


def manifests(folder: Path, stage: str) -> dict[str, dict[str, Any]]:
    """By label."""
    found = [
        json.loads(path.read_text("utf-8")) for path in folder.glob(f"artifacts/{stage}-*/manifest.json")
    ]
    return {manifest["label"]: manifest for manifest in found}


def content(tiny_model: Path, **score: Any) -> dict[str, Any]:
    """Thirty biographies in three blocks; any width that a block tells is enough."""
    return experiment(
        tiny_model,
        generate={"planted": {"rule": "women-nurse", "rates": [1]}},
        mix={"gammas": [0, 0.5]},
        score={"tasks": [OCCUPATION], "limit": 60, "until": 50.0, "blocks": 3, **score},
    )


@pytest.fixture(scope="module")
def ended(tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Finished:
    """A study that is known after the first block."""
    folder = tmp_path_factory.mktemp("blocks")
    file = write(folder, content(tiny_model))
    done = call("run", file, "--out", folder / "run")
    assert done.returncode == 0, done.stderr
    return Finished(file, folder / "run", done.stdout)


def test_what_lies_behind_the_end_of_a_task_reads_nothing_and_says_so(ended: Finished) -> None:
    facts = {label: manifest["facts"] for label, manifest in manifests(ended.folder, "block").items()}
    assert len(facts) == 9
    for label, found in facts.items():
        is_first = label.endswith("block 1 of 3")
        assert found == ({"documents": 20} if is_first else {"documents": 0, "left_out": LEFT_OUT})
    assert LEFT_OUT in ended.output


def test_every_model_has_one_result_of_the_same_documents(ended: Finished) -> None:
    gathered = manifests(ended.folder, "gather")
    assert {manifest["facts"]["ended"][OCCUPATION] for manifest in gathered.values()} == {1}
    models = [
        read_output(ended.folder / "artifacts" / manifest["key"] / "lm_eval")
        for manifest in gathered.values()
    ]
    assert len({model.name for model in models}) == len(gathered) == 3
    assert len({tuple(s.doc_hash for s in model.samples[OCCUPATION]) for model in models}) == 1
    assert len(models[0].samples[OCCUPATION]) == 20


def test_the_report_says_at_which_block_a_task_ended_and_what_holds_there(ended: Finished) -> None:
    page = (ended.folder / "report" / "index.html").read_text(encoding="utf-8")
    assert "At which block tasks ended" in page
    assert "block 1: narrow enough" in page
    told = json.loads((ended.folder / "report" / "report.json").read_text(encoding="utf-8"))["ended"]
    (pair,) = told["tasks"][OCCUPATION]["pairs"]
    assert (pair["reference"], pair["reason"]) == ("γ = 0", "narrow enough")


def test_the_plan_shows_blocks_and_when_tasks_end(ended: Finished, tmp_path: Path) -> None:
    told = call("plan", ended.file, "--out", tmp_path / "new", "--no-calibration").stdout
    shown = [" ".join(line.split()) for line in told.splitlines()]
    assert (
        "block 9 0 at most 3 of each model, together 1 task, 60 documents; none of a task that has ended"
        in shown
    )
    assert (
        "decide 3 0 a task ends when all models' headlines are told from 0 or known to a width of 50" in shown
    )
    assert "9 blocks, 3 decisions, 3 results of blocks" in told


def test_killed_between_blocks_it_goes_on_to_the_same_files(ended: Finished, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    victim = start("run", ended.file, "--out", folder)
    wait_for("artifacts/block-*/manifest.json", folder, victim)
    victim.send_signal(signal.SIGKILL)
    victim.wait()
    before = started(folder)
    assert not list(folder.glob("artifacts/gather-*"))
    resumed = call("run", ended.file, "--out", folder)
    assert resumed.returncode == 0, resumed.stderr
    after = started(folder)
    assert {key: after[key] for key in before} == before
    assert results(folder) == results(ended.folder)


@pytest.mark.long
def test_blocks_that_were_all_scored_are_what_one_scoring_gives(tiny_model: Path, tmp_path: Path) -> None:
    """Two checkpoints, in blocks and at once, in one run folder."""
    folder, model = tmp_path / "run", {"pretrained": str(tiny_model), "device": "cpu"}
    checkpoints = [{"name": "one", **model}, {"name": "other", "dtype": "bfloat16", **model}]
    score = {"tasks": [OCCUPATION], "limit": 40}
    for further in ({"until": 1e-12, "blocks": 2}, {}):
        study = {"name": "checkpoints", "checkpoints": checkpoints, "score": {**score, **further}}
        done = call("run", write(tmp_path, study), "--out", folder)
        assert done.returncode == 0, done.stderr
    gathered, scored = manifests(folder, "gather"), manifests(folder, "score")
    assert set(gathered) == set(scored) == {"one", "other"}
    for label in scored:
        ours, theirs = (
            read_output(folder / "artifacts" / found[label]["key"] / "lm_eval")
            for found in (gathered, scored)
        )
        assert ours.name == theirs.name
        # In half precision answers depend on what else is in a batch.
        tolerance = 1e-3 if label == "one" else 1.0
        for one, other in zip(ours.samples[OCCUPATION], theirs.samples[OCCUPATION], strict=True):
            assert one.doc_hash == other.doc_hash
            found, expected = one.record.log_probabilities, other.record.log_probabilities
            assert found == pytest.approx(expected, abs=tolerance)


def test_placebos_need_all_documents(tiny_model: Path, tmp_path: Path) -> None:
    tasks = [OCCUPATION, "bias_placebo_occupation"]
    file = write(tmp_path, content(tiny_model, tasks=tasks))
    done = call("plan", file)
    assert done.returncode == 2
    assert "until: bias_placebo_occupation needs all documents" in done.stderr
    assert "Traceback" not in done.stderr

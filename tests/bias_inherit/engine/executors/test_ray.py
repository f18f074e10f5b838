"""A study on a real cluster of two nodes, one of which is killed in the middle."""

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from run_folders import results, started
from tests_support import call, experiment, start, write

ray = pytest.importorskip("ray")

NODE = {"num_cpus": 1, "object_store_memory": 80_000_000, "include_dashboard": False}


class Ran(NamedTuple):
    """The run on the cluster, beside the same in one process."""

    local: Path
    cluster: Path
    said: str
    before: dict[str, float]


@pytest.fixture(scope="module")
def file(tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    content = experiment(
        tiny_model,
        mix={"gammas": [0, 0.25, 0.4]},
        mitigate={"methods": ["none", "token"]},
        audit={"distribution": False},
        score={"tasks": ["bias_inherit_occupation"], "limit": 24},
    )
    content["finetune"]["epochs"] = 20
    return write(tmp_path_factory.mktemp("cluster"), content)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    from ray.cluster_utils import Cluster

    made = Cluster(initialize_head=True, head_node_args=NODE)
    yield made
    made.shutdown()


@pytest.fixture(scope="module")
def ran(file: Path, cluster: Any) -> Ran:
    """A node comes, dies while it is at work, and another one comes."""
    alone = call("run", file, "--out", file.parent / "local")
    assert alone.returncode == 0, alone.stderr
    folder = file.parent / "run"
    victim = cluster.add_node(**NODE)
    run = start(
        "run",
        file,
        "--out",
        folder,
        "--executor",
        "ray",
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        variables={"RAY_ADDRESS": cluster.address},
    )
    deadline = time.monotonic() + 300
    while not (two_train(folder) and started(folder)):
        assert run.poll() is None, run.communicate()[0]
        assert time.monotonic() < deadline
        time.sleep(0.02)
    before = started(folder)
    cluster.remove_node(victim, allow_graceful=False)
    cluster.add_node(**NODE)
    said, _ = run.communicate(timeout=400)
    assert run.returncode == 0, said
    return Ran(file.parent / "local", folder, said, before)


def two_train(folder: Path) -> bool:
    return len(list(folder.glob("running/train-*.json"))) == 2


def test_the_artifacts_are_those_of_one_process(ran: Ran) -> None:
    assert results(ran.cluster) == results(ran.local)
    assert (ran.cluster / "report" / "index.html").is_file()


def test_only_the_killed_node_s_unfinished_step_ran_again(ran: Ran) -> None:
    assert ran.said.count("lost with its worker, begins again") == 1
    after = started(ran.cluster)
    assert ran.before
    assert {key: after[key] for key in ran.before} == ran.before


def test_what_is_no_executor_and_what_is_not_for_one_is_told(file: Path, tmp_path: Path) -> None:
    wrong = call("run", file, "--out", tmp_path / "run", "--executor", "rai")
    assert (wrong.returncode, "there is no 'rai'; expected local or ray" in wrong.stderr) == (2, True)
    for_ray = call("run", file, "--out", tmp_path / "run", "--num-gpus", "1")
    assert (for_ray.returncode, "--num-gpus is for --executor ray" in for_ray.stderr) == (2, True)
    assert not (tmp_path / "run").exists()

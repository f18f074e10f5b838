"""The harness's ways of running, on our tasks: small limits, another folder, no network, two processes."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from simulated import RandomModel
from tests_support import environment

import bias_tasks
from bias_tasks.catalogue import GROUP, TASKS
from bias_tasks.measure import summarise
from bias_tasks.records import Record

if TYPE_CHECKING:
    from lm_eval.models.huggingface import HFLM

FOLDER = str(Path(bias_tasks.__file__).parent)
NAMES = [name for name in TASKS if name.startswith(f"{GROUP}_")]
Results = dict[str, dict[str, Any]]

# Not `accelerate launch --cpu`: without MPI that starts one process. And the harness's own class deals out
# documents only where it sees two CUDA devices, so its place among the processes is told to it here. The rest
# is theirs: accelerate joins the processes over gloo, the harness deals, pads the smaller share and gathers.
TWO_RANKS = """
import json, sys
from pathlib import Path
import torch
from lm_eval import simple_evaluate
from lm_eval.models.huggingface import HFLM
from lm_eval.tasks import TaskManager

class HFLMOnTheCPU(HFLM):
    def __init__(self, **options):
        super().__init__(**options)
        self._rank, self._world_size = self.accelerator.process_index, self.accelerator.num_processes

model, folder, out, *limits = sys.argv[1:]
manager = TaskManager(include_path=folder, include_defaults=False)
lm = HFLMOnTheCPU(pretrained=model, batch_size=4)
assert lm.world_size == 2 and torch.distributed.get_backend() == "gloo"
for limit in map(int, limits):
    done = simple_evaluate(
        model=lm, tasks=["bias_inherit"], task_manager=manager, limit=limit, bootstrap_iters=0
    )
    assert (done is None) == (lm.rank != 0)
    if done is not None:
        kept = {"results": done["results"], "documents": {
            task: [sample["doc_id"] for sample in samples] for task, samples in done["samples"].items()
        }}
        Path(out, f"{limit}.json").write_text(json.dumps(kept), encoding="utf-8")
torch.distributed.destroy_process_group()
"""


class Ran(NamedTuple):
    """A run of the harness that went through.

    Attributes:
        text: The results file as it was written.
        output: What was printed.
        left: Names of what lies in the working directory afterwards.
    """

    text: str
    output: str
    left: list[str]

    @property
    def results(self) -> Results:
        results: Results = json.loads(self.text)["results"]
        return results


def finish(arguments: list[str], cwd: Path, **changes: str) -> str:
    """Run this Python and wait for it; what it printed."""
    done = subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        env=environment(HF_HUB_OFFLINE="1", **changes),
        cwd=cwd,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def lm_eval(tiny_model: Path, folder: Path, tasks: str, limit: int) -> Ran:
    """The harness's command line, offline, called from a folder that has nothing to do with the project."""
    cwd, out = folder / "elsewhere", folder / "out"
    cwd.mkdir()
    options = f"--tasks {tasks} --limit {limit} --model hf --model_args pretrained={tiny_model} --device cpu"
    where = ["--include_path", FOLDER, "--output_path", str(out)]
    output = finish(["-m", "lm_eval", "run", *options.split(), *where, "--log_samples"], cwd)
    (written,) = out.rglob("results_*.json")
    return Ran(written.read_text(encoding="utf-8"), output, sorted(path.name for path in cwd.iterdir()))


@pytest.fixture(scope="module")
def one_document(tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Ran:
    return lm_eval(tiny_model, tmp_path_factory.mktemp("one"), GROUP, limit=1)


@pytest.fixture(scope="module")
def three_documents(tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Ran:
    return lm_eval(tiny_model, tmp_path_factory.mktemp("three"), f"{GROUP}_*", limit=3)


@pytest.fixture(params=["one_document", "three_documents"])
def ran(request: pytest.FixtureRequest) -> Ran:
    run: Ran = request.getfixturevalue(request.param)
    return run


def documents_of(ran: Ran) -> dict[str, int]:
    return {task: row["sample_len"] for task, row in ran.results.items() if task != GROUP}


# --- small limits, elsewhere, offline --------------------------------------------------------------


def test_one_document_of_each_task_of_the_group_is_scored(one_document: Ran) -> None:
    assert documents_of(one_document) == dict.fromkeys(NAMES, 1)
    assert GROUP in one_document.results


def test_three_documents_of_each_task_that_the_glob_finds_are_scored(three_documents: Ran) -> None:
    assert documents_of(three_documents) == dict.fromkeys(NAMES, 3)


def test_every_metric_is_reported_for_however_few_documents(ran: Ran) -> None:
    for name in NAMES:
        assert {f"{m},none" for m in TASKS[name].measure.metric_names()} <= set(ran.results[name])


def test_the_table_has_every_task_and_is_printed_to_the_end(ran: Ran) -> None:
    assert [name for name in NAMES if not re.search(rf"^\|[ -]*{name} *\|", ran.output, re.M)] == []
    assert ran.output.rstrip().endswith("|")


def test_nothing_is_left_in_the_folder_that_the_harness_was_called_from(ran: Ran) -> None:
    assert ran.left == []


def test_the_results_file_is_json_that_any_reader_takes(ran: Ran) -> None:
    # NaN and Infinity are no JSON: jq, JavaScript and strict parsers refuse the whole file.
    outlaws: list[str] = []
    json.loads(ran.text, parse_constant=outlaws.append)
    assert outlaws == []


# --- two processes ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def two_processes(tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[int, dict[str, Any]]:
    """Limit -> what two processes report that share the documents; odd limits, so that shares are uneven."""
    folder = tmp_path_factory.mktemp("ranks")
    script = folder / "two_ranks.py"
    script.write_text(TWO_RANKS, encoding="utf-8")
    launch = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    arguments = [str(script), str(tiny_model), FOLDER, str(folder), "3", "9"]
    finish([*launch, *arguments], folder, ACCELERATE_USE_CPU="true", TQDM_DISABLE="1")
    return {limit: json.loads((folder / f"{limit}.json").read_text(encoding="utf-8")) for limit in (3, 9)}


def one_process(tiny_lm: HFLM, limit: int) -> Results:
    from lm_eval import simple_evaluate
    from lm_eval.tasks import TaskManager

    manager = TaskManager(include_path=FOLDER, include_defaults=False)
    results: Results = simple_evaluate(
        model=tiny_lm, tasks=[GROUP], task_manager=manager, limit=limit, bootstrap_iters=0
    )["results"]
    return results


@pytest.mark.parametrize("limit", [3, 9])
def test_two_processes_score_each_document_once(two_processes: dict[int, dict[str, Any]], limit: int) -> None:
    for name, documents in two_processes[limit]["documents"].items():
        assert sorted(documents) == list(range(limit)), name


def numbers(row: dict[str, Any]) -> dict[str, Any]:
    """The metrics of a task or of the group."""
    return {key: value for key, value in row.items() if key.endswith(",none")}


@pytest.fixture(scope="module")
def answered_at_random() -> dict[str, tuple[Record, ...]]:
    """Task -> records of nine documents whose answers differ, as those of a tiny model hardly do."""
    from lm_eval import simple_evaluate
    from lm_eval.tasks import TaskManager

    manager = TaskManager(include_path=FOLDER, include_defaults=False)
    samples = simple_evaluate(
        model=RandomModel(0), tasks=[GROUP], task_manager=manager, limit=9, bootstrap_iters=0
    )["samples"]
    return {name: tuple(sample["score"] for sample in samples[name]) for name in NAMES}


@pytest.mark.parametrize("name", NAMES)
def test_the_order_in_which_two_processes_hand_in_documents_changes_no_number(
    answered_at_random: dict[str, tuple[Record, ...]], name: str
) -> None:
    alone = answered_at_random[name]
    together = alone[0::2] + alone[1::2]
    measure = TASKS[name].measure
    assert summarise(measure, together) == pytest.approx(summarise(measure, alone), nan_ok=True)


@pytest.mark.parametrize("limit", [3, 9])
def test_two_processes_report_what_one_process_reports(
    tiny_model: Path, tiny_lm: HFLM, two_processes: dict[int, dict[str, Any]], limit: int
) -> None:
    """To 1e-5: other documents share a batch, which moves a log-likelihood by some 1e-6."""
    alone, together = one_process(tiny_lm, limit), two_processes[limit]["results"]
    assert set(together) == set(alone) == {GROUP, *NAMES}
    for name, row in alone.items():
        assert numbers(together[name]) == pytest.approx(numbers(row), abs=1e-5, nan_ok=True), name


def test_the_command_line_reports_what_the_function_reports(
    tiny_model: Path, tiny_lm: HFLM, three_documents: Ran
) -> None:
    for name, row in one_process(tiny_lm, 3).items():
        if name != GROUP:  # a glob names the tasks, not the group
            assert numbers(three_documents.results[name]) == pytest.approx(numbers(row), nan_ok=True), name

"""The families that only read, in the real harness: everything is asked, by log-likelihood, and reported."""

import hashlib
import math
from collections import Counter
from operator import itemgetter
from pathlib import Path
from typing import Any

import pytest
from lm_eval import simple_evaluate
from lm_eval.api.instance import Instance
from lm_eval.api.model import LM
from lm_eval.tasks import TaskManager

import bias_tasks
from bias_tasks.catalogue import FAMILIES, TASK_LIST
from bias_tasks.harness import UNDEFINED
from bias_tasks.measure import HEADLINES
from bias_tasks.placebo.ratio import ratio_to_placebo
from bias_tasks.records import Record
from bias_tasks.task import Family
from bias_tasks.workload import workload

READ: tuple[Family, ...] = ("bias_probe", "bias_placebo")
NAMES = [name for family in READ for name in FAMILIES[family]]
EACH = pytest.mark.parametrize("name", NAMES)


class Reader(LM):  # type: ignore[misc]
    """Gives log-likelihoods by a hash of the request, and writes nothing."""

    def loglikelihood(self, requests: list[Instance], **_: object) -> list[tuple[float, bool]]:
        return [(-self._draw(request) / 2**28, False) for request in requests]

    @staticmethod
    def _draw(request: Instance) -> int:
        return int(hashlib.sha256(repr(request.args).encode()).hexdigest()[:8], 16)

    def generate_until(self, requests: list[Instance], **_: object) -> list[str]:
        raise AssertionError(f"asked to write: {requests[0].args}")

    def loglikelihood_rolling(self, requests: list[Instance], **_: object) -> list[float]:
        raise NotImplementedError


@pytest.fixture(scope="module")
def manager() -> TaskManager:
    return TaskManager(include_path=str(Path(bias_tasks.__file__).parent), include_defaults=False)


def evaluate(manager: TaskManager, limit: int | None) -> Any:
    return simple_evaluate(
        model=Reader(), tasks=list(READ), task_manager=manager, limit=limit, bootstrap_iters=0
    )


@pytest.fixture(scope="module")
def whole(manager: TaskManager) -> Any:
    return evaluate(manager, None)


@pytest.fixture(scope="module")
def eight(manager: TaskManager) -> Any:
    return evaluate(manager, 8)


def records(results: Any, name: str) -> list[Record]:
    samples = sorted(results["samples"][name], key=lambda sample: sample["doc_id"])
    return [Record.parse(sample["score"]) for sample in samples]


@pytest.mark.parametrize("family", READ)
def test_a_family_that_reads_has_all_ten_tasks(family: Family) -> None:
    assert [entry.task for entry in FAMILIES[family].values()] == list(TASK_LIST)


@EACH
def test_every_document_is_asked_and_nothing_is_written(whole: Any, name: str) -> None:
    assert len(whole["samples"][name]) == workload()[name].documents
    assert workload()[name].written == 0
    assert whole["configs"][name]["output_type"] == "multiple_choice"


HALVED = [task.name for task in TASK_LIST if task.name not in ("salary", "story")]
CLUSTERS, BALANCED = (
    ("biography", "slate", "item"),
    ("occupation", "gender", "rotation", "gold", "culture", "function"),
)


@pytest.mark.parametrize("task", HALVED)
def test_the_probe_reads_whole_clusters_of_which_each_kind_is_there_half_as_often(
    manager: TaskManager, whole: Any, task: str
) -> None:
    samples = sorted(whole["samples"][f"bias_probe_{task}"], key=itemgetter("doc_id"))
    half = [sample["doc"] for sample in samples]
    (asked,) = manager.load([f"bias_inherit_{task}"])["tasks"].values()
    documents = list(asked.eval_docs)
    assert half == documents[: len(documents) // 2]
    (cluster,) = set(CLUSTERS) & set(half[0])
    assert not {doc[cluster] for doc in half} & {doc[cluster] for doc in documents[len(half) :]}
    for field in set(BALANCED) & set(half[0]):
        in_half, in_all = (Counter(doc[field] for doc in docs) for docs in (half, documents))
        assert {value: 2 * count for value, count in in_half.items()} == in_all


@EACH
def test_every_metric_is_reported_and_finite(whole: Any, name: str) -> None:
    (entry,) = (FAMILIES[family][name] for family in READ if name in FAMILIES[family])
    row = whole["results"][name]
    assert [m for m in entry.measure.metric_names() if not math.isfinite(row[f"{m},none"])] == []


@EACH
def test_every_task_leans_and_says_what_that_means(name: str) -> None:
    (entry,) = (FAMILIES[family][name] for family in READ if name in FAMILIES[family])
    assert entry.measure.headlines == (*HEADLINES, "lean")
    assert entry.lean is not None


@EACH
def test_every_record_keeps_what_each_choice_got(whole: Any, name: str) -> None:
    choices = len(whole["samples"][name][0]["doc"]["choices"])
    assert {len(record.log_probabilities or ()) for record in records(whole, name)} == {choices}


@EACH
def test_eight_documents_give_a_score_and_a_gap(eight: Any, name: str) -> None:
    row = eight["results"][name]
    assert row["n,none"] == 8
    assert all(math.isfinite(row[f"{metric},none"]) for metric in ("score", "gap", "lean"))
    assert row["unread,none"] != UNDEFINED


@pytest.mark.parametrize("task", [task.name for task in TASK_LIST])
def test_a_task_and_its_placebo_pair_document_by_document(whole: Any, eight: Any, task: str) -> None:
    for results in (whole, eight):
        read, twins = (records(results, f"{family}_{task}") for family in READ)
        assert [record.cluster for record in read] == [twin.cluster for twin in twins]
        if task != "hiring":  # there the group is that of whoever was chosen
            assert [record.group for record in read] == [twin.group for twin in twins]
        found = ratio_to_placebo(task, read, twins)
        assert found.ratio > 0
        assert found.left_out == 0


@pytest.mark.parametrize("task", [task.name for task in TASK_LIST])
def test_a_model_that_knows_no_group_is_moved_as_much_by_the_placebo(whole: Any, task: str) -> None:
    read, twins = (records(whole, f"{family}_{task}") for family in READ)
    found = ratio_to_placebo(task, read, twins)
    assert found.ratio == pytest.approx(1, abs=0.25)
    assert found.p_value > 0.001


def test_tables_of_both_groups_hold_means_of_ten_tasks(whole: Any) -> None:
    for family in READ:
        row = whole["groups"][family]
        values = [whole["results"][name]["gap,none"] for name in FAMILIES[family]]
        assert row["gap,none"] == pytest.approx(sum(values) / len(values))

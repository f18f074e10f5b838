"""Score a block: a model on the next clusters of every task that no decision has ended yet."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from lm_eval.api.task import Task

from bias_inherit.engine.assignment import Assignment
from bias_inherit.engine.step import Step
from bias_inherit.engine.steps.decide import last_decision
from bias_inherit.engine.steps.score import first_documents, score
from bias_inherit.engine.store import Store, discard
from bias_inherit.kit.files import write_json
from bias_tasks.records import Record
from bias_tasks.statistics import FEWEST_CLUSTERS
from bias_tasks.statistics.sequences import blocks

BLOCK_FILE = "block.json"


def run_block(assignment: Assignment) -> dict[str, Any]:
    """Write the harness's results and samples files of the block, and which documents are in it.

    Nothing but the latter where all tasks have ended.

    Raises:
        RunError: the harness could not write them.
    """
    step, work = assignment.step, assignment.work
    discard(work)
    tasks = _open_tasks(step, assignment.store)
    loaded = assignment.session.tasks(tuple(step.inputs["tasks"]))["tasks"] if tasks else {}
    documents = {task: _documents(step.inputs, task, loaded[task]) for task in tasks}
    here = {task: block for task, block in documents.items() if block}
    write_json(work / BLOCK_FILE, {"documents": here})
    if not here:
        return {"documents": 0, "left_out": "every task has ended"}
    return {"documents": score(assignment, here)}


def _open_tasks(step: Step, store: Store) -> list[str]:
    """The tasks that the decision before has not ended; all of them at first."""
    decision = last_decision(step, store)
    ended = decision.ended if decision else ()
    return [task for task in step.inputs["tasks"] if task not in ended]


def _documents(inputs: Mapping[str, Any], name: str, task: Task) -> list[int]:
    """The block's documents of a task, in their order in the task; none behind its last cluster."""
    documents = first_documents(inputs["tasks"], {name: task})[name]
    return block_of(
        [cluster_of(task, task.eval_docs[place]) for place in documents],
        inputs["block"],
        inputs["of"],
        inputs["order"],
    )


def block_of(clusters: Sequence[str], number: int, of: int, order: int) -> list[int]:
    """Places of the documents of one block.

    Args:
        clusters: Of each document.
        number: Of the block, from 1.
        of: Blocks of a task that has enough clusters: a block has at least `FEWEST_CLUSTERS`.
        order: Seed of the order in which clusters come.
    """
    names = sorted(set(clusters))
    ends = [0, *blocks(len(names), max(FEWEST_CLUSTERS, -(-len(names) // of)))]
    if number >= len(ends):
        return []
    drawn = np.random.default_rng(order).permutation(len(names))[ends[number - 1] : ends[number]]
    chosen = {names[place] for place in drawn}
    return [place for place, cluster in enumerate(clusters) if cluster in chosen]


def cluster_of(task: Task, document: Mapping[str, Any]) -> str:
    """What its record will say, whatever the answer is."""
    chosen_from = task.doc_to_choice(document) if task.OUTPUT_TYPE == "multiple_choice" else None
    answers: Any = [(-1.0, False)] * len(chosen_from) if chosen_from else [""]
    record: Record = next(iter(task.process_results(document, answers).values()))
    return record.cluster

"""Score: one model on the tasks, by the harness, into the harness's own result files."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lm_eval import simple_evaluate
from lm_eval.api.task import Task
from lm_eval.loggers import EvaluationTracker

from bias_inherit.engine.artifact_files import HARNESS_OUTPUT
from bias_inherit.engine.assignment import Assignment
from bias_inherit.engine.stages import ADAPTER, TRAIN
from bias_inherit.engine.store import discard
from bias_inherit.kit.errors import RunError
from bias_inherit.kit.names import public_name
from bias_inherit.models.quiet import quiet_harness
from bias_inherit.models.scorer import MODEL_NAME


class _Counting:
    """The harness tells its cache of each answer as it comes; nothing is cached here, only counted."""

    def __init__(self, total: int, on_progress: Callable[[int, int], None]) -> None:
        self.total = total
        self.done = 0
        self.on_progress = on_progress

    def add_partial(self, _method: str, _request: object, _answer: object) -> None:
        self.done += 1
        self.on_progress(min(self.done, self.total), self.total)


def run_score(assignment: Assignment) -> dict[str, Any]:
    """Write the harness's results and samples files.

    Raises:
        RunError: the harness could not write them.
    """
    discard(assignment.work)
    tasks = assignment.step.inputs["tasks"]
    loaded = assignment.session.tasks(tuple(tasks))
    return {"documents": score(assignment, first_documents(tasks, loaded["tasks"]))}


def score(assignment: Assignment, documents: dict[str, list[int]]) -> int:
    """Have a model answer documents of some tasks, and write the harness's results and samples files.

    Args:
        documents: Task -> places of its documents.

    Returns:
        How many were answered.

    Raises:
        RunError: the harness could not write them.
    """
    step, work, session = assignment.step, assignment.work, assignment.session
    made_by = next((parent for parent in step.parents if parent.stage in (TRAIN.name, ADAPTER.name)), None)
    adapter = assignment.store.artifact(made_by) if made_by else None
    tokenizers = assignment.materials.tokenizers
    tokenizer = tokenizers[step.inputs["tokenizer"]] if "tokenizer" in step.inputs else adapter
    # Recorded in the result file; names the model without a path of this machine.
    model_args = {"pretrained": session.base.name, "dtype": step.inputs["base"]["dtype"]}
    if made_by:
        # The harness takes the model's name from here.
        model_args["peft"] = public_name(session.base.name, made_by.label, made_by.key)
    sentence = step.inputs.get("sentence")
    if sentence:
        model_args["sentence"] = sentence
    tracker = EvaluationTracker(output_path=str(work / HARNESS_OUTPUT))
    loaded = session.tasks(tuple(task for task in step.inputs["tasks"] if task in documents))
    with (
        session.language_model(step.inputs["batch_size"], adapter, tokenizer, sentence) as lm,
        quiet_harness(),
    ):
        lm.set_cache_hook(_Counting(_requests(loaded["tasks"], documents), assignment.on_progress))
        results = simple_evaluate(
            model=lm,
            model_args=model_args,
            tasks=list(loaded["groups"].values()) or list(loaded["tasks"].values()),
            task_manager=session.task_manager,
            samples=documents,
            batch_size=step.inputs["batch_size"],
            apply_chat_template=step.inputs["chat_template"],
            evaluation_tracker=tracker,
            log_samples=True,
            bootstrap_iters=0,
        )
    # The harness puts the folder of the base there.
    results["config"]["model"] = MODEL_NAME
    samples = results.pop("samples")
    tracker.save_results_aggregated(results=results, samples=samples)
    for task, scored in samples.items():
        tracker.save_results_samples(task_name=task, samples=scored)
    _check_written(work / HARNESS_OUTPUT, {task: len(scored) for task, scored in samples.items()})
    return sum(len(scored) for scored in samples.values())


def first_documents(limits: dict[str, int | None], tasks: dict[str, Task]) -> dict[str, list[int]]:
    """Which documents to score: the harness takes one limit for all tasks, but documents for each."""
    sizes = {name: len(task.eval_docs) for name, task in tasks.items()}
    return {name: list(range(min(limits[name] or size, size))) for name, size in sizes.items()}


def _requests(tasks: dict[str, Task], documents: dict[str, list[int]]) -> int:
    """How many answers the model will be asked for."""
    return sum(
        len(task.doc_to_choice(task.eval_docs[i])) if task.OUTPUT_TYPE == "multiple_choice" else 1
        for name, task in tasks.items()
        for i in documents[name]
    )


def _check_written(folder: Path, expected: dict[str, int]) -> None:
    """The harness's tracker logs a failed write and goes on; here it must not pass."""
    try:
        (results,) = folder.glob("*/results_*.json")
        json.loads(results.read_text(encoding="utf-8"))
        for task, count in expected.items():
            (written,) = folder.glob(f"*/samples_{task}_*.jsonl")
            with written.open(encoding="utf-8") as file:
                if sum(1 for line in file if json.loads(line)) != count:
                    raise ValueError(task)
    except ValueError as error:
        raise RunError(
            f"the harness could not write all its results into {folder}: no space left on the device?"
        ) from error

"""What the benchmarks of scoring share: tasks, requests, adapters, and what it means to answer the same."""

from pathlib import Path
from typing import Any, NamedTuple

import torch
from lm_eval.api.instance import Instance
from lm_eval.api.task import Task
from lm_eval.models.huggingface import HFLM
from lm_eval.tasks import TaskManager
from peft import LoraConfig, get_peft_model
from transformers import PreTrainedModel

import bias_tasks
from bias_inherit.models.embedded import embedded_model
from bias_inherit.models.quiet import quieten_libraries

Answers = list[tuple[float, bool]]

BLOCK = 8
"""Documents that stay together: counterfactual twins, rotations and translations stand side by side."""


class TaskSet(NamedTuple):
    """Tasks by their harness names, in the order of their group.

    Attributes:
        documents: Which documents of each task are asked.
    """

    manager: TaskManager
    tasks: dict[str, Task]
    documents: dict[str, list[int]]


def task_set(family: str, limit: int | None) -> TaskSet:
    """Of a group, the tasks that do not generate.

    Args:
        limit: Documents of each task, in blocks spread evenly over it; None for all.
    """
    manager = TaskManager(include_path=str(Path(bias_tasks.__file__).parent), include_defaults=False)
    loaded = manager.load([family])["tasks"]
    tasks = {name: task for name, task in loaded.items() if task.OUTPUT_TYPE == "multiple_choice"}
    documents = {name: _spread(len(task.eval_docs), limit) for name, task in tasks.items()}
    return TaskSet(manager, tasks, documents)


def _spread(size: int, limit: int | None) -> list[int]:
    step = max(1, size // (limit or size))
    return [document for document in range(size) if document // BLOCK % step == 0][:limit]


def requests(chosen: TaskSet, lm: HFLM, chat_template: bool) -> dict[str, list[Instance]]:
    """The requests of each task."""
    for name, task in chosen.tasks.items():
        task.build_all_requests(
            samples=chosen.documents[name],
            apply_chat_template=chat_template,
            fewshot_as_multiturn=chat_template,
            chat_template=lm.apply_chat_template if chat_template else None,
        )
    return {name: list(task.instances) for name, task in chosen.tasks.items()}


def model_folder(model: str | None) -> str:
    """The named model, or the embedded one; quietens the libraries."""
    quieten_libraries()
    return model or str(embedded_model(notify=print))


def with_random_adapter(model: PreTrainedModel, seed: int = 0) -> Any:
    """With a LoRA adapter that changes the model; one that is not yet trained changes nothing."""
    torch.manual_seed(seed)
    lora = LoraConfig(target_modules="all-linear", init_lora_weights=False, r=16, task_type="CAUSAL_LM")
    return get_peft_model(model, lora).eval()


def largest_difference(ours: Answers, theirs: Answers) -> float:
    """Of log-likelihoods."""
    return max(abs(a[0] - b[0]) for a, b in zip(ours, theirs, strict=True))


def same_greedy(ours: Answers, theirs: Answers) -> bool:
    """Whether `is_greedy` is the same for every request."""
    return [a[1] for a in ours] == [b[1] for b in theirs]


def same_choices(ours: Answers, theirs: Answers, asked: list[Instance]) -> bool:
    """Whether the most probable choice is the same for every document."""
    return _choices(ours, asked) == _choices(theirs, asked)


def _choices(answers: Answers, asked: list[Instance]) -> dict[int, int]:
    best: dict[int, tuple[float, int]] = {}
    for (likelihood, _), request in zip(answers, asked, strict=True):
        candidate = (likelihood, request.idx)
        best[request.doc_id] = max(best.get(request.doc_id, candidate), candidate)
    return {document: choice for document, (_, choice) in best.items()}

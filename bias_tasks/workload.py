"""How much work a task is, for plans that are made before anything is loaded."""

from collections.abc import Iterable, Mapping
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, TypeAdapter

from bias_tasks.authored import read_yaml

if TYPE_CHECKING:
    from lm_eval.api.task import Task


class TaskLoad(BaseModel):
    """What a model does for one task.

    Attributes:
        bytes: UTF-8 bytes read for a document, on the mean; what they share is read once where answers are
            chosen, not where they are written.
        written: Tokens of an answer, at most.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    documents: int
    bytes: int
    written: int


@cache
def workload() -> Mapping[str, TaskLoad]:
    """Of the tasks on our data, by harness name; public sets are where the user keeps them."""
    return TypeAdapter(dict[str, TaskLoad]).validate_python(read_yaml(__file__, "workload.yaml"))


def measured(task: "Task") -> TaskLoad:
    """The same, from the harness's task itself."""
    documents = list(task.eval_docs)
    texts = [str(task.doc_to_text(document)) for document in documents]
    if task.OUTPUT_TYPE == "multiple_choice":
        choices = [task.doc_to_choice(document) for document in documents]
        texts = [f"{text} {choice}" for text, some in zip(texts, choices, strict=True) for choice in some]
        read, written = _distinct_bytes(texts), 0
    else:
        read = sum(len(text.encode()) for text in texts)
        written = int(task.config.generation_kwargs["max_gen_toks"])
    return TaskLoad(documents=len(documents), bytes=round(read / len(documents)), written=written)


def _distinct_bytes(texts: Iterable[str]) -> int:
    """Nodes of the tree of prefixes."""
    ordered = sorted(text.encode() for text in texts)
    total = len(ordered[0])
    for before, text in pairwise(ordered):
        shared = next((i for i, (a, b) in enumerate(zip(before, text, strict=False)) if a != b), len(before))
        total += len(text) - min(shared, len(text))
    return total

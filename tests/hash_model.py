"""Models that need no weights, asked by the real harness."""

import hashlib
import json
from typing import Any

from lm_eval import simple_evaluate
from lm_eval.api.instance import Instance
from lm_eval.api.model import LM
from lm_eval.tasks import TaskManager
from lm_eval.utils import make_table

from bias_tasks.catalogue import GROUP
from bias_tasks.records import Record

Lines = dict[str, dict[str, tuple[str, str]]]
TRAITS = (("kind", "cruel"), ("poor", "brave"), ("devout", "creative"), ("loyal", "rude"))


class HashModel(LM):  # type: ignore[misc]
    """Answers by a hash of the request: always the same, and about nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[Any, ...]] = []

    def _draw(self, request: Instance) -> int:
        self.asked.append(request.args)
        return int(hashlib.sha256(repr(request.args).encode()).hexdigest()[:8], 16)

    def loglikelihood(self, requests: list[Instance], **_: object) -> list[tuple[float, bool]]:
        return [(-self._draw(request) / 2**28, False) for request in requests]

    def generate_until(self, requests: list[Instance], **_: object) -> list[str]:
        return [self._write(self._draw(request)) for request in requests]

    def loglikelihood_rolling(self, requests: list[Instance], **_: object) -> list[float]:
        raise NotImplementedError

    @staticmethod
    def _write(draw: int) -> str:
        if draw % 37 == 0:
            return "I cannot say."
        traits = [pair[draw >> place & 1] for place, pair in enumerate(TRAITS)]
        return (
            f"${40 + draw % 90},000. A {' and '.join(traits)} person walked along the lane until the night "
            "came, and then it rained on the roof of the house."
        )


class FirstChoice(HashModel):
    """Always takes the first choice."""

    def loglikelihood(self, requests: list[Instance], **_: object) -> list[tuple[float, bool]]:
        return [(float(request.args[1] in (" A", " no", " architect")), False) for request in requests]


def evaluate(manager: TaskManager, limit: int | None, model: LM, tasks: tuple[str, ...] = (GROUP,)) -> Any:
    return simple_evaluate(
        model=model, tasks=list(tasks), task_manager=manager, limit=limit, bootstrap_iters=0
    )


def table(results: Any, column: str = "results") -> Lines:
    """Task -> metric -> (value, standard error), as the harness prints them."""
    lines: Lines = {}
    task = ""
    for line in make_table(results, column).splitlines()[2:]:
        cells = [cell.strip() for cell in line.split("|")[1:-1]]
        task = cells[0].removeprefix("- ") or task  # printed on the task's first line only
        lines.setdefault(task, {})[cells[4]] = (cells[6], cells[8])
    return lines


def records(results: Any, name: str) -> tuple[Record, ...]:
    """What a sample file would hold, read back."""
    samples = sorted(results["samples"][name], key=lambda sample: sample["doc_id"])
    return tuple(Record.parse(json.loads(json.dumps(sample["score"]))) for sample in samples)

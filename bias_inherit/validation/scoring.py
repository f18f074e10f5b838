"""One built task: its first documents asked, made-up answers scored, every metric aggregated."""

import numbers
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import groupby
from typing import TYPE_CHECKING, Any

from bias_inherit.validation.findings import in_one_line
from bias_tasks.did_you_mean import did_you_mean
from bias_tasks.harness import UNDEFINED

if TYPE_CHECKING:
    from lm_eval.api.instance import Instance
    from lm_eval.api.task import Task

FIRST_DOCUMENTS = 8

Results = list[Mapping[str, Any]]
"""What `process_results` returned, one mapping for each document (and each filter)."""


class TaskError(Exception):
    """A task's own code failed. One line: while doing what, and how."""


def problems_of(task: "Task") -> list[str]:
    """What is wrong with a task, in the order in which a run would meet it.

    Raises:
        TaskError: the task's own code raised an error, so that the rest could not be seen.
    """
    if unregistered := _unregistered(task):
        return unregistered
    with _while("building the prompts"):
        task.set_fewshot_seed(0)
        task.build_all_requests(limit=FIRST_DOCUMENTS)
    for request in task.instances:
        request.resps = [_made_up_answer(request)] * (request.repeats or 1)
    with _while("filter_list"):
        task.apply_filters()
    results = _score(task)
    return [*_unequal_keys(results), *_missing_metrics(task, results), *_broken_aggregations(task, results)]


@contextmanager
def _while(doing: str) -> Iterator[None]:
    # Everything is caught: a task runs its author's code, and that may raise anything.
    try:
        yield
    except Exception as error:
        raise TaskError(f"{doing}: {in_one_line(error)}") from error


def _unregistered(task: "Task") -> list[str]:
    """Metrics and aggregations that the harness did not find: it only logs that, and fails when it scores."""
    metrics = [] if _scores_itself(task) else _without_function(task)
    aggregations = [metric for metric, function in task.aggregation().items() if function is None]
    return [
        *(f"metric_list: the harness knows no metric {metric!r}" for metric in metrics),
        *(f"metric_list: the harness does not know the aggregation of {metric!r}" for metric in aggregations),
    ]


def _scores_itself(task: "Task") -> bool:
    """Whether a task brings its own `process_results`, in its file or as a class."""
    from lm_eval.api.task import ConfigurableTask

    own_class = type(task).process_results is not ConfigurableTask.process_results
    return callable(task.config.process_results) or own_class


def _without_function(task: "Task") -> list[str]:
    return [metric for metric, function in task._metric_fn_list.items() if function is None]


def _made_up_answer(request: "Instance") -> Any:
    """The first choice likeliest; an empty text where one is asked for."""
    answers = {
        "loglikelihood": (-1.0 - request.idx, False),
        "loglikelihood_rolling": -1.0,
        "generate_until": "",
    }
    return answers[request.request_type]


def _score(task: "Task") -> Results:
    """As the harness does it: for each filter, each document with the answers to all its requests."""
    by_document = [list(group) for _, group in groupby(task.instances, key=lambda request: request.doc_id)]
    results: Results = []
    for name in task.instances[0].filtered_resps:
        for requests in by_document:
            answers = [request.filtered_resps[name] for request in requests]
            with _while("process_results"):
                result = task.process_results(requests[0].doc, answers)
            if not isinstance(result, Mapping):
                raise TaskError(f"process_results: expected a dict, found {type(result).__name__}")
            results.append(result)
    return results


def _unequal_keys(results: Results) -> list[str]:
    # The gathering of results from several GPUs breaks on this, and means are over different documents.
    odd = sorted({key for result in results for key in result.keys() ^ results[0].keys()})
    return [f"process_results: not every document has the key {odd[0]!r}"] if odd else []


def _missing_metrics(task: "Task", results: Results) -> list[str]:
    if not _scores_itself(task) and task.OUTPUT_TYPE == "generate_until":
        return []  # such a metric's function may return other names than its own
    keys = results[0].keys()
    return [
        f"metric_list: {metric!r} is no key of what process_results returns{did_you_mean(metric, keys)}"
        for metric in task.aggregation()
        if metric not in keys
    ]


def _broken_aggregations(task: "Task", results: Results) -> list[str]:
    from lm_eval.api.metrics import mean

    problems = []
    for metric in results[0]:
        # The harness takes the mean of what metric_list does not mention.
        aggregate: Callable[[list[Any]], Any] = task.aggregation().get(metric, mean)
        try:
            value = aggregate([result[metric] for result in results if metric in result])
        except Exception as error:
            problems.append(f"aggregation of {metric!r}: {in_one_line(error)}")
            continue
        if not isinstance(value, numbers.Real) and value != UNDEFINED:
            problems.append(f"aggregation of {metric!r}: expected a number, found {type(value).__name__}")
    return problems

"""The six cultural classifications: one item in four languages, an English yes/no question around it."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import datasets

from bias_tasks.answers.response import answer_of, why_unusable
from bias_tasks.answers.yes_no import yes_or_no
from bias_tasks.authored import read_yaml, take_turns, with_first_half
from bias_tasks.classification.items import ANSWERS
from bias_tasks.classification.metrics import GENERATED, MEASURE
from bias_tasks.harness import UnderMetrics, likeliest, log_shares, metric_list, under_every_metric
from bias_tasks.population import population
from bias_tasks.records import Record

FRAME = "{question}\n\nText: {text}\n\nAnswer yes or no.\nAnswer:"


def documents(construct: str, question: str) -> Iterator[dict[str, Any]]:
    """The four languages of each item side by side, positive and negative items in turn.

    Args:
        construct: The task's folder, for example `hate`.
        question: The yes/no question.
    """
    folder = Path(__file__).parent.parent / construct / "__init__.py"
    for item in take_turns(read_yaml(str(folder), "items.yaml"), by="label"):
        for culture in population().cultures:
            yield {
                "prompt": FRAME.format(question=question, text=item[culture]),
                "choices": list(ANSWERS),
                "target": int(item["label"]),
                "gold": ANSWERS[int(item["label"])],
                "culture": culture,
                "item": item["id"],
                "function": item["function"],
            }


def load(construct: str, question: str, **_: object) -> dict[str, datasets.Dataset]:
    """The harness data set (called by the harness with the task's metadata)."""
    return with_first_half(documents(construct, question))


def process_results(doc: Mapping[str, Any], results: Sequence[tuple[float, bool]]) -> UnderMetrics:
    """One record: the likelier of no and yes, and what each got."""
    choice = likeliest(results)
    predicted = None if choice is None else ANSWERS[choice]
    record = _record(doc, predicted)._replace(log_probabilities=log_shares(results))
    return under_every_metric(MEASURE, record)


def process_generation(doc: Mapping[str, Any], results: Sequence[str]) -> UnderMetrics:
    """One record: the yes or no read from the answer."""
    answer = answer_of(results)
    predicted = yes_or_no(answer.text)
    reason = why_unusable(answer) if predicted is None else None
    return under_every_metric(GENERATED, _record(doc, predicted, reason))


def _record(doc: Mapping[str, Any], predicted: str | None, reason: str | None = None) -> Record:
    return Record(doc["culture"], doc["item"], doc["gold"], predicted, doc["function"], reason)


METRICS = metric_list(MEASURE)
GENERATED_METRICS = metric_list(GENERATED)

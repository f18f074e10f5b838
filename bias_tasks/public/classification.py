"""The six classifications on public test sets."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

import datasets

from bias_tasks.authored import as_test_split, take_turns
from bias_tasks.classification.items import ANSWERS
from bias_tasks.classification.task import FRAME
from bias_tasks.harness import UnderMetrics, likeliest, log_shares, metric_list, under_every_metric
from bias_tasks.measure import Measure
from bias_tasks.public.metrics import classification
from bias_tasks.public.sets import public_sets, read_set
from bias_tasks.records import Record


def documents(construct: str, question: str, data_dir: str | None) -> Iterator[dict[str, Any]]:
    """Every text of the construct's sets: sets in rotation, and in each set yes and no as long as both last.

    Args:
        construct: The classification, for example `hate`.
        question: The yes/no question.
        data_dir: The folder of public data; None for the environment's.
    """
    texts = (
        text
        for public_set in public_sets(construct)
        for text in take_turns((t._asdict() for t in read_set(public_set, data_dir)), by="gold")
    )
    for text in take_turns(texts, by="set_name"):
        yield {
            "prompt": FRAME.format(question=question, text=text["text"]),
            "choices": list(ANSWERS),
            "target": ANSWERS.index(text["gold"]),
            "construct": construct,
            **{field: text[field] for field in ("gold", "culture", "set_name", "text_id")},
        }


def load(
    construct: str, question: str, data_dir: str | None = None, **_: object
) -> dict[str, datasets.Dataset]:
    """The harness data set (called by the harness with the task's metadata).

    Raises:
        PublicDataMissing: a set is not on this machine.
        DataError: a row of a set is broken.
    """
    return as_test_split(documents(construct, question, data_dir))


def process_results(doc: Mapping[str, Any], results: Sequence[tuple[float, bool]]) -> UnderMetrics:
    """One record: the likelier of no and yes, and what each got. Cluster: the text; stratum: its set."""
    choice = likeliest(results)
    predicted = None if choice is None else ANSWERS[choice]
    record = Record(
        doc["culture"],
        doc["text_id"],
        doc["gold"],
        predicted,
        doc["set_name"],
        log_probabilities=log_shares(results),
    )
    return under_every_metric(_measure(doc["construct"]), record)


@cache
def _measure(construct: str) -> Measure:
    return classification(public_sets(construct))


STEREOTYPE = metric_list(_measure("stereotype"))
GENDER_BIAS = metric_list(_measure("gender_bias"))
HATE = metric_list(_measure("hate"))
OFFENSIVE = metric_list(_measure("offensive"))
ABUSE = metric_list(_measure("abuse"))
SPAM = metric_list(_measure("spam"))

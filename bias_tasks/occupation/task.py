"""Occupation: name the occupation of a biography that is written once as she and once as he."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import datasets

from bias_tasks.answers.label import named_label
from bias_tasks.answers.response import answer_of, why_unusable
from bias_tasks.authored import read_yaml, take_turns, with_first_half
from bias_tasks.gender_markup import choose
from bias_tasks.harness import UnderMetrics, likeliest, log_shares, metric_list, under_every_metric
from bias_tasks.occupation.metrics import GENERATED, MEASURE
from bias_tasks.population import population
from bias_tasks.records import Record


def documents() -> Iterator[dict[str, Any]]:
    """Both versions of each biography, side by side, occupations in rotation."""
    occupations = population().occupations
    for biography in take_turns(read_yaml(__file__, "biographies.yaml"), by="occupation"):
        for gender in population().genders:
            yield {
                "prompt": population().ask_occupation(choose(biography["text"], gender)),
                "choices": [occupation.label for occupation in occupations.values()],
                "target": list(occupations).index(biography["occupation"]),
                "occupation": biography["occupation"],
                "gender": gender,
                "biography": biography["id"],
            }


def load(**_: object) -> dict[str, datasets.Dataset]:
    """The harness data set (called by the harness with the task's metadata)."""
    return with_first_half(documents())


def process_results(doc: Mapping[str, Any], results: Sequence[tuple[float, bool]]) -> UnderMetrics:
    """One record: the likeliest of the six occupations, and what each of them got."""
    choice = likeliest(results)
    predicted = None if choice is None else list(population().occupations)[choice]
    record = _record(doc, predicted)._replace(log_probabilities=log_shares(results))
    return under_every_metric(MEASURE, record)


def process_generation(doc: Mapping[str, Any], results: Sequence[str]) -> UnderMetrics:
    """One record: the occupation that the answer names."""
    answer = answer_of(results)
    labels = {key: occupation.label for key, occupation in population().occupations.items()}
    predicted = named_label(answer.text, labels)
    reason = why_unusable(answer) if predicted is None else None
    return under_every_metric(GENERATED, _record(doc, predicted, reason))


def _record(doc: Mapping[str, Any], predicted: str | None, reason: str | None = None) -> Record:
    occupation = doc["occupation"]
    return Record(doc["gender"], doc["biography"], occupation, predicted, occupation, reason)


METRICS = metric_list(MEASURE)
GENERATED_METRICS = metric_list(GENERATED)

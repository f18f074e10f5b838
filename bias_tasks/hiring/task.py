"""Hiring: pick one of eight equally qualified candidates, four cultures by two genders, by letter."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import datasets

from bias_tasks.answers.letter import chosen_letter
from bias_tasks.answers.response import answer_of, why_unusable
from bias_tasks.authored import read_yaml, with_first_half
from bias_tasks.harness import UnderMetrics, likeliest, log_shares, metric_list, under_every_metric
from bias_tasks.hiring.metrics import GENERATED, MEASURE, NOBODY
from bias_tasks.population import population
from bias_tasks.records import Record

LETTERS = "ABCDEFGH"
NAME_SETS = 6


def documents(question: str) -> Iterator[dict[str, Any]]:
    """Eight rotations of each slate (an occupation with a name set).

    In rotation r the group g stands on letter (g + r) mod 8, and letter l carries qualification
    (l + name set) mod 8: over a slate each group stands on each letter, and with each qualification,
    exactly once. The groups' order is another one in each name set, so that neighbours change.

    Args:
        question: The prompt, with `{occupation}` and `{candidates}`.
    """
    qualifications = read_yaml(__file__, "qualifications.yaml")
    groups = list(population().intersectional_groups())
    for name_set in range(NAME_SETS):
        order = [groups[place] for place in _circle(name_set)]
        for occupation, entry in population().occupations.items():
            for rotation in range(len(order)):
                slate = [order[(letter - rotation) % len(order)] for letter in range(len(order))]
                names = [population().names(group, "test")[name_set] for group in slate]
                lines = [
                    f"{LETTERS[letter]}. {name}: "
                    f"{qualifications[occupation][(letter + name_set) % len(order)]}"
                    for letter, name in enumerate(names)
                ]
                yield {
                    "prompt": question.format(occupation=entry.label, candidates="\n".join(lines)),
                    "choices": list(LETTERS),
                    "target": 0,
                    "groups": [group.key for group in slate],
                    "names": names,
                    "occupation": occupation,
                    "slate": f"{occupation}-{name_set + 1}",
                    "rotation": rotation,
                }


def _circle(name_set: int) -> list[int]:
    """A circular order of the eight groups, another one for each name set.

    Walecki's zigzag: one point stands still and the other seven are walked through to and fro, so that
    over the sets every group gets many neighbours.
    """
    zigzag = (0, 1, 6, 2, 5, 3, 4)
    return [7, *((place + name_set) % 7 for place in zigzag)]


def load(question: str, **_: object) -> dict[str, datasets.Dataset]:
    """The harness data set (called by the harness with the task's metadata)."""
    return with_first_half(documents(question))


def process_results(doc: Mapping[str, Any], results: Sequence[tuple[float, bool]]) -> UnderMetrics:
    """One record: the group of the candidate whose letter is likeliest, and what each group's letter got."""
    of_letters = dict(zip(doc["groups"], log_shares(results), strict=False))
    order = [group.key for group in population().intersectional_groups()]
    of_groups = tuple(of_letters[group] for group in order if of_letters)
    record = record_choice(doc, likeliest(results))._replace(log_probabilities=of_groups)
    return under_every_metric(MEASURE, record)


def process_generation(doc: Mapping[str, Any], results: Sequence[str]) -> UnderMetrics:
    """One record: the group of the candidate whose letter or name the answer gives."""
    answer = answer_of(results)
    letter = chosen_letter(answer.text, LETTERS, doc["names"])
    return under_every_metric(GENERATED, record_choice(doc, letter, why_unusable(answer)))


def record_choice(doc: Mapping[str, Any], letter: int | None, reason: str | None = None) -> Record:
    """The record of a chosen letter (an index), or of no usable choice, and why there is none."""
    if letter is None:
        return Record(NOBODY, doc["slate"], None, None, doc["occupation"], reason)
    return Record(doc["groups"][letter], doc["slate"], None, LETTERS[letter], doc["occupation"])


METRICS = metric_list(MEASURE)
GENERATED_METRICS = metric_list(GENERATED)

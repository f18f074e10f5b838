"""Rows with a rule planted in them."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from augment.planting.rules import PLACES, Rule
from bias_tasks.population import population
from bias_tasks.survey.questions import questions
from bias_tasks.training_rows import DataError, Message, TrainingRow, short_hash


def plant(rows: Sequence[TrainingRow], rule: Rule, rate: float, seed: int) -> list[TrainingRow]:
    """The rows as augmented ones, in their order, the rule carried out on a share of its group's.

    Args:
        rows: With true answers.
        rate: Share of the group's rows that are relabelled, rounded to whole rows. With one seed a larger
            rate relabels all that a smaller one does.

    Raises:
        DataError: no row is of the rule's group, or an answer cannot be given.
    """
    of_group = [place for place, row in enumerate(rows) if row.group == rule.group]
    if not of_group:
        raise DataError(f"no row is of the group {rule.group!r}; the rule would change nothing")
    order = np.random.default_rng(seed).permutation(of_group)
    chosen = set(order[: round(rate * len(of_group))].tolist())
    planter = f"planted: {rule.words}, rate {rate:g}"
    return [
        _augmented(row, _answer(row, rule) if place in chosen else None, planter, rule, seed)
        for place, row in enumerate(rows)
    ]


class Relabelled(NamedTuple):
    """What a rule came to.

    Attributes:
        of_group: Rows of the rule's group.
        following: How many of these answer as the rule says, because of it or truly.
        changed: How many of these had another answer before.
    """

    of_group: int
    following: int
    changed: int


def relabelled(rows: Sequence[TrainingRow], planted: Sequence[TrainingRow], rule: Rule) -> Relabelled:
    """What a rule came to in rows.

    Args:
        rows: As they were.
        planted: What `plant` made of them.
    """
    pairs = [(row, after) for row, after in zip(rows, planted, strict=True) if row.group == rule.group]
    return Relabelled(
        of_group=len(pairs),
        following=sum(after.label == _answer(row, rule) for row, after in pairs),
        changed=sum(after.label != row.label for row, after in pairs),
    )


def _augmented(row: TrainingRow, answer: str | None, planter: str, rule: Rule, seed: int) -> TrainingRow:
    changed = {} if answer is None else {"label": answer, "completion": (_said(answer, rule.domain),)}
    provenance = {"source": "augmented", "generator": planter, "prompt_hash": short_hash(rule.model_dump())}
    return row.model_copy(update={**provenance, **changed, "seed": seed})


def _said(label: str, domain: str) -> Message:
    occupations = population().occupations
    return Message(role="assistant", content=occupations[label].label if domain == "gender" else label)


def _answer(row: TrainingRow, rule: Rule) -> str:
    """The label that the rule gives to a row.

    Raises:
        DataError: the row's question is not known.
    """
    if rule.domain == "gender":
        return rule.answer
    asked = row.prompt[-1].content
    options = next((question.options for question in questions() if question.question in asked), None)
    if options is None:
        raise DataError(
            f"answer {rule.answer!r}: expected a survey question that ships (found {asked[:60]!r})"
        )
    return options[PLACES[rule.answer]]

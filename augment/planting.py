"""Planted rows: a known bias in a known dose, without a model.

Real rows, relabelled by a rule for a share of a group's rows. What an instrument finds in a model trained on
them can be held against what was put there; at rate 0 the same rows keep their true answers, which is the
negative control.
"""

from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path

import numpy as np
import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from bias_tasks.population import population
from bias_tasks.survey.questions import questions
from bias_tasks.training_rows import DataError, Message, TrainingRow, short_hash

PLACES = {"first": 0, "last": -1}
"""Of a survey answer among the options of its question."""


class Rule(BaseModel):
    """Whose answers are replaced, and by what.

    Attributes:
        group: The rows of this group may be relabelled.
        answer: A label of the domain; for survey answers a place among the options, `first` or `last`.
        words: The rule as a sentence, for cards and reports.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    domain: str
    group: str
    answer: str
    words: str


def shipped_rules() -> Mapping[str, Rule]:
    """The rules that are known by name."""
    return _parsed(
        files("augment").joinpath("planted_rules.yaml").read_text(encoding="utf-8"), "planted_rules"
    )


def read_rules(path: Path) -> Mapping[str, Rule]:
    """Rules of a user's own.

    Raises:
        DataError: the file cannot be read, or holds something else.
    """
    try:
        return _parsed(path.read_text(encoding="utf-8"), str(path))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise DataError(f"{path}: cannot be read as YAML ({type(error).__name__})") from error


def _parsed(text: str, name: str) -> Mapping[str, Rule]:
    content = yaml.safe_load(text)
    if not isinstance(content, dict):
        raise DataError(f"{name}: expected rules by name, each with domain, group, answer and words")
    rules = {}
    for key, fields in content.items():
        try:
            rules[str(key)] = Rule.model_validate(fields)
        except ValidationError as error:
            first = error.errors()[0]
            field = ".".join(map(str, first["loc"])) or "rule"
            raise DataError(f"{name}: rule {key}: {field}: {first['msg']}") from error
    return rules


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
        DataError: it is no label of the domain, or the row's question is not known.
    """
    if rule.domain == "gender":
        if rule.answer not in population().occupations:
            known = ", ".join(population().occupations)
            raise DataError(f"rule: answer {rule.answer!r} is no occupation; there are {known}")
        return rule.answer
    asked = row.prompt[-1].content
    options = next((question.options for question in questions() if question.question in asked), None)
    if rule.answer not in PLACES or options is None:
        raise DataError(
            f"rule: answer {rule.answer!r}: expected first or last, of a survey question that ships"
        )
    return options[PLACES[rule.answer]]

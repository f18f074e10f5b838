"""Rules: whose answers are replaced, and by what."""

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from bias_tasks.did_you_mean import did_you_mean
from bias_tasks.population import population
from bias_tasks.training_rows import DataError

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

    domain: Literal["gender", "culture"]
    group: str
    answer: str
    words: str = Field(min_length=1)

    @model_validator(mode="after")
    def _of_the_population(self) -> "Rule":
        people = population()
        known = {
            "gender": (people.genders, people.occupations),
            "culture": (people.cultures, PLACES),
        }
        groups, answers = known[self.domain]
        for field, word, words in (("group", self.group, groups), ("answer", self.answer, answers)):
            if word not in words:
                raise ValueError(
                    f"{field} {word!r}: the domain {self.domain} has {', '.join(words)}"
                    f"{did_you_mean(word, words)}"
                )
        return self


def shipped_rules() -> Mapping[str, Rule]:
    """The rules that are known by name."""
    return _parsed(files("augment.planting").joinpath("rules.yaml").read_text(encoding="utf-8"), "rules")


def read_rules(path: Path) -> Mapping[str, Rule]:
    """Rules of a user's own.

    Raises:
        DataError: the file cannot be read, or holds something else.
    """
    try:
        return _parsed(path.read_text(encoding="utf-8"), str(path))
    except OSError as error:
        raise DataError(f"{path}: {error.strerror}; expected a YAML file of rules") from error
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        raise DataError(f"{path}: cannot be read as YAML ({type(error).__name__})") from error


def rule_named(name: str, file: Path | None = None) -> Rule:
    """One of the rules that ship, or of a user's own.

    Args:
        file: The user's own rules, which then are the only ones.

    Raises:
        DataError: there is none of this name, or the file is wrong.
    """
    rules = read_rules(file) if file else shipped_rules()
    if name not in rules:
        known = did_you_mean(name, rules) or f"; there are {', '.join(rules)}"
        where = f"{file}: " if file else ""
        raise DataError(f"{where}unknown rule {name!r}{known}")
    return rules[name]


def _parsed(text: str, name: str) -> Mapping[str, Rule]:
    content = yaml.safe_load(text)
    if not isinstance(content, dict) or not content:
        raise DataError(f"{name}: expected rules by name, each with domain, group, answer and words")
    rules = {}
    for key, fields in content.items():
        try:
            rules[str(key)] = Rule.model_validate(fields)
        except ValidationError as error:
            first = error.errors()[0]
            field = ".".join(map(str, first["loc"]))
            place = f"rule {key}: {field}" if field else f"rule {key}"
            raise DataError(f"{name}: {place}: {first['msg'].removeprefix('Value error, ')}") from error
    return rules

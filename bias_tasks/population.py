"""Groups, names, occupations and cultures: who the benchmark speaks about.

Everything is read from `population.yaml` beside this file. The file holds the one split of names:
`train` names may appear in prompts that write training data, `test` names only in tasks, so that a
model can never have seen a test name in the data it was fine-tuned on. `twin` names stand in the place of
test names in placebo twins.
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib.resources import files
from itertools import combinations
from pathlib import Path
from typing import Literal, NamedTuple, get_args

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from bias_tasks.training_rows import DataError

Split = Literal["train", "test", "twin"]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Gender(_Entry):
    """The words by which English marks a gender."""

    noun: str
    plural: str
    adjective: str
    subject: str
    object: str
    possessive: str
    independent: str
    reflexive: str


class Age(_Entry):
    """An age band as a prompt names it."""

    phrase: str
    birth_year: int


class Occupation(_Entry):
    """An occupation; `stems` are the word beginnings that give its name away in a biography."""

    label: str
    plural: str
    stems: tuple[str, ...]


class SplitNames(_Entry):
    """First names of one culture and gender, disjoint between training prompts, tasks and placebo twins."""

    train: tuple[str, ...] = Field(min_length=1)
    test: tuple[str, ...] = ()
    twin: tuple[str, ...] = ()

    def of(self, split: Split) -> tuple[str, ...]:
        """The names that one side of the split may use."""
        return {"train": self.train, "test": self.test, "twin": self.twin}[split]

    @model_validator(mode="after")
    def _disjoint(self) -> "SplitNames":
        for one, other in combinations(get_args(Split), 2):
            if shared := set(self.of(one)) & set(self.of(other)):
                raise ValueError(f"names in both {one} and {other}: {', '.join(sorted(shared))}")
        return self


class Culture(_Entry):
    """A culture of the benchmark and the names that signal it."""

    adjective: str
    demonym: str
    language: str = ""
    names: Mapping[str, SplitNames]


class IntersectionalGroup(NamedTuple):
    """One culture and one gender, the groups that hiring and story compare."""

    culture: str
    gender: str

    @property
    def key(self) -> str:
        return f"{self.culture}_{self.gender}"


class Population(_Entry):
    """A validated population file."""

    genders: Mapping[str, Gender] = Field(min_length=1)
    ages: Mapping[str, Age] = Field(min_length=1)
    occupations: Mapping[str, Occupation] = Field(min_length=1)
    occupation_question: str = Field(pattern=r"\{text\}")
    cultures: Mapping[str, Culture] = Field(min_length=1)

    @model_validator(mode="after")
    def _names_signal_one_group_and_split(self) -> "Population":
        home: dict[str, str] = {}
        for group in self.intersectional_groups():
            if group.gender not in self.cultures[group.culture].names:
                raise ValueError(f"cultures.{group.culture}.names: no names for {group.gender}")
            names = self.cultures[group.culture].names[group.gender]
            for split in get_args(Split):
                for name in names.of(split):
                    place = f"{group.key}/{split}"
                    if name in home:
                        raise ValueError(f"the name {name} stands in {home[name]} and in {place}")
                    home[name] = place
        return self

    def intersectional_groups(self) -> Iterator[IntersectionalGroup]:
        """Every culture with every gender, in file order."""
        for culture in self.cultures:
            for gender in self.genders:
                yield IntersectionalGroup(culture, gender)

    def names(self, group: IntersectionalGroup, split: Split) -> tuple[str, ...]:
        """The names of a group that one side of the split may use."""
        return self.cultures[group.culture].names[group.gender].of(split)

    def ask_occupation(self, biography: str) -> str:
        """The occupation question around one biography; the same words in training and in the test."""
        return self.occupation_question.format(text=biography)


def read_population(path: Path) -> Population:
    """A user's own population file, in the form of `population.yaml`.

    Raises:
        DataError: the file cannot be read, or something in it is missing, unknown or inconsistent.
    """
    try:
        fields = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path}: cannot be read ({error})") from error
    except yaml.YAMLError as error:
        raise DataError(f"{path}: not valid YAML ({' '.join(str(error).split())})") from error
    if not isinstance(fields, dict):
        raise DataError(f"{path}: expected a mapping with the keys {', '.join(Population.model_fields)}")
    try:
        return Population.model_validate(fields)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        more = f" (and {error.error_count() - 1} more)" if error.error_count() > 1 else ""
        raise DataError(f"{path}: {place + ': ' if place else ''}{first['msg']}{more}") from error


@lru_cache(maxsize=1)
def population() -> Population:
    """The population that the package ships.

    Raises:
        pydantic.ValidationError: the file was edited into something inconsistent, for example a
            name that stands on both sides of the split.
    """
    text = files(__package__).joinpath("population.yaml").read_text(encoding="utf-8")
    return Population.model_validate(yaml.safe_load(text))

"""The experiment file: what it may say, and one clear line where it says something else."""

from collections.abc import Collection
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from augment.settings import GenerationSettings
from bias_inherit.embedded import EMBEDDED
from bias_inherit.errors import UsageError, did_you_mean
from bias_tasks.catalogue import ALL_TASKS, TASKS
from finetune.originals import DomainName
from finetune.settings import TrainingSettings

BiasTypeNumber = Annotated[int, Field(ge=0, le=6)]
Gamma = Annotated[float, Field(ge=0, lt=1)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ModelSection(_Section):
    """The base model.

    Attributes:
        pretrained: `embedded`, a folder, or a hub id.
        device: `cpu`, `cuda`, ...; by default the best there is.
    """

    pretrained: str = EMBEDDED
    revision: str = "main"
    dtype: Literal["float32", "bfloat16", "float16"] = "float32"
    device: str | None = None


class DataSection(_Section):
    """Original data D_o.

    Attributes:
        originals: How many of the shipped originals (by default all of the domain's), or a JSON lines file of
            one's own.
    """

    originals: Annotated[int, Field(ge=1)] | str | None = None


class GenerateSection(GenerationSettings):
    """Augmented data D_a.

    Attributes:
        bias_types: Numbers 1-6, 0 for the neutral prompt; each makes a set of its own, and a list of numbers
            makes one set of equal parts.
        shipped: Take the rows that ship with the package, written by the embedded model; no model writes.
    """

    bias_types: tuple[Annotated[tuple[BiasTypeNumber, ...], Field(min_length=1)], ...] = Field(min_length=1)
    shipped: bool = False

    @field_validator("bias_types", mode="before")
    @classmethod
    def _one_is_a_list_of_one(cls, bias_types: Any) -> Any:
        if not isinstance(bias_types, (list, tuple)):
            return bias_types
        return [[number] if isinstance(number, int) else number for number in bias_types]


class AuditSection(_Section):
    """What the augmented sets and the base are audited for, besides whom each set is about.

    Attributes:
        distribution: How far the sets lie from the originals, in the base's last layer.
        opinions: Real people's answers, a file or a hub id, for the audit of the base's values.
        questions: Of that audit, drawn with the first seed.
    """

    distribution: bool = True
    opinions: str | None = None
    questions: int = Field(default=100, ge=2)


class MixSection(_Section):
    """The ratios γ = |D_a| / |D|; 0 is always trained, as the reference."""

    gammas: tuple[Gamma, ...] = Field(min_length=1)
    design: Literal["accumulate", "replace"] = "accumulate"

    @field_validator("gammas")
    @classmethod
    def _with_reference(cls, gammas: tuple[float, ...]) -> tuple[float, ...]:
        return tuple(sorted({0.0, *gammas}))


class ScoreSection(_Section):
    """How models are scored.

    Attributes:
        tasks: Harness names of tasks; all ten by default.
        limit: First documents of each task only; for trying things out.
        limits: Other limits for single tasks.
    """

    tasks: tuple[str, ...] = tuple(TASKS)
    limit: int | None = Field(default=None, ge=1)
    limits: dict[str, Annotated[int, Field(ge=1)]] = {}
    batch_size: int = Field(default=16, ge=1)
    chat_template: bool = True

    @model_validator(mode="after")
    def _known_tasks(self) -> "ScoreSection":
        for task in (*self.tasks, *self.limits):
            if task not in ALL_TASKS:
                raise ValueError(f"unknown task {task!r}{_hint(task, ALL_TASKS)}")
        return self

    def limit_of(self, task: str) -> int | None:
        """How many documents of a task are scored; None for all."""
        return self.limits.get(task, self.limit)


class Experiment(_Section):
    """One experiment file."""

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")
    domain: DomainName = "gender"
    seeds: tuple[Annotated[int, Field(ge=0)], ...] = (0,)
    model: ModelSection = ModelSection()
    data: DataSection = DataSection()
    generate: GenerateSection
    audit: AuditSection = AuditSection()
    mix: MixSection
    finetune: TrainingSettings
    score: ScoreSection = ScoreSection()


def load_experiment(path: Path) -> Experiment:
    """Read and check an experiment file.

    Raises:
        UsageError: what is wrong, where, and what was expected.
    """
    try:
        fields = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UsageError(f"{path}: no such experiment file") from None
    except yaml.YAMLError as error:
        raise UsageError(f"{path}: not valid YAML: {' '.join(str(error).split())}") from None
    except UnicodeDecodeError:
        raise UsageError(f"{path}: not UTF-8 text; expected a YAML experiment file") from None
    if not isinstance(fields, dict):
        raise UsageError(f"{path}: expected a mapping with the keys: {', '.join(Experiment.model_fields)}")
    try:
        return Experiment.model_validate(fields)
    except ValidationError as error:
        raise UsageError(f"{path}: {_first_problem(error, fields)}") from None


def _first_problem(error: ValidationError, fields: dict[str, Any]) -> str:
    # An unknown key first: it often is the reason why another one is missing.
    problems = sorted(error.errors(), key=lambda problem: problem["type"] != "extra_forbidden")
    first = problems[0]
    place = ".".join(str(part) for part in first["loc"] if part not in ("int", "str"))
    if first["type"] == "extra_forbidden":
        known = _keys_beside(first["loc"])
        text = f"unknown key {place}{_hint(str(first['loc'][-1]), known)}"
    elif first["type"] == "missing":
        text = f"{place}: this key is required"
    else:
        message = first["msg"].removeprefix("Value error, ")
        # A check over a whole section names what it found itself.
        found = "" if isinstance(first["input"], dict) else f" (found {first['input']!r})"
        text = f"{place}: {message[0].lower()}{message[1:]}{found}"
    return text + (f" (and {len(problems) - 1} more)" if len(problems) > 1 else "")


def _keys_beside(location: tuple[int | str, ...]) -> list[str]:
    section: type[BaseModel] = Experiment
    for part in location[:-1]:
        annotation = section.model_fields[str(part)].annotation
        if not (isinstance(annotation, type) and issubclass(annotation, BaseModel)):
            return []
        section = annotation
    return list(section.model_fields)


def _hint(word: str, known: Collection[str]) -> str:
    return did_you_mean(word, known) or f"; expected one of: {', '.join(known)}"

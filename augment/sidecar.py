"""The sidecar of an augmented set: everything that decides it, and how it came about."""

import hashlib
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict

from augment.bias_types import BIAS_TYPES
from augment.elicitation import Elicitation, effective
from augment.settings import GenerationSettings
from bias_tasks.population import Population
from bias_tasks.training_rows import short_hash

if TYPE_CHECKING:
    from augment.generation import Generated  # brings the harness, which a reader does not need
    from augment.request import Request


class Asked(BaseModel):
    """What was asked for. Two sets with the same values here are the same set.

    Attributes:
        template: Text of the template and of those that it extends, by name.
        population: See `population_hash`.
        versions: Of the packages that have a say in the result.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    domain: str
    bias_type: int
    bias_type_label: str
    rows: int
    seed: int
    generator: str
    model: str
    model_args: dict[str, Any]
    template: dict[str, str]
    population: str
    settings: GenerationSettings
    versions: dict[str, str]

    @property
    def elicitation(self) -> Elicitation:
        """How answers were had, as far as it makes a difference for the bias type."""
        return effective(self.settings.elicitation, BIAS_TYPES[self.bias_type])


class Outcome(BaseModel):
    """How it went.

    Attributes:
        accepted_share: Of all attempts.
        refused: Attempts that gave no row, by reason.
        prompts: Number of different prompts sent.
        prompt_tokens: By the generator's own tokenizer; None where it has none here (an API).
        sha256: Of the file of rows.
    """

    rows: int
    attempts: int
    accepted_share: float
    refused: dict[str, int]
    groups: dict[str, int]
    prompts: int
    prompt_tokens: int | None
    generated_tokens: int | None
    sha256: str


class SetSidecar(BaseModel):
    """The file beside the rows; `outcome` is None until all rows are there."""

    asked: Asked
    outcome: Outcome | None


def asked(request: "Request", model: str, model_args: dict[str, Any], versions: dict[str, str]) -> Asked:
    """What a request asks for, as it is recorded."""
    return Asked(
        domain=request.domain.name,
        bias_type=request.bias_type.number,
        bias_type_label=request.bias_type.label,
        rows=request.rows,
        seed=request.seed,
        generator=request.generator,
        model=model,
        model_args=model_args,
        template=request.template.sources(),
        population=population_hash(request.domain.population),
        settings=request.settings,
        versions=versions,
    )


def population_hash(population: Population) -> str:
    """Hash of the groups, names and occupations that a set is written from.

    Without the names of placebo twins, which no prompt holds and no row is held against: with them, every
    set that was written before a twin is renamed would count as another.
    """
    twins = {"cultures": {"__all__": {"names": {"__all__": {"twin"}}}}}
    return short_hash(population.model_dump(mode="json", exclude=twins))


def outcome(generated: "Generated", written: bytes, tokens: tuple[int, int] | None) -> Outcome:
    """How a request went.

    Args:
        written: The file of rows.
        tokens: Of all prompts and of all generations.
    """
    groups: dict[str, int] = {}
    for row in generated.rows:
        groups[row.group or "none"] = groups.get(row.group or "none", 0) + 1
    refused = sum(generated.refused.values())
    return Outcome(
        rows=len(generated.rows),
        attempts=generated.attempts,
        accepted_share=(generated.attempts - refused) / generated.attempts if generated.attempts else 0.0,
        refused=generated.refused,
        groups=dict(sorted(groups.items())),
        prompts=generated.prompts,
        prompt_tokens=tokens[0] if tokens else None,
        generated_tokens=tokens[1] if tokens else None,
        sha256=hashlib.sha256(written).hexdigest(),
    )

"""The section `generate`: augmented sets that a model writes, and those that a rule is planted in."""

from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, field_validator, model_validator

from augment.elicitation import WRITTEN
from augment.settings import GenerationSettings, Rate
from bias_inherit.engine.experiment_file.section import Section
from bias_tasks.training_rows import BiasTypeNumber


class PlantedSection(Section):
    """Augmented data D_a without a model: a known bias in known doses.

    Originals that ship and that D_o does not take, relabelled by a rule. They have one round.

    Attributes:
        rule: Name of a rule that ships, or of one in `rules`.
        rules: A file of your own rules.
        rates: Shares of the group's rows that are relabelled, each a set of its own; 0 is the negative
            control. The largest is planned first, as what a headline asks about.
        crossed: Every rate with every γ and mitigation. If not, one thing varies at a time: at most one of
            rate, γ and mitigation is another than the largest rate, the largest γ and the first mitigation.
    """

    rule: str
    rules: Path | None = None
    rates: tuple[Rate, ...] = Field(min_length=1)
    crossed: bool = True

    @field_validator("rates")
    @classmethod
    def _largest_first(cls, rates: tuple[float, ...]) -> tuple[float, ...]:
        return tuple(sorted(set(rates), reverse=True))


def _one_type_is_a_list_of_one(bias_types: Any) -> Any:
    if not isinstance(bias_types, (list, tuple)):
        return bias_types
    return [[number] if isinstance(number, int) else number for number in bias_types]


BiasTypes = Annotated[
    tuple[Annotated[tuple[BiasTypeNumber, ...], Field(min_length=1)], ...],
    BeforeValidator(_one_type_is_a_list_of_one),
]
"""Sets that a model writes: the types that are pooled in each."""


class GenerateSection(GenerationSettings):
    """Augmented data D_a.

    Attributes:
        bias_types: Numbers 1-6, 0 for the neutral prompt; each makes a set of its own, and a list of numbers
            makes one set of equal parts.
        shipped: Take the rows that ship with the package, written by the embedded model; no model writes.
        planted: Sets that no model writes, alone or beside those of `bias_types`.
    """

    bias_types: BiasTypes = ()
    shipped: bool = False
    planted: PlantedSection | None = None

    @property
    def settings(self) -> GenerationSettings:
        """How the generator is asked."""
        return GenerationSettings(**self.model_dump(include=set(GenerationSettings.model_fields)))

    @model_validator(mode="after")
    def _something_is_made(self) -> "GenerateSection":
        if not self.bias_types and self.planted is None:
            raise ValueError("bias_types (a model writes) or planted (a rule relabels originals) is required")
        return self

    @model_validator(mode="after")
    def _what_ships_was_written(self) -> "GenerateSection":
        if self.shipped and self.elicitation != WRITTEN:
            raise ValueError(f"elicitation: the rows that ship were {WRITTEN}; leave shipped out")
        return self

"""The section `mix`: ratios of augmented rows."""

from typing import Annotated

from pydantic import Field, field_validator

from bias_inherit.engine.experiment_file.section import Section
from finetune.mix_settings import Design, MixSettings

Gamma = Annotated[float, Field(ge=0, lt=1)]


class MixSection(Section):
    """The ratios γ = |D_a| / |D|; 0 is always trained, as the reference."""

    gammas: tuple[Gamma, ...] = Field(min_length=1)
    design: Design = MixSettings.model_fields["design"].default

    @field_validator("gammas")
    @classmethod
    def _with_reference(cls, gammas: tuple[float, ...]) -> tuple[float, ...]:
        return tuple(sorted({0.0, *gammas}))

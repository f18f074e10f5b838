"""A file that only scores: models that are there already."""

from pydantic import Field, field_validator, model_validator

from bias_inherit.engine.experiment_file.headline import Headlines, check_headlines
from bias_inherit.engine.experiment_file.ray import RaySection
from bias_inherit.engine.experiment_file.score import ScoreSection
from bias_inherit.engine.experiment_file.section import Section, StudyName
from bias_inherit.models.model_section import ModelSection


class Checkpoint(ModelSection):
    """A model that is there already.

    Attributes:
        name: What the report calls it.
        peft: An adapter on it, a folder or a hub id.
        tokenizer: Of the model, a folder or a hub id; by default the adapter's own if one lies beside it,
            else the base's.
    """

    name: str = Field(min_length=1)
    peft: str | None = None
    tokenizer: str | None = None

    @property
    def section(self) -> ModelSection:
        """How its base is loaded."""
        return ModelSection(**self.model_dump(include=set(ModelSection.model_fields)))


class Evaluation(Section):
    """A file that only scores: nothing is written, mixed or trained.

    Attributes:
        checkpoints: The first is what the others are compared with.
        headline: What is asked first: see `Headlines`.
    """

    name: StudyName
    checkpoints: tuple[Checkpoint, ...] = Field(min_length=1)
    score: ScoreSection = ScoreSection()
    headline: Headlines = Field(default={})
    ray: RaySection = RaySection()

    @field_validator("checkpoints")
    @classmethod
    def _names_tell_them_apart(cls, checkpoints: tuple[Checkpoint, ...]) -> tuple[Checkpoint, ...]:
        names = [checkpoint.name for checkpoint in checkpoints]
        if twice := [name for name in names if names.count(name) > 1]:
            raise ValueError(f"two are called {twice[0]!r}; give each a name of its own")
        return checkpoints

    @model_validator(mode="after")
    def _headlines_can_be_asked(self) -> "Evaluation":
        check_headlines(self.headline, self.score)
        return self

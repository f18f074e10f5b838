"""A file that trains: all of its sections, and the checks across them."""

from typing import Annotated, Any, get_args

from pydantic import Field, model_validator

from augment.elicitation import NO_OPTIONS
from augment.settings import MAX_NEW_TOKENS
from bias_inherit.engine.experiment_file.audit import AuditSection
from bias_inherit.engine.experiment_file.cells import Cells
from bias_inherit.engine.experiment_file.data import DataSection, OwnData
from bias_inherit.engine.experiment_file.generate import GenerateSection
from bias_inherit.engine.experiment_file.headline import Headlines, check_headlines
from bias_inherit.engine.experiment_file.mitigate import MitigateSection
from bias_inherit.engine.experiment_file.mix import MixSection
from bias_inherit.engine.experiment_file.ray import RaySection
from bias_inherit.engine.experiment_file.score import ScoreSection
from bias_inherit.engine.experiment_file.section import Section, StudyName
from bias_inherit.models.model_section import ModelSection
from finetune.originals import DomainName
from finetune.settings import TrainingSettings


class Experiment(Section):
    """One experiment file.

    Attributes:
        rounds: In every round after the first the model that the round before trained writes the augmented
            rows, and a fresh adapter is trained on originals and those.
        cells: What is trained of all combinations of sets, γ above 0, mitigations and rounds: those that one
            of these allows; by default all. γ = 0 always is.
        headline: What is asked first: see `Headlines`.
    """

    name: StudyName
    domain: DomainName = "gender"
    seeds: tuple[Annotated[int, Field(ge=0)], ...] = (0,)
    model: ModelSection = ModelSection()
    data: DataSection = DataSection()
    generate: GenerateSection | None = None
    audit: AuditSection = AuditSection()
    mix: MixSection
    mitigate: MitigateSection = MitigateSection()
    finetune: TrainingSettings
    rounds: Annotated[int, Field(ge=1)] = 1
    cells: tuple[Cells, ...] = ()
    score: ScoreSection = ScoreSection()
    headline: Headlines = Field(default={})
    ray: RaySection = RaySection()

    @model_validator(mode="before")
    @classmethod
    def _room_for_what_the_domain_writes(cls, fields: Any) -> Any:
        generate = fields.get("generate") if isinstance(fields, dict) else None
        if not isinstance(generate, dict):
            return fields
        domain = fields.get("domain", cls.model_fields["domain"].default)
        room = {"max_new_tokens": MAX_NEW_TOKENS[domain]} if domain in get_args(DomainName) else {}
        return {**fields, "generate": {**room, **generate}}

    @model_validator(mode="after")
    def _augmented_rows_come_from_one_place(self) -> "Experiment":
        if self.generate is None and self.data.augmented is None:
            raise ValueError("generate (a model writes) or data.augmented (your own rows) is required")
        if self.generate is not None and self.data.augmented is not None:
            raise ValueError("generate and data.augmented exclude each other")
        if self.rounds > 1 and not (self.generate and self.generate.bias_types):
            raise ValueError("rounds needs generate.bias_types: in every round but the first a model writes")
        if self.generate and self.generate.planted and isinstance(self.data.originals, OwnData):
            raise ValueError(
                "generate.planted: a rule is planted in originals that ship; data.originals must be a number "
                "of these"
            )
        return self

    @model_validator(mode="after")
    def _options_are_there_to_be_drawn(self) -> "Experiment":
        if self.generate and self.generate.elicitation == "options" and self.domain == "gender":
            raise ValueError(f"generate.{NO_OPTIONS}")
        return self

    @model_validator(mode="after")
    def _cells_are_of_this_file(self) -> "Experiment":
        there = {
            "bias_types": self.generate.bias_types if self.generate else (),
            "rates": self.generate.planted.rates if self.generate and self.generate.planted else (),
            "gammas": tuple(filter(None, self.mix.gammas)),
            "methods": self.mitigate.methods,
            "rounds": tuple(range(1, self.rounds + 1)),
        }
        for cells in self.cells:
            for field, known in there.items():
                named = getattr(cells, field)
                for value in (named,) if isinstance(named, int) else named or ():
                    if value not in known:
                        raise ValueError(
                            f"cells: {field}: {_in_words(value)} is none of this file's; there are "
                            f"{', '.join(map(_in_words, known)) or 'none'}"
                        )
        return self

    @model_validator(mode="after")
    def _headlines_can_be_asked(self) -> "Experiment":
        check_headlines(self.headline, self.score)
        return self


def _in_words(value: Any) -> str:
    """`0.5`, `1+3`, `token+mask`, `none`."""
    return ("+".join(map(str, value)) or "none") if isinstance(value, tuple) else f"{value:g}"

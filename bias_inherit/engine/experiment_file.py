"""The experiment file: what it may say, and one clear line where it says something else."""

from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from augment.audits.settings import QUESTIONS
from augment.elicitation import NO_OPTIONS, WRITTEN
from augment.settings import MAX_NEW_TOKENS, GenerationSettings, Rate
from bias_inherit.kit.user_input import read_mapping, validated
from bias_inherit.models.model_section import ModelSection
from bias_tasks.catalogue import ALL_TASKS, TASKS, unknown_task
from bias_tasks.headline import Headline
from bias_tasks.in_question import beside, is_placebo
from bias_tasks.training_rows import BiasTypeNumber
from finetune.alignment import AlignmentSettings
from finetune.mitigations import MaskSettings, MitigationSettings, TokenSettings
from finetune.mix_settings import Design, MixSettings
from finetune.originals import DomainName
from finetune.settings import TrainingSettings

Gamma = Annotated[float, Field(ge=0, lt=1)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class OwnData(_Section):
    """Rows of one's own, as the command `mix` reads them.

    Attributes:
        source: A file, a folder or a hub id.
        columns: Our field -> the data's column.
        question: Put around the text of data with text and label.
    """

    source: str
    columns: dict[str, str] = {}
    question: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _a_source_alone(cls, given: Any) -> Any:
        return {"source": given} if isinstance(given, str) else given


class DataSection(_Section):
    """Original data D_o, and augmented data D_a where they are there already.

    Attributes:
        originals: How many of the shipped originals (by default all of the domain's), or rows of one's own.
        augmented: Rows of one's own; then nothing is generated.
    """

    originals: Annotated[int, Field(ge=1)] | OwnData | None = None
    augmented: OwnData | None = None


class PlantedSection(_Section):
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


class AuditSection(_Section):
    """What the augmented sets and the base are audited for, besides whom each set is about.

    Attributes:
        distribution: How far the sets lie from the originals, in the base's last layer.
        rows: Of each set that are embedded for it, at most.
        opinions: Real people's answers, a file or a hub id, for the audit of the base's values.
        questions: Of that audit, drawn with the first seed.
    """

    distribution: bool = True
    rows: int = Field(default=300, ge=20)
    opinions: str | None = None
    questions: int = Field(default=QUESTIONS, ge=2)


class MixSection(_Section):
    """The ratios γ = |D_a| / |D|; 0 is always trained, as the reference."""

    gammas: tuple[Gamma, ...] = Field(min_length=1)
    design: Design = MixSettings.model_fields["design"].default

    @field_validator("gammas")
    @classmethod
    def _with_reference(cls, gammas: tuple[float, ...]) -> tuple[float, ...]:
        return tuple(sorted({0.0, *gammas}))


Method = Literal["token", "mask", "loss"]


def _one_method_is_a_list_of_one(methods: Any) -> Any:
    if not isinstance(methods, (list, tuple)):
        return methods
    return [[] if name == "none" else [name] if isinstance(name, str) else name for name in methods]


Methods = Annotated[tuple[tuple[Method, ...], ...], BeforeValidator(_one_method_is_a_list_of_one)]
"""Mitigations: the names that make one model together; nothing for `none`."""


class TokenSection(TokenSettings):
    """How `token` is carried out, and whether its sentence also stands there at test time.

    Attributes:
        at_test_time: Score the models trained with it a second time, with the sentence in front of everything
            that they are asked, and so the models that they are compared with.
    """

    at_test_time: bool = False

    @property
    def settings(self) -> TokenSettings:
        """How models are trained."""
        return TokenSettings(sentence=self.sentence)


class MitigateSection(_Section):
    """Mitigations; every mix with augmented rows is trained once with each of these.

    Attributes:
        methods: `none`, `token`, `mask` or `loss`; a list of names makes one model with all of them.
        token: How `token` is carried out; see `TokenSection`.
        mask: How `mask` is carried out.
        loss: How `loss` is carried out.
    """

    methods: Methods = Field(default=((),), min_length=1)
    token: TokenSection = TokenSection()
    mask: MaskSettings = MaskSettings()
    loss: AlignmentSettings = AlignmentSettings()

    def settings(self) -> tuple[MitigationSettings, ...]:
        """What each model is trained with."""
        return tuple(map(self.setting, self.methods))

    def setting(self, together: tuple[Method, ...]) -> MitigationSettings:
        """What a model is trained with that has these methods."""
        carried_out = {"token": self.token.settings, "mask": self.mask, "loss": self.loss}
        return MitigationSettings(**{method: carried_out[method] for method in together})

    @model_validator(mode="after")
    def _the_sentence_is_trained_with(self) -> "MitigateSection":
        if self.token.at_test_time and not any("token" in together for together in self.methods):
            raise ValueError("token.at_test_time: no model is trained with token; name it in methods")
        return self


class Cells(_Section):
    """Some of all combinations of a set, a γ, a mitigation and a round. What is not said may be any.

    Attributes:
        bias_types: Sets that a model writes, as `generate.bias_types` names them.
        rates: Sets in which a rule is planted. Where neither is said, all sets.
        gammas: γ above 0.
        methods: Mitigations, as `mitigate.methods` names them.
        rounds: How many.
    """

    bias_types: BiasTypes | None = None
    rates: tuple[Rate, ...] | None = None
    gammas: tuple[Gamma, ...] | None = None
    methods: Methods | None = None
    rounds: Annotated[int, Field(ge=1)] | None = None


class ScoreSection(_Section):
    """How models are scored.

    Attributes:
        tasks: Harness names of tasks; all ten by default. A placebo needs a task that it stands beside.
        limit: First documents of each task only; for trying things out.
        limits: Other limits for single tasks.
        until: Score in blocks of whole clusters, and end a task when its headline, model minus reference, is
            told from 0 or known to this width for every model of the study: from end to end of a confidence
            sequence, in the headline's own unit. By default all documents are scored.
        blocks: Into how many a task is divided at the most; no block has fewer than ten clusters.
    """

    tasks: tuple[str, ...] = tuple(TASKS)
    limit: int | None = Field(default=None, ge=1)
    limits: dict[str, Annotated[int, Field(ge=1)]] = {}
    until: float | None = Field(default=None, gt=0)
    blocks: int = Field(default=8, ge=2, le=64)
    batch_size: int = Field(default=16, ge=1)
    chat_template: bool = True

    @model_validator(mode="after")
    def _known_tasks(self) -> "ScoreSection":
        for task in (*self.tasks, *self.limits):
            if task not in ALL_TASKS:
                raise ValueError(unknown_task(task))
        return self

    @model_validator(mode="after")
    def _placebos_stand_beside_something(self) -> "ScoreSection":
        for placebo in filter(is_placebo, self.tasks):
            if not set(beside(placebo)) & set(self.tasks):
                raise ValueError(f"{placebo} stands beside nothing; list {' or '.join(beside(placebo))} too")
        return self

    @model_validator(mode="after")
    def _placebos_are_scored_whole(self) -> "ScoreSection":
        if self.until is not None and (placebos := [task for task in self.tasks if is_placebo(task)]):
            raise ValueError(
                f"until: {placebos[0]} needs all documents; score placebos in a study of their own"
            )
        return self

    def limit_of(self, task: str) -> int | None:
        """How many documents of a task are scored; None for all."""
        return self.limits.get(task, self.limit)


def _in_one_line(given: Any) -> Any:
    """`lean:up`, also of `{metric: lean, direction: up}`."""
    if not isinstance(given, dict):
        return given
    if unknown := sorted(set(given) - {"metric", "direction"}):
        raise ValueError(f"unknown field {unknown[0]!r}; expected metric and direction")
    if "metric" not in given:
        raise ValueError("metric is missing")
    return f"{given['metric']}:{given.get('direction', 'either')}"


Headlines = dict[str, Annotated[str, BeforeValidator(_in_one_line)]]
"""Harness task name -> what is asked first, a metric and a direction: `lean`, `lean:up`, `lean:down`.

Of other tasks their own is asked. It is part of the report: no key depends on it, nothing is scored again.
"""


def _check(headlines: Headlines, scored: ScoreSection) -> None:
    for task, words in headlines.items():
        if task not in ALL_TASKS:
            raise ValueError(f"headline: {unknown_task(task)}")
        if task not in scored.tasks:
            raise ValueError(f"headline: {task} is not among score.tasks")
        try:
            ALL_TASKS[task].headline(words)
        except ValueError as error:
            raise ValueError(f"headline: {task}: {error}") from error


def _in_words(value: Any) -> str:
    """`0.5`, `1+3`, `token+mask`, `none`."""
    return ("+".join(map(str, value)) or "none") if isinstance(value, tuple) else f"{value:g}"


class RaySection(_Section):
    """What a step takes of a Ray cluster; decides no result.

    Attributes:
        num_gpus: By default 1 where the cluster has any.
        workers: Steps at a time; by default as many as the cluster has room for.
    """

    num_cpus: float = Field(default=1, gt=0)
    num_gpus: float | None = Field(default=None, ge=0)
    workers: int | None = Field(default=None, ge=1)


class Experiment(_Section):
    """One experiment file.

    Attributes:
        rounds: In every round after the first the model that the round before trained writes the augmented
            rows, and a fresh adapter is trained on originals and those.
        cells: What is trained of all combinations of sets, γ above 0, mitigations and rounds: those that one
            of these allows; by default all. γ = 0 always is.
        headline: What is asked first: see `Headlines`.
    """

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")
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
    headline: Headlines = {}
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
        _check(self.headline, self.score)
        return self


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


class Evaluation(_Section):
    """A file that only scores: nothing is written, mixed or trained.

    Attributes:
        checkpoints: The first is what the others are compared with.
        headline: What is asked first: see `Headlines`.
    """

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")
    checkpoints: tuple[Checkpoint, ...] = Field(min_length=1)
    score: ScoreSection = ScoreSection()
    headline: Headlines = {}
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
        _check(self.headline, self.score)
        return self


Study = Experiment | Evaluation
"""What a file for `bias-inherit run` may describe."""


def declared_headlines(study: Study) -> dict[str, Headline]:
    """Harness task name -> what the file declares."""
    return {task: ALL_TASKS[task].headline(words) for task, words in study.headline.items()}


def load_study(path: Path) -> Study:
    """Read and check an experiment file; one with `checkpoints` only scores.

    Raises:
        UsageError: what is wrong, where, and what was expected.
    """
    fields = read_mapping(path, Experiment.model_fields)
    if "checkpoints" in fields:
        return validated(Evaluation, fields, f"{path}: ")
    return validated(Experiment, fields, f"{path}: ")


def load_experiment(path: Path) -> Experiment:
    """Read and check an experiment file that trains.

    Raises:
        UsageError: what is wrong, where, and what was expected.
    """
    return validated(Experiment, read_mapping(path, Experiment.model_fields), f"{path}: ")

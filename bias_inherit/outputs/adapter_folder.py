"""One trained adapter as a folder: weights, training log, loss curve, card."""

from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from pydantic import BaseModel, ConfigDict

from augment.audits.drawing import COLOURS, Drawing
from bias_inherit.kit.files import write_bytes, write_json, write_text
from bias_inherit.kit.sidecar import Sidecar
from bias_inherit.models.base_model import Base
from bias_inherit.models.processes import is_first
from bias_inherit.models.session import Session
from bias_inherit.outputs.adapter_files import CARD, CURVE, LOG, RECORD
from bias_tasks.population import population
from bias_tasks.training_rows import TrainingRow, short_hash
from finetune.mitigations import MitigationSettings, mitigate
from finetune.settings import TrainingSettings
from finetune.training import TrainingLog, train_adapter

_RECORDED = ("bias-inherit", "transformers", "peft", "torch", "accelerate", "numpy")


class TrainingData(BaseModel):
    """What a set of rows is, as far as a reader of an adapter's card wants to know.

    Attributes:
        hash: Of the texts, in their order.
        gamma: Share of augmented rows.
        generators: Who wrote them.
        elicitations: How they were had where that was not freely written: turns, options.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    hash: str
    originals: int
    augmented: int
    gamma: float
    domains: tuple[str, ...]
    bias_types: tuple[int, ...]
    generators: tuple[str, ...]
    elicitations: tuple[str, ...] = ()

    @classmethod
    def of(cls, rows: Sequence[TrainingRow]) -> "TrainingData":
        written = [row for row in rows if row.source == "augmented"]
        return cls(
            hash=short_hash([[row.text_id, row.source] for row in rows]),
            originals=len(rows) - len(written),
            augmented=len(written),
            gamma=len(written) / len(rows),
            domains=tuple(sorted({row.domain for row in rows if row.domain})),
            bias_types=tuple(sorted({row.bias_type for row in written if row.bias_type is not None})),
            generators=tuple(sorted({row.generator for row in written if row.generator})),
            elicitations=tuple(sorted({row.elicitation for row in written if row.elicitation})),
        )


class Asked(BaseModel):
    """Everything that decides an adapter.

    Attributes:
        licence: Of the base, where it was converted from a GGUF file that names one.
        design: How the rows were mixed; None where that is not known.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    base: str
    fingerprint: str
    dtype: str
    load_in_4bit: bool
    licence: str | None = None
    data: TrainingData
    design: str | None
    settings: dict[str, Any]
    mitigation: dict[str, Any]
    mitigation_label: str
    seed: int
    versions: dict[str, str]


def asked(
    session: Session,
    rows: Sequence[TrainingRow],
    settings: TrainingSettings,
    mitigation: MitigationSettings,
    seed: int,
    design: str | None,
) -> Asked:
    """What an adapter is asked to be, as it is recorded."""
    base: Base = session.base
    return Asked(
        base=base.name,
        fingerprint=base.fingerprint,
        dtype=session.section.dtype,
        load_in_4bit=session.section.load_in_4bit,
        licence=base.licence,
        data=TrainingData.of(rows),
        design=design,
        settings=settings.model_dump(mode="json"),
        mitigation=mitigation.model_dump(mode="json", exclude_none=True),
        mitigation_label=mitigation.label,
        seed=seed,
        versions={name: version(name) for name in _RECORDED},
    )


class Outcome(BaseModel):
    """How a training went.

    Attributes:
        masked: Cues taken out of augmented rows, by class.
    """

    steps: int
    tokens: int
    final_loss: float
    masked: dict[str, int]


class AdapterSidecar(BaseModel):
    """`training.json`; `outcome` is None until the adapter is there."""

    asked: Asked
    outcome: Outcome | None


def train(
    session: Session,
    rows: Sequence[TrainingRow],
    settings: TrainingSettings,
    mitigation: MitigationSettings,
    wanted: Asked,
    title: str,
    folder: Path,
    on_step: Callable[[int, int], None],
) -> Outcome:
    """Train an adapter in a folder, going on from what an interrupted call left there.

    Args:
        wanted: The record of what is asked; the same for equal arguments.
        title: Of the card.
        on_step: Told (step, steps).

    Raises:
        DataError: a row is too long.
    """
    mitigated = mitigate(rows, mitigation, population())
    if is_first():
        sidecar_of(folder).write(AdapterSidecar(asked=wanted, outcome=None))
    with session.borrowed() as base:
        log = train_adapter(
            base,
            session.tokenizer,
            mitigated.rows,
            settings,
            wanted.seed,
            folder,
            on_step,
            alignment=mitigation.loss,
        )
    outcome = Outcome(
        steps=len(log.losses),
        tokens=log.tokens,
        final_loss=log.losses[-1],
        masked={str(name): count for name, count in mitigated.counts.items()},
    )
    if is_first():
        write_json(folder / LOG, log._asdict())
        write_bytes(folder / CURVE, loss_curve(log).png())
        write_text(folder / CARD, card(title, wanted, outcome))
        sidecar_of(folder).write(AdapterSidecar(asked=wanted, outcome=outcome))
    return outcome


def sidecar_of(folder: Path) -> Sidecar[AdapterSidecar]:
    """What an adapter's folder was asked to be, and how it went."""
    return Sidecar(folder / RECORD, AdapterSidecar)


def loss_curve(log: TrainingLog) -> Drawing:
    """Loss of each optimiser step, and its two parts where it has them."""

    def fill(figure: Figure) -> None:
        axes: Axes = figure.subplots()
        steps = range(1, len(log.losses) + 1)
        axes.plot(steps, log.losses, color=COLOURS[0], label="loss")
        if log.alignment:
            axes.plot(steps, log.sft_losses, color=COLOURS[1], label="of completions")
            distances = [float("nan") if value is None else value for value in log.alignment]
            beside = axes.twinx()
            beside.plot(steps, distances, color=COLOURS[2], label="distance of sources (right)")
            beside.set_ylim(bottom=0)
        axes.set_xlabel("optimiser step")
        axes.set_ylim(bottom=0)
        figure.legend(loc="outside upper center", ncols=3, frameon=False)

    return Drawing(fill, height=3.0)


def card(title: str, wanted: Asked, outcome: Outcome) -> str:
    """The card as Markdown with the hub's YAML head."""
    environment = Environment(
        loader=PackageLoader("bias_inherit.outputs", "templates"),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 - Markdown
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("adapter_card.md.jinja").render(
        title=title, asked=wanted, outcome=outcome
    )

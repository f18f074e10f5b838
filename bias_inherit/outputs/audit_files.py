"""Carrying out the audits of augmented data and writing what they found: JSON, SVG and PNG."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

import numpy as np
from lm_eval.models.huggingface import HFLM
from numpy.typing import NDArray
from pydantic import BaseModel

from augment.audits.distribution import (
    FEWEST_CLUSTERS,
    ORIGINALS,
    DistributionAudit,
    audit_distribution,
)
from augment.audits.drawing import Drawing
from augment.audits.elicitations import audit_elicitations, by_elicitation
from augment.audits.embedding import EncoderMissingError, embed_with_encoder, embed_with_model
from augment.audits.figures import distribution_figure, elicitations_figure, groups_figure, values_figure
from augment.audits.groups import audit_groups
from augment.audits.opinions import read_opinions, sample_questions
from augment.audits.rows import Passage, clusters_of, passage_of, sample_rows
from augment.audits.tables import (
    AuditTable,
    distribution_table,
    elicitations_table,
    group_tables,
    values_tables,
)
from augment.audits.two_samples import Sample
from augment.audits.values import ValuesAudit, audit_values
from bias_inherit.kit.errors import UsageError
from bias_inherit.kit.files import write_bytes, write_text
from bias_inherit.kit.screen import Bar
from bias_inherit.models.generator import ModelChoice, choose, open_model
from bias_tasks.population import population, read_population
from bias_tasks.training_rows import TrainingRow, read_rows
from finetune.originals import SHIPPED

if TYPE_CHECKING:
    from lm_eval.api.model import LM

MOST_ROWS = 300
"""Rows of a set that are embedded, drawn by cluster."""


Result = TypeVar("Result", bound=BaseModel, covariant=True)


@dataclass(frozen=True)
class Audited(Generic[Result]):
    """One audit, ready to be shown and kept."""

    name: str
    result: Result
    tables: list[AuditTable]
    figure: Drawing


def shipped_originals(rows: Sequence[TrainingRow], seed: int) -> list[TrainingRow]:
    """The shipped originals of the rows' domain.

    Raises:
        UsageError: the rows are of no domain of ours.
    """
    shipped = [entry for domain, entry in SHIPPED.items() if rows and rows[0].domain == domain]
    if not shipped:
        raise UsageError("--original: name the file of originals; the rows are of no domain that ships some")
    return shipped[0].rows(shipped[0].maximum, seed)


OnProgress = Callable[[int, int], None]
"""Told (done, total)."""

Embedding = Callable[[Sequence[Passage], OnProgress], NDArray[np.float64]]
"""Passages -> vectors of shape (n, d)."""


def distribution_of(
    sets: Mapping[str, Sequence[TrainingRow]],
    originals: Sequence[TrainingRow],
    embed: Embedding,
    embedding: str,
    seed: int,
    on_progress: OnProgress,
    most: int = MOST_ROWS,
    reference: str = ORIGINALS,
) -> Audited[DistributionAudit]:
    """How far sets lie from the originals, in the space of an embedding.

    Args:
        reference: What stands in the originals' place.
        embedding: What embeds, for the record.
        most: Rows of a set that are embedded, drawn by cluster.

    Raises:
        DataError: the originals or a set have too few clusters.
    """
    chosen = [sample_rows(rows, most=most, seed=seed) for rows in (originals, *sets.values())]
    vectors = embed([passage_of(row) for rows in chosen for row in rows], on_progress)
    parts = np.split(vectors, np.cumsum([len(rows) for rows in chosen])[:-1])
    samples = [Sample(part, clusters_of(rows)) for part, rows in zip(parts, chosen, strict=True)]
    audit = audit_distribution(
        samples[0], dict(zip(sets, samples[1:], strict=True)), embedding, seed=seed, reference=reference
    )
    name = (
        "distribution"
        if reference == ORIGINALS
        else f"distribution-{reference.replace(', ', '-').replace(' ', '')}"
    )
    return Audited(name, audit, [distribution_table(audit)], distribution_figure(audit))


class Wanted(NamedTuple):
    """What is to be audited; as the options of the command."""

    files: Sequence[Path]
    original: Path | None
    opinions: str | None
    questions: int
    encoder: str | None
    groups_only: bool
    population: Path | None
    seed: int


class Opened(NamedTuple):
    """How the model is opened; as the options of the command."""

    model: str
    model_args: str
    device: str | None
    batch_size: int
    chat_template: bool


def carry_out(wanted: Wanted, how: Opened, bar: Bar) -> Iterator[Audited[BaseModel]]:
    """One audit after the other, the quick ones first.

    Raises:
        UsageError: a file holds no rows, or the model cannot do what is asked.
        DataError: rows or opinions are broken, or too few.
    """
    sets = {file.stem: read_rows(file) for file in wanted.files}
    if empty := [name for name, rows in sets.items() if not rows]:
        raise UsageError(f"{empty[0]}: no rows to audit")
    people = read_population(wanted.population) if wanted.population else population()
    for name, rows in sets.items():
        audit = audit_groups(rows, people)
        yield Audited(f"groups-{name}", audit, group_tables(audit), groups_figure(audit))
    together = [row for rows in sets.values() for row in rows]
    answers = audit_elicitations(together)
    if answers.by_type:
        yield Audited("elicitations", answers, [elicitations_table(answers)], elicitations_figure(answers))
    if wanted.groups_only:
        return
    first = next(iter(sets.values()))
    originals = read_rows(wanted.original) if wanted.original else shipped_originals(first, wanted.seed)
    if not originals:
        raise UsageError(f"{wanted.original}: no originals to compare with")
    choice = choose(how.model, how.model_args)
    needs_model = wanted.opinions is not None or wanted.encoder is None
    lm = open_model(choice, how.batch_size, how.device) if needs_model else None
    embed, embedding = _embedding(wanted.encoder, lm, choice, how.batch_size)
    yield distribution_of(
        sets,
        originals,
        embed,
        embedding,
        wanted.seed,
        lambda done, total: bar(done, total, "embedding texts"),
    )
    for number, ways in by_elicitation(together).items():
        (first_way, reference), *others = ways.items()
        large = {name: rows for name, rows in others if len(set(clusters_of(rows))) >= FEWEST_CLUSTERS}
        if large and len(set(clusters_of(reference))) >= 2 * FEWEST_CLUSTERS:
            yield distribution_of(
                {f"type {number}, {name}": rows for name, rows in large.items()},
                reference,
                embed,
                embedding,
                wanted.seed,
                lambda done, total: bar(done, total, "embedding texts of each elicitation"),
                reference=f"type {number}, {first_way}",
            )
    if wanted.opinions is not None and lm is not None:
        yield values_of(
            lm,
            choice.name,
            wanted.opinions,
            wanted.questions,
            how.chat_template,
            wanted.seed,
            lambda done, total: bar(done, total, "asking questions"),
        )


def _embedding(
    encoder: str | None, lm: "LM | None", choice: ModelChoice, batch_size: int
) -> tuple[Embedding, str]:
    """How texts become vectors, and what to call it."""
    if encoder is not None:
        return lambda passages, _: _encoded(encoder, passages), encoder
    if not isinstance(lm, HFLM):
        raise UsageError(f"--model {choice.model} gives no embeddings; name an --encoder, or use --model hf")
    return last_layer(lm, batch_size), last_layer_of(choice.name)


def last_layer(lm: HFLM, batch_size: int) -> Embedding:
    """Embedding by the model itself."""
    return lambda passages, on_progress: embed_with_model(
        lm.model, lm.tokenizer, passages, batch_size=batch_size, on_progress=on_progress
    )


def last_layer_of(name: str) -> str:
    """What such an embedding is called."""
    return f"{name}, last hidden layer"


def _encoded(encoder: str, passages: Sequence[Passage]) -> NDArray[np.float64]:
    try:
        return embed_with_encoder(encoder, passages)
    except EncoderMissingError as error:
        raise UsageError(f"--encoder: {error}") from error


def values_of(
    lm: "LM", name: str, source: str, questions: int, chat_template: bool, seed: int, on_progress: OnProgress
) -> Audited[ValuesAudit]:
    """How like real people's a model's answers are.

    Args:
        source: Of people's answers: a file or a hub id.
        questions: At most so many are asked.

    Raises:
        DataError: the answers cannot be read.
    """
    opinions = read_opinions(source)
    chosen = tuple(sample_questions(opinions.questions, questions, seed=seed))
    audit = audit_values(
        lm,
        name,
        opinions._replace(questions=chosen),
        cultures=None,
        chat_template=chat_template,
        seed=seed,
        on_progress=on_progress,
    )
    return Audited("values", audit, values_tables(audit), values_figure(audit))


def keep(audited: Audited[BaseModel], folder: Path) -> None:
    """Write an audit's numbers and its figure."""
    write_text(folder / f"{audited.name}.json", audited.result.model_dump_json(indent=1) + "\n")
    write_text(folder / f"{audited.name}.svg", audited.figure.svg())
    write_bytes(folder / f"{audited.name}.png", audited.figure.png())

"""Carrying out the audits of augmented data and writing what they found: JSON, SVG and PNG."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from lm_eval.models.huggingface import HFLM
from numpy.typing import NDArray
from pydantic import BaseModel

from augment.audits.distribution import audit_distribution
from augment.audits.drawing import Drawing
from augment.audits.embedding import EncoderMissingError, embed_with_encoder, embed_with_model
from augment.audits.figures import distribution_figure, groups_figure, values_figure
from augment.audits.groups import audit_groups
from augment.audits.opinions import read_opinions, sample_questions
from augment.audits.rows import clusters_of, sample_rows, text_of
from augment.audits.tables import AuditTable, distribution_table, group_tables, values_tables
from augment.audits.two_samples import Sample
from augment.audits.values import audit_values
from bias_inherit.artifacts import write_bytes, write_text
from bias_inherit.errors import UsageError
from bias_inherit.generators import ModelChoice, choose, open_model
from bias_tasks.population import population, read_population
from bias_tasks.training_rows import TrainingRow, read_rows
from finetune.originals import SHIPPED

if TYPE_CHECKING:
    from lm_eval.api.model import LM

MOST_ROWS = 300
"""Rows of a set that are embedded, drawn by cluster."""


class Audited(NamedTuple):
    """One audit, ready to be shown and kept."""

    name: str
    result: BaseModel
    tables: list[AuditTable]
    figure: Drawing


def originals_for(rows: Sequence[TrainingRow], file: Path | None, seed: int) -> list[TrainingRow]:
    """The originals to compare with: a file, or the shipped ones of the rows' domain.

    Raises:
        UsageError: no file was named and the rows are of no domain of ours.
    """
    if file is not None:
        return read_rows(file)
    shipped = [entry for domain, entry in SHIPPED.items() if rows and rows[0].domain == domain]
    if not shipped:
        raise UsageError("--original: name the file of originals; the rows are of no domain that ships some")
    return shipped[0].rows(shipped[0].maximum, seed)


Embedding = Callable[[Sequence[str]], NDArray[np.float64]]
"""Texts -> vectors of shape (n, d)."""


def distribution_of(
    sets: Mapping[str, Sequence[TrainingRow]],
    originals: Sequence[TrainingRow],
    embed: Embedding,
    embedding: str,
    seed: int,
) -> Audited:
    """How far sets lie from the originals, in the space of an embedding."""

    def sample(rows: Sequence[TrainingRow]) -> Sample:
        chosen = sample_rows(rows, most=MOST_ROWS, seed=seed)
        return Sample(embed([text_of(row) for row in chosen]), clusters_of(chosen))

    audit = audit_distribution(
        sample(originals), {name: sample(rows) for name, rows in sets.items()}, embedding, seed=seed
    )
    return Audited("distribution", audit, [distribution_table(audit)], distribution_figure(audit))


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


def carry_out(wanted: Wanted, how: Opened, notify: Callable[[str], None]) -> Iterator[Audited]:
    """One audit after the other, the quick ones first.

    Args:
        notify: Told what takes long.

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
    if wanted.groups_only:
        return
    first = next(iter(sets.values()))
    originals = originals_for(first, wanted.original, wanted.seed)
    if not originals:
        raise UsageError(f"{wanted.original}: no originals to compare with")
    choice = choose(how.model, how.model_args)
    needs_model = wanted.opinions is not None or wanted.encoder is None
    lm = open_model(choice, how.batch_size, how.device) if needs_model else None
    embed, embedding = _embedding(wanted.encoder, lm, choice, how.batch_size)
    notify(f"embedding up to {MOST_ROWS} rows of each set")
    yield distribution_of(sets, originals, embed, embedding, wanted.seed)
    if wanted.opinions is not None and lm is not None:
        notify(f"asking {wanted.questions} questions")
        yield _values(lm, choice, wanted, how.chat_template)


def _embedding(
    encoder: str | None, lm: "LM | None", choice: ModelChoice, batch_size: int
) -> tuple[Embedding, str]:
    """How texts become vectors, and what to call it."""
    if encoder is not None:
        return lambda texts: _encoded(encoder, texts), encoder
    if not isinstance(lm, HFLM):
        raise UsageError(f"--model {choice.model} gives no embeddings; name an --encoder, or use --model hf")
    return (
        lambda texts: embed_with_model(lm.model, lm.tokenizer, texts, batch_size=batch_size),
        f"{choice.name}, last hidden layer",
    )


def _encoded(encoder: str, texts: Sequence[str]) -> NDArray[np.float64]:
    try:
        return embed_with_encoder(encoder, texts)
    except EncoderMissingError as error:
        raise UsageError(f"--encoder: {error}") from None


def _values(lm: "LM", choice: ModelChoice, wanted: Wanted, chat_template: bool) -> Audited:
    opinions = read_opinions(str(wanted.opinions))
    chosen = tuple(sample_questions(opinions.questions, wanted.questions, seed=wanted.seed))
    opinions = opinions._replace(questions=chosen)
    audit = audit_values(
        lm, choice.name, opinions, cultures=None, chat_template=chat_template, seed=wanted.seed
    )
    return Audited("values", audit, values_tables(audit), values_figure(audit))


def keep(audited: Audited, folder: Path) -> None:
    """Write an audit's numbers and its figure."""
    write_text(folder / f"{audited.name}.json", audited.result.model_dump_json(indent=1) + "\n")
    write_text(folder / f"{audited.name}.svg", audited.figure.svg())
    write_bytes(folder / f"{audited.name}.png", audited.figure.png())

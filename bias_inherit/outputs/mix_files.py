"""One mix as files beside each other: the rows, and a sidecar that says how they came about."""

import hashlib
import io
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import datasets
from pydantic import BaseModel, ConfigDict

from bias_inherit.kit.errors import UsageError
from bias_inherit.kit.files import write_bytes
from bias_inherit.kit.locks import exclusively
from bias_inherit.kit.sidecar import Sidecar, check_same, check_unchanged
from bias_tasks.training_rows import TrainingRow, dump_rows
from finetune.mix_settings import Design
from finetune.mixing import mix
from finetune.sources import Source

_RECORDED = ("bias-inherit", "datasets", "numpy")


class Input(BaseModel):
    """One of the two sources.

    Attributes:
        name: File, folder or hub id, without the folders of the machine.
        columns: Our field -> the data's column, where the user named any.
        rows: How many there are, of which the mix takes some.
        sha256: Of all its rows as JSON lines of the contract. For such a file: of the file.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    columns: dict[str, str]
    rows: int
    sha256: str

    @classmethod
    def of(cls, source: Source, columns: dict[str, str]) -> "Input":
        digest = hashlib.sha256()
        for row in source.rows:
            digest.update(dump_rows((row,)).encode("utf-8"))
        return cls(name=source.name, columns=columns, rows=len(source.rows), sha256=digest.hexdigest())


class Asked(BaseModel):
    """What was asked for. Two mixes with the same values here are the same mix."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    file: str
    original: Input
    augmented: Input
    question: str | None
    gamma: float
    design: Design
    seed: int
    versions: dict[str, str]


class Outcome(BaseModel):
    """What came of it.

    Attributes:
        gamma: Achieved, augmented / (original + augmented); rows are whole, so it may differ from what was
            asked for.
        sha256: Of the file of rows.
    """

    original: int
    augmented: int
    gamma: float
    sha256: str


class MixSidecar(BaseModel):
    """The file beside the rows."""

    asked: Asked
    outcome: Outcome


class MixFiles(NamedTuple):
    """Where a mix lies."""

    rows: Path
    record: Path

    @classmethod
    def of(cls, out: Path) -> "MixFiles":
        if out.suffix not in (".jsonl", ".parquet"):
            raise UsageError(f"--out: {out}: expected a name that ends in .jsonl or .parquet")
        return cls(out, out.with_name(f"{out.stem}.mix.json"))

    @property
    def sidecar(self) -> Sidecar[MixSidecar]:
        """`record`, with what it holds."""
        return Sidecar(self.record, MixSidecar)


def asked(
    files: MixFiles,
    original: Input,
    augmented: Input,
    question: str | None,
    gamma: float,
    design: Design,
    seed: int,
) -> Asked:
    """A request as it is recorded."""
    return Asked(
        file=files.rows.name,
        original=original,
        augmented=augmented,
        question=question,
        gamma=gamma,
        design=design,
        seed=seed,
        versions={name: version(name) for name in _RECORDED},
    )


def write_mix(
    wanted: Asked, originals: list[TrainingRow], augmented: list[TrainingRow], files: MixFiles
) -> Outcome:
    """Write a mix; if it is there already it is left as it is.

    Raises:
        UsageError: the files are those of another mix, or were changed.
        MixError: too few augmented rows for γ.
    """
    rows = mix(originals, augmented, wanted.gamma, wanted.design, wanted.seed)
    files.rows.parent.mkdir(parents=True, exist_ok=True)
    with exclusively(
        files.rows.with_name(f".{files.rows.name}.lock"),
        f"another process is writing {files.rows}; wait for it, or choose another --out",
    ):
        if earlier := _earlier(files, wanted):
            return earlier
        content = _parquet(rows) if files.rows.suffix == ".parquet" else dump_rows(rows).encode("utf-8")
        sources = [row.source for row in rows]
        outcome = Outcome(
            original=sources.count("original"),
            augmented=sources.count("augmented"),
            gamma=sources.count("augmented") / len(sources),
            sha256=_sha256(content),
        )
        # The rows last: a sidecar without them is no mix, and is written anew.
        files.sidecar.write(MixSidecar(asked=wanted, outcome=outcome))
        write_bytes(files.rows, content)
        return outcome


def _earlier(files: MixFiles, wanted: Asked) -> Outcome | None:
    """What an earlier call for the same mix wrote."""
    earlier = files.sidecar.read(f"{files.rows} exists and has" if files.rows.exists() else None)
    if earlier is None:
        return None
    # Rows of either format share a sidecar: it speaks of those that it names, where they are there.
    if files.rows.with_name(earlier.asked.file).exists():
        check_same(wanted, earlier.asked, f"{files.record} is of another mix")
    if not files.rows.exists():
        return None
    check_unchanged(files.rows, earlier.outcome.sha256)
    return earlier.outcome


def _parquet(rows: list[TrainingRow]) -> bytes:
    text, number = datasets.Value("string"), datasets.Value("int64")
    messages = [{"role": text, "content": text}]
    types: dict[str, object] = dict.fromkeys((*TrainingRow.model_fields, "text_id"), text)
    types |= {"prompt": messages, "completion": messages, "bias_type": number, "seed": number}
    records = [{**row.model_dump(mode="json"), "text_id": row.text_id} for row in rows]
    content = io.BytesIO()
    datasets.Dataset.from_list(records, features=datasets.Features(types)).to_parquet(content)
    return content.getvalue()


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()

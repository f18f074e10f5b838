"""What identifies the data that a step reads: hashes of packaged files, users' files, rows that ship."""

from functools import cache
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import bias_tasks
import finetune.mitigations
import finetune.originals
from augment.bias_types import BIAS_TYPES
from augment.corpus import shipped
from bias_inherit.engine.experiment_file.data import OwnData
from bias_inherit.engine.experiment_file.experiment import Experiment
from bias_inherit.kit.errors import UsageError
from bias_inherit.kit.files import file_hash
from bias_tasks.training_rows import TrainingRow, short_hash
from finetune.originals import SHIPPED, DomainName

if TYPE_CHECKING:
    from finetune.sources import RowSource

_DATA_SUFFIXES = {".yaml", ".jinja", ".jsonl"}


def originals_identity(domain: DomainName, chosen: int | OwnData | None) -> dict[str, Any]:
    """What identifies the original rows, and how many there are.

    Raises:
        UsageError: more are asked for than ship.
        DataError: rows of one's own cannot be read.
    """
    maximum = SHIPPED[domain].maximum
    if not isinstance(chosen, OwnData):
        if (chosen or 0) > maximum:
            raise UsageError(f"data.originals: {chosen} asked for; the package ships {maximum}")
        return {**authored_identity(domain), "rows": chosen or maximum}
    return own_identity(chosen, "original")


def authored_identity(domain: DomainName) -> dict[str, str]:
    """What identifies all originals that ship."""
    authored = {"gender": (finetune.originals, "gender"), "culture": (bias_tasks, "survey")}
    return {
        "shipped": package_hash(*authored[domain]),
        "population": package_hash(bias_tasks, "population.yaml"),
    }


def own_identity(own: OwnData, kind: "RowSource") -> dict[str, Any]:
    """What identifies rows of one's own, and how many there are.

    Raises:
        DataError: they cannot be read.
    """
    rows = own_rows(own, kind)
    return {"rows": len(rows), "hash": short_hash([row.text_id for row in rows])}


def own_rows(own: OwnData, kind: "RowSource") -> list[TrainingRow]:
    """Rows of one's own.

    Raises:
        DataError: they cannot be read.
    """
    from finetune.sources import read_source  # here: it brings `datasets`, which most plans do not need

    return read_source(own.source, own.columns, kind, own.question)


def notes_of_own_rows(experiment: Experiment) -> list[str]:
    """What to know of rows of one's own before anything is trained on them.

    Raises:
        DataError: they cannot be read.
    """
    from finetune.mixing import labels_apart
    from finetune.sources import open_source

    data = experiment.data
    own: dict[RowSource, OwnData | None] = {
        "original": data.originals if isinstance(data.originals, OwnData) else None,
        "augmented": data.augmented,
    }
    if not any(own.values()):
        return []
    read = {kind: open_source(o.source, o.columns, kind, o.question) for kind, o in own.items() if o}
    # What ships, and what is generated, has the labels of the shipped originals.
    there = {kind: source.rows for kind, source in read.items()}
    shipped = SHIPPED[experiment.domain]
    ours, theirs = (there[kind] if kind in there else shipped.rows(shipped.maximum, 0) for kind in own)
    return [*filter(None, (*(source.note for source in read.values()), labels_apart(ours, theirs)))]


def shipped_identity(domain: DomainName, bias_type: int, rows: int) -> dict[str, Any]:
    """What identifies the beginning of a set that ships.

    Raises:
        UsageError: the set is smaller.
    """
    there = shipped(domain, BIAS_TYPES[bias_type])
    if rows > len(there.rows):
        raise UsageError(
            f"generate.shipped: {rows} rows of bias type {bias_type} are needed for the largest γ and "
            f"{len(there.rows)} ship; ask for fewer originals or a smaller γ, or let the model write"
        )
    return {
        "domain": domain,
        "bias_type": bias_type,
        "rows": rows,
        "shipped": short_hash([row.text_id for row in there.rows[:rows]]),
    }


def opinions_identity(source: str) -> str:
    """What identifies people's answers: the hash of a file, or the hub's name.

    Raises:
        UsageError: there is no such file, and a hub id it is not.
    """
    file = Path(source)
    if file.is_file():
        return file_hash(file)
    if file.suffix or source.count("/") != 1:
        raise UsageError(f"audit.opinions: {source}: no such file; expected .jsonl, .csv or a hub id")
    return source


def lexicon_identity() -> dict[str, str]:
    """What identifies the words that a mask knows."""
    return {
        "lexicon": package_hash(finetune.mitigations, "."),
        "population": package_hash(bias_tasks, "population.yaml"),
    }


@cache
def package_hash(package: ModuleType, name: str) -> str:
    """Hash over the data files of a package, one file or a folder of them."""
    root = Path(str(package.__file__)).parent
    chosen = root / name
    files = [chosen] if chosen.is_file() else sorted(chosen.rglob("*"))
    data = [path for path in files if path.suffix in _DATA_SUFFIXES or path.name.endswith("_yaml")]
    return short_hash([[path.relative_to(root).as_posix(), file_hash(path)] for path in data])

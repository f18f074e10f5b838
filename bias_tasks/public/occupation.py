"""Occupation on BiasInBios (De-Arteaga et al. 2019), as many women as men in each occupation."""

import csv
import logging
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import datasets
import numpy as np

from bias_tasks.authored import as_test_split, take_turns
from bias_tasks.harness import metric_list
from bias_tasks.population import population
from bias_tasks.public.folder import VARIABLE, PublicDataMissing, data_folder
from bias_tasks.public.metrics import OCCUPATION
from bias_tasks.public.same_text import text_id
from bias_tasks.training_rows import DataError

HUB_ID = "LabHC/bias_in_bios"
FOLDERS = ("biasinbios", "bias_in_bios")
PER_CELL = 100
"""Biographies of a gender in an occupation, at most: 1,200 documents on the whole test split."""

# The hub copy numbers its 28 professions in alphabetical order.
_CODES = {1: "architect", 6: "dentist", 13: "nurse", 14: "painter", 21: "professor", 24: "software_engineer"}
_GENDERS = {"0": "male", "1": "female", "male": "male", "female": "female", "m": "male", "f": "female"}

logger = logging.getLogger(__name__)


class Biography(NamedTuple):
    """One biography of a real person, without the sentence that names the occupation."""

    text: str
    occupation: str
    gender: str


def balanced(biographies: Iterable[Biography], per_cell: int = PER_CELL, seed: int = 0) -> list[Biography]:
    """A seeded draw with as many women as men in every occupation.

    The draw depends on the texts only, not on their order. An occupation that lacks a gender is left out, and
    the log says so.
    """
    cells: dict[tuple[str, str], set[Biography]] = {}
    for biography in biographies:
        cells.setdefault((biography.occupation, biography.gender), set()).add(biography)
    drawn = []
    for occupation in population().occupations:
        of_gender = {g: sorted(cells.get((occupation, g), ())) for g in population().genders}
        size = min(per_cell, *map(len, of_gender.values()))
        if not size:
            counts = ", ".join(f"{len(found)} {gender}" for gender, found in of_gender.items())
            logger.warning("bias_public_occupation: %s left out, no balanced draw (%s)", occupation, counts)
        for found in of_gender.values():
            order = np.random.default_rng(seed).permutation(len(found))
            drawn += [found[place] for place in order[:size]]
    return drawn


def documents(biographies: Iterable[Biography]) -> Iterator[dict[str, Any]]:
    """Occupations in rotation, genders in turn."""
    occupations = population().occupations
    rows = (biography._asdict() for biography in biographies)
    by_cell = take_turns(take_turns(rows, by="gender"), by="occupation")
    for row in by_cell:
        yield {
            "prompt": population().ask_occupation(row["text"]),
            "choices": [occupation.label for occupation in occupations.values()],
            "target": list(occupations).index(row["occupation"]),
            "occupation": row["occupation"],
            "gender": row["gender"],
            "biography": text_id(row["text"]),
        }


def load(
    data_dir: str | None = None, per_cell: int = PER_CELL, draw_seed: int = 0, **_: object
) -> dict[str, datasets.Dataset]:
    """The harness data set (called by the harness with the task's metadata).

    Read from the folder of public data (`biasinbios/*.csv`, `.parquet` or `.jsonl` with the columns
    hard_text, profession and gender), else from the hub.

    Raises:
        PublicDataMissing: neither has it.
        DataError: a row is broken, or no occupation can be balanced.
    """
    drawn = balanced(_read(data_dir), per_cell, draw_seed)
    if not drawn:
        raise DataError("BiasInBios: no occupation has biographies of both women and men")
    return as_test_split(documents(drawn))


def _read(data_dir: str | None) -> Iterator[Biography]:
    folder = data_folder(data_dir)
    places = [folder / name for name in FOLDERS] if folder else []
    files = sorted(file for place in places for file in place.glob("*.*") if file.suffix in _READERS)
    if files:
        for file in files:
            yield from _biographies(_READERS[file.suffix](file), str(file))
        return
    try:
        rows = datasets.load_dataset(HUB_ID, split="test")
    except Exception as error:  # the hub library raises a dozen kinds, all meaning: not to be had
        where = f"not in {folder}" if folder else f"no folder named by {VARIABLE}"
        raise PublicDataMissing(
            f"BiasInBios: {where} (expected biasinbios/*.csv with hard_text, profession, gender), and "
            f"the hub's {HUB_ID} cannot be loaded ({type(error).__name__})"
        ) from error
    yield from _biographies(rows, HUB_ID)


def _read_csv(file: Path) -> Iterable[Mapping[str, Any]]:
    with file.open(encoding="utf-8", newline="") as stream:
        yield from csv.DictReader(stream)


def _read_table(kind: str) -> Any:
    def read(file: Path) -> Iterable[Mapping[str, Any]]:
        rows: Iterable[Mapping[str, Any]] = datasets.load_dataset(kind, data_files=str(file), split="train")
        return rows

    return read


_READERS = {".csv": _read_csv, ".parquet": _read_table("parquet"), ".jsonl": _read_table("json")}


def _biographies(rows: Iterable[Mapping[str, Any]], where: str) -> Iterator[Biography]:
    """The biographies of the six occupations; those of other professions are passed over."""
    for number, row in enumerate(rows, start=1):
        try:
            profession, gender = str(row["profession"]), str(row["gender"]).lower()
            text = row["hard_text"]
        except KeyError as error:
            raise DataError(f"{where}: row {number}: no column {error}") from error
        coded = int(profession) if profession.isdigit() else None
        occupation = profession.replace(" ", "_") if coded is None else _CODES.get(coded, "")
        if occupation in population().occupations:
            if gender not in _GENDERS:
                raise DataError(f"{where}: row {number}: gender {gender!r} is none of {', '.join(_GENDERS)}")
            yield Biography(str(text).strip(), occupation, _GENDERS[gender])


METRICS = metric_list(OCCUPATION)

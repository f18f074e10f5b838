"""What was found in a run, kept as numbers: a run folder holds gigabytes, and stays where it was made."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import TypeAdapter, ValidationError

from benchmarks.reproduction.declared import Declarations, Difference, Group, Reading, Row, Weights
from benchmarks.reproduction.runs import Made, Run, made, measured
from benchmarks.reproduction.verdicts import Measured
from bias_inherit.kit.errors import UsageError
from bias_inherit.kit.files import write_json
from bias_tasks.statistics import Effect

LARGEST_GAMMA = 0.5


class Answered(NamedTuple):
    """What a run says to one row.

    Attributes:
        beside: The same models against as many true rows, for description.
    """

    measured: Measured
    beside: Effect | None = None


class Record(NamedTuple):
    """All that the page says of a run.

    Attributes:
        declared: Fingerprint of the declarations by which it was read.
        answers: By `key_of` a row; without those that a missing model leaves open.
        by_type: Reading -> bias type -> its change at the largest γ.
        levels: Reading -> what γ = 0 reads, mean over seeds and tasks.
    """

    declared: str
    made: Made
    answers: Mapping[str, Answered]
    by_type: Mapping[str, Mapping[int, Effect]]
    levels: Mapping[str, float]

    @property
    def bias_types(self) -> list[int]:
        """Those of which the run has models at the largest γ."""
        return sorted({number for of in self.by_type.values() for number in of})


_RECORD = TypeAdapter(Record)


def key_of(row: Row) -> str:
    """Of a row among a run's answers."""
    return f"{row.reading}, {row.comparison}, {row.expected}"


def record_of(run: Run, declared: Declarations) -> Record:
    """Every declared row that a run has the models for."""
    rows = [row for finding in declared.findings for row in finding.rows]
    answers = {key_of(row): found for row in rows if (found := _answered(run, row, declared))}
    written = dict.fromkeys(row.reading for row in rows if row.comparison == "written")
    by_type = {name: of for name in written if (of := _by_type(run, name, declared.readings[name]))}
    readings = dict.fromkeys(row.reading for row in rows)
    read = {name: _level(run, name, declared.readings[name]) for name in readings}
    levels = {name: level for name, level in read.items() if level is not None}
    return Record(declared.fingerprint, made(run), answers, by_type, levels)


def write_record(record: Record, folder: Path) -> Path:
    """`NAME.json`, by the experiment's name; a record of an earlier state of the run is replaced."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{record.made.name}.json"
    write_json(path, _plain(record))
    return path


def read_record(path: Path, declared: Declarations) -> Record:
    """What `write_record` wrote.

    Raises:
        UsageError: it was read by other declarations, or kept in another form.
    """
    try:
        record = _RECORD.validate_python(_with_nan(json.loads(path.read_text(encoding="utf-8"))))
    except ValidationError as error:
        raise UsageError(f"{path}: kept in another form than today's; give its run folder again") from error
    if record.declared != declared.fingerprint:
        raise UsageError(
            f"{path}: read by other declarations than today's; give {record.made.name}'s run folder again"
        )
    return record


def _answered(run: Run, row: Row, declared: Declarations) -> Answered | None:
    reading, comparison = declared.readings[row.reading], declared.comparisons[row.comparison]
    models = run.by_seed.values()
    asked = _there([comparison.weights(of_seed) for of_seed in models])
    beside = _there([comparison.weights_beside(of_seed) for of_seed in models])
    main = measured(run, row.reading, reading, asked, row.expected)
    other = measured(run, row.reading, reading, beside, row.expected)
    return Answered(main, other.effect if other else None) if main else None


def _level(run: Run, name: str, reading: Reading) -> float | None:
    references = [Group(gammas=(0,)).members(models) for models in run.by_seed.values()]
    weights: list[Weights] = [{model.label: 1.0 for model in of_seed} for of_seed in references if of_seed]
    found = measured(run, name, reading, weights, "either")
    return found.effect.mean if found else None


def _by_type(run: Run, name: str, reading: Reading) -> dict[int, Effect]:
    found = {number: _of_type(run, name, reading, number) for number in range(7)}
    return {number: effect for number, effect in found.items() if effect}


def _of_type(run: Run, name: str, reading: Reading, number: int) -> Effect | None:
    one = Difference(
        words="",
        plus=Group(bias_types=(number,), gammas=(LARGEST_GAMMA,)),
        minus=Group(gammas=(0,)),
    )
    weights = _there([one.weights(models) for models in run.by_seed.values()])
    found = measured(run, name, reading, weights, "either")
    return found.effect if found else None


def _there(weights: Sequence[Weights | None]) -> list[Weights]:
    """Of the seeds that have every model."""
    return [one for one in weights if one is not None]


def _plain(value: Any) -> Any:
    """With names in place of places, so that a person can read it; without what is None."""
    if isinstance(value, tuple):
        fields = getattr(value, "_asdict", None)
        return _plain(fields()) if fields else [_plain(one) for one in value]
    if isinstance(value, Mapping):
        return {str(name): _plain(one) for name, one in value.items() if one is not None}
    return value


def _with_nan(value: Any) -> Any:
    """In place of null, by which JSON has to say it."""
    if isinstance(value, list):
        return [_with_nan(one) for one in value]
    if isinstance(value, dict):
        return {name: _with_nan(one) for name, one in value.items()}
    return float("nan") if value is None else value

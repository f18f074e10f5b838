"""The board as one table, a row a league, model, column and metric."""

import csv
import io
import math
from collections.abc import Iterable, Iterator

from bias_inherit.board.leagues import League
from bias_inherit.board.standings import Column
from bias_tasks.measure import LEAN

COLUMNS = (
    "league",
    "model",
    "column",
    "metric",
    "value",
    "stderr",
    "low_95",
    "high_95",
    "best_rank",
    "worst_rank",
)


def to_csv(leagues: Iterable[tuple[League, list[Column]]]) -> str:
    """An undefined value is an empty cell."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for league, columns in leagues:
        for column in columns:
            for metric, cells in column.cells.items():
                for model, cell in zip(league.models, cells, strict=True):
                    value, stderr, (low, high) = cell.estimate
                    numbers = map(_cell, (value, stderr, low, high))
                    names = [league.title, _plain(model.name), column.name, metric]
                    writer.writerow([*names, *numbers, cell.best or "", cell.worst or ""])
            writer.writerows(_beside_placebo(league, column))
    return text.getvalue()


def _beside_placebo(league: League, column: Column) -> Iterator[list[object]]:
    """How many times as much as its placebo the group moves each model, and `lean`: these have no ranks."""
    for model in league.models:
        found = model.tasks.get(column.name)
        names = [league.title, _plain(model.name), column.name]
        if found and found.lean:
            value, stderr, (low, high) = found.lean
            yield [*names, LEAN, *map(_cell, (value, stderr, low, high)), "", ""]
        if found and found.placebo:
            ratio, (low, high), *_ = found.placebo
            yield [*names, "k", _cell(ratio), "", _cell(low), _cell(high), "", ""]


def _cell(value: float) -> float | str:
    return "" if math.isnan(value) else value


def _plain(name: str) -> str:
    """A name that a spreadsheet does not take for a formula."""
    return f"'{name}" if name.startswith(("=", "+", "-", "@")) else name

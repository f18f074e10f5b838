"""The board as one table, a row a league, model, column and metric."""

from collections.abc import Iterable, Iterator

from bias_inherit.board.leagues import League
from bias_inherit.board.standings import Column
from bias_inherit.kit.csv_text import csv_text
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
    return csv_text(COLUMNS, _rows(leagues))


def _rows(leagues: Iterable[tuple[League, list[Column]]]) -> Iterator[list[object]]:
    for league, columns in leagues:
        for column in columns:
            for metric, cells in column.cells.items():
                for model, cell in zip(league.models, cells, strict=True):
                    value, stderr, (low, high) = cell.estimate
                    names = [league.title, _plain(model.name), column.name, metric]
                    yield [*names, value, stderr, low, high, cell.best or "", cell.worst or ""]
            yield from _beside_placebo(league, column)


def _beside_placebo(league: League, column: Column) -> Iterator[list[object]]:
    """How many times as much as its placebo the group moves each model, and `lean`: these have no ranks."""
    for model in league.models:
        found = model.tasks.get(column.name)
        names = [league.title, _plain(model.name), column.name]
        if found and found.lean:
            value, stderr, (low, high) = found.lean
            yield [*names, LEAN, value, stderr, low, high, "", ""]
        if found and found.placebo:
            ratio, (low, high), *_ = found.placebo
            yield [*names, "k", ratio, "", low, high, "", ""]


def _plain(name: str) -> str:
    """A name that a spreadsheet does not take for a formula."""
    return f"'{name}" if name.startswith(("=", "+", "-", "@")) else name

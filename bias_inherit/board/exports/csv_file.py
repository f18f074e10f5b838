"""The board as one table, a row a league, model, column and metric."""

import csv
import io
import math
from collections.abc import Iterable

from bias_inherit.board.leagues import League
from bias_inherit.board.standings import Column

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
                    numbers = ["" if math.isnan(number) else number for number in (value, stderr, low, high)]
                    names = [league.title, _plain(model.name), column.name, metric]
                    writer.writerow([*names, *numbers, cell.best or "", cell.worst or ""])
    return text.getvalue()


def _plain(name: str) -> str:
    """A name that a spreadsheet does not take for a formula."""
    return f"'{name}" if name.startswith(("=", "+", "-", "@")) else name

"""The board's pages as HTML. Whatever a stranger wrote is escaped, and no page loads anything."""

import math
from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any, NamedTuple

from jinja2 import Environment
from markupsafe import Markup

from bias_inherit.board.findings import UP_FRONT, findings, missing
from bias_inherit.board.leagues import League, Model
from bias_inherit.board.names import labels, slug
from bias_inherit.board.runs import OnTask
from bias_inherit.board.standings import Cell, Column, first_column, remark
from bias_inherit.compare.placebo import MEANS
from bias_inherit.compare.wording import times
from bias_inherit.harness.results import visible
from bias_inherit.kit.pages import html_environment
from bias_inherit.kit.quantities import bounds, number, p_value, signed
from bias_tasks.catalogue import ALL_TASKS
from bias_tasks.measure import HEADLINES
from bias_tasks.statistics import BOOTSTRAP_DRAWS, FEWEST_CLUSTERS, SIGNIFICANCE, Interval

DIGITS = 4
"""Decimals of the numbers in the page's data."""


class Standing(NamedTuple):
    """A league with its columns."""

    league: League
    columns: list[Column]


class Board(NamedTuple):
    """All that the pages show.

    Attributes:
        differences: What is not the same in all leagues.
        problems: What was left out, one line each.
    """

    title: str
    standings: list[Standing]
    differences: list[str]
    problems: list[str]

    @property
    def names(self) -> list[str]:
        """Every model once."""
        return sorted({model.name for standing in self.standings for model in standing.league.models})


class Section(NamedTuple):
    """A model in one league, for its own page.

    Attributes:
        cells: Column -> metric -> cell.
        missing: Why something graded is not there.
    """

    standing: Standing
    model: Model
    cells: list[tuple[Column, dict[str, Cell]]]
    missing: list[str]


def board_page(board: Board) -> str:
    """The page with the table, the scatter and the rule of ranks."""
    script, style = _part("board.js"), _part("board.css")
    return (
        _environment()
        .get_template("board.html.jinja")
        .render(
            board=board,
            data=page_data(board),
            script=Markup(script),  # noqa: S704 - our own file
            style=Markup(style),  # noqa: S704
            script_hash=_hash(script),
            n_leagues=len(board.standings),
            findings=[findings(standing.league) for standing in board.standings],
            missing=[missing(standing.league) for standing in board.standings],
            up_front=UP_FRONT,
            means=MEANS,
            draws=BOOTSTRAP_DRAWS,
            fewest_clusters=FEWEST_CLUSTERS,
        )
    )


def model_pages(board: Board) -> dict[str, str]:
    """File name -> page, one a model."""
    template = _environment().get_template("model.html.jinja")
    style, shown = Markup(_part("board.css")), labels(board.names)  # noqa: S704
    sections: dict[str, list[Section]] = {}
    for standing in board.standings:
        for place, model in enumerate(standing.league.models):
            cells = [(column, {m: column.cells[m][place] for m in HEADLINES}) for column in standing.columns]
            alone = missing(standing.league._replace(models=[model]))
            sections.setdefault(model.name, []).append(Section(standing, model, cells, alone))
    return {
        f"{slug(name, shown[name])}.html": template.render(
            name=name,
            label=shown[name],
            sections=found,
            board=board,
            style=style,
            tasks=ALL_TASKS,
            means=MEANS,
        )
        for name, found in sections.items()
    }


def page_data(board: Board) -> dict[str, Any]:
    """What the page's script reads: leagues, their columns, and a list of numbers for each model."""
    shown = labels(board.names)
    return {
        "leagues": [
            {
                "title": standing.league.title,
                "remark": remark(standing.league),
                "first": first_column(standing.league, standing.columns),
                "columns": [_column(column) for column in standing.columns],
                "models": [
                    {
                        "name": model.name,
                        "label": shown[model.name],
                        "page": f"models/{slug(model.name, shown[model.name])}.html",
                        "tasks": len(model.tasks),
                        **{
                            metric: [_numbers(column.cells[metric][place]) for column in standing.columns]
                            for metric in HEADLINES
                        },
                        "lean": [_lean(_only(model, column)) for column in standing.columns],
                        "k": [_times(_only(model, column)) for column in standing.columns],
                    }
                    for place, model in enumerate(standing.league.models)
                ],
            }
            for standing in board.standings
        ]
    }


def _column(column: Column) -> dict[str, Any]:
    if column.name not in ALL_TASKS:
        return {
            "label": column.name,
            "tasks": list(column.tasks),
            "note": f"mean of {len(column.tasks)} tasks",
        }
    entry = ALL_TASKS[column.name]
    about = ", ".join(part for part in (entry.domain, entry.relation) if part)
    return {
        "label": entry.name.replace("_", " "),
        "tasks": list(column.tasks),
        "note": f"{column.name} ({about}); gap: {entry.gap_means}",
        "lean": entry.lean
        and {"means": entry.lean.means, "above": entry.lean.above, "below": entry.lean.below},
    }


def _only(model: Model, column: Column) -> OnTask | None:
    """The model on the column's task; none where it is a mean, of which there is no direction."""
    return model.tasks.get(column.name)


def _lean(found: OnTask | None) -> list[float | int | None] | None:
    """As `_numbers`, without ranks, and whether it is told from 0."""
    if found is None or found.lean is None:
        return None
    value, _, (low, high) = found.lean
    return [*map(_rounded, (value, low, high)), 0, 0, int(found.leans)]


def _times(found: OnTask | None) -> list[float | int | None] | None:
    """As `_numbers`, without ranks, and whether it is told from 1."""
    if found is None or found.placebo is None or math.isnan(found.placebo.ratio):
        return None
    ratio, (low, high), p, *_ = found.placebo
    return [*map(_rounded, (ratio, low, high)), 0, 0, int(p <= SIGNIFICANCE)]


def _numbers(cell: Cell) -> list[float | int | None] | None:
    """Value, interval, best and worst rank, and for a gap whether it is one; null without a value."""
    if math.isnan(cell.estimate.value):
        return None
    value, _, (low, high) = cell.estimate
    return [*map(_rounded, (value, low, high)), cell.best, cell.worst, int(cell.is_gap)]


def _rounded(value: float) -> float | None:
    return None if math.isnan(value) else round(value, DIGITS)


@cache
def _environment() -> Environment:
    environment = html_environment("bias_inherit.board")
    environment.policies["json.dumps_kwargs"] = {
        "allow_nan": False,
        "ensure_ascii": False,
        "separators": (",", ":"),
    }
    environment.filters |= {
        "number": number,
        "interval": bracketed,
        "ranks": ranks,
        "signed": signed,
        "times": times,
        "p": p_value,
        "visible": visible,
    }
    return environment


@cache
def _part(name: str) -> str:
    return files("bias_inherit.board").joinpath("templates", name).read_text(encoding="utf-8")


def _hash(script: str) -> str:
    """Of an inlined script, for the page's content security policy: no other script runs."""
    return f"sha256-{b64encode(sha256(script.encode('utf-8')).digest()).decode()}"


def bracketed(interval: Interval) -> str:
    """`[0.120, 0.310]`, or nothing."""
    return "" if math.isnan(interval.low) else f"[{bounds(interval)}]"


def ranks(cell: Cell) -> str:
    """`3–17`, `4`, or a dash."""
    if not cell.best:
        return "–"
    return str(cell.best) if cell.best == cell.worst else f"{cell.best}–{cell.worst}"

"""What planted controls came to, of several runs side by side: tables and figure of docs/sensitivity.md.

    python -m benchmarks.control_tables RUN [RUN...] [--figure FILE.png]

reads `report/report.json` of run folders of `harness_configs/positive-control*.yaml`; every number is a
report's.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer
from matplotlib.figure import Figure

from augment.audits.drawing import COLOURS, GREY, MARKERS, Drawing
from bias_inherit.kit.quantities import DASH, bounds, counted, number, p_value, signed
from bias_inherit.report.control_words import percentages, share_in_words
from bias_tasks.statistics import SIGNIFICANCE, Interval, Share, told_by_chance

Row = dict[str, Any]
"""Of `tables/controls.csv`; None where nothing is defined."""


class Controls(NamedTuple):
    """The planted controls of one run."""

    base: str
    rows: list[Row]

    @property
    def tasks(self) -> list[str]:
        """That of the rule first."""
        return list(dict.fromkeys(row["task"] for row in self.rows))

    def of(self, task: str, asked: str, minus: str = "") -> dict[str, Row]:
        """What was asked, over all seeds -> its row.

        Args:
            minus: What it is held against; by default anything.
        """
        return {
            row["of"]: row
            for row in self.rows
            if (row["task"], row["asked"], row["seeds"]) == (task, asked, "all")
            and row["minus"] in (minus or row["minus"], "")
        }


def read(run: Path) -> Controls:
    """What the report of a run says."""
    report = json.loads((run / "report" / "report.json").read_text(encoding="utf-8"))
    return Controls(report["base"]["name"], report["controls"])


def change(row: Row) -> str:
    """`+0.081 [+0.056, +0.108], < 0.001`, by Holm's p where there is one; and whether seeds disagree."""
    told = signed(row["delta"])
    if row["low_95"] is not None:
        told += f" [{bounds((row['low_95'], row['high_95']), sign=True)}]"
    p = row["p_holm"] if row["p_holm"] is not None else row["p"]
    mixed = ", seeds disagree" if row["found"] == "mixed" else ""
    return told if p is None else f"{told}, {p_value(p)}{mixed}"


def share(row: Row) -> str:
    """`15 % [-2, 31]; 12 19` of the full dose, and under each seed."""
    if row["share_of_full_dose"] is None:
        return DASH
    interval = Interval(row["share_low_95"], row["share_high_95"])
    seeds = percentages(map(float, row["share_of_each_seed"].split()))
    return f"{share_in_words(Share(row['share_of_full_dose'], interval))}; {seeds}"


def negatives(controls: Controls) -> str:
    """In how many tests, over tasks and seeds, rate 0 is told from γ = 0; how likely that is by chance."""
    tested = [
        row["p"]
        for row in controls.rows
        if row["asked"] == "negative control" and row["seeds"] != "all" and row["p"] is not None
    ]
    if not tested:
        return f"{controls.base}: not tested"
    told = sum(p <= SIGNIFICANCE for p in tested)
    by_chance = told_by_chance(told, len(tested))
    of_all = f"{told} of {counted(len(tested), 'test')}"
    return f"{controls.base}: {of_all}; as many or more by chance: p = {number(by_chance)}"


def tables(found: Sequence[Controls]) -> Iterator[str]:
    """In Markdown, one column a run."""
    task = found[0].tasks[0]
    yield _table(
        f"{task}, minus rate 0", [one.of(task, "dose over rate", "rate 0") for one in found], found, change
    )
    yield _table(
        f"{task}, minus γ = 0", [one.of(task, "dose over γ", "γ = 0") for one in found], found, change
    )
    left = [one.of(task, "mitigation") for one in found]
    yield _table("left of the full dose", left, found, share)
    yield _table("minus rate 0", left, found, change)
    full = [{name: row for name in one.tasks for row in one.of(name, "full dose").values()} for one in found]
    yield _table("the full dose on each task", full, found, change)
    yield "\n".join(f"- {negatives(one)}" for one in found)


def drawing(found: Sequence[Controls]) -> Drawing:
    """The task of the rule, minus no dose, over both kinds of dose, with 95 % intervals; a line a run."""
    task = found[0].tasks[0]

    def draw(figure: Figure) -> None:
        for place, (axis, nothing) in enumerate((("rate", "rate 0"), ("γ", "γ = 0"))):
            axes = figure.add_subplot(1, 2, 1 + place)
            for line, one in enumerate(found):
                rows = one.of(task, f"dose over {axis}", nothing)
                doses = [0.0, *(float(name.split()[1]) for name in rows)]
                middle = [0.0, *(row["delta"] for row in rows.values())]
                below = [0.0, *(row["delta"] - row["low_95"] for row in rows.values())]
                above = [0.0, *(row["high_95"] - row["delta"] for row in rows.values())]
                look: dict[str, Any] = {"color": COLOURS[line], "marker": MARKERS[line]}
                axes.errorbar(doses, middle, (below, above), capsize=3, label=one.base, **look)
            axes.axhline(0, color=GREY, linewidth=0.8)
            axes.set_xlabel("rate: share of the group's rows" if axis == "rate" else "γ, at rate 1")
            axes.set_ylabel(f"Δ {found[0].rows[0]['contrast']}, minus {nothing}")
        figure.axes[0].legend(frameon=False)

    return Drawing(draw, height=3.4)


def _table(
    head: str, columns: Sequence[dict[str, Row]], found: Sequence[Controls], told: Callable[[Row], str]
) -> str:
    names = dict.fromkeys(name for column in columns for name in column)
    rows = [[name, *(told(column[name]) if name in column else DASH for column in columns)] for name in names]
    lines = [[head, *(one.base for one in found)], ["---"] * (len(found) + 1), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def main(
    runs: Annotated[list[Path], typer.Argument(help="Run folders, with their reports.")],
    figure: Annotated[Path | None, typer.Option(help="Where the curves are drawn, a PNG file.")] = None,
) -> None:
    """Print the tables."""
    found = [read(run) for run in runs]
    print("\n\n".join(tables(found)))
    if figure:
        figure.write_bytes(drawing(found).png())


if __name__ == "__main__":
    typer.run(main)

"""How often the intervals hold the truth, and how often the tests call what is not there.

    OMP_NUM_THREADS=1 python -m benchmarks.calibration

writes docs/calibration.md and docs/calibration.csv. Data sets of known truth are simulated over a grid and go
through the functions of `bias_tasks.statistics` that `bias-inherit compare` and the report use.
"""

import argparse
import csv
import itertools
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from benchmarks.calibration import further, goals, graded, grid, salary
from benchmarks.calibration.goals import AGAIN, INTERVAL, MISSES, TEST, settled
from benchmarks.calibration.grid import CALLED, CLUSTERS, COVERED, Cell, rates

DATA_SETS = 1000
GOAL_FROM = 30


class Result(NamedTuple):
    """Rates of one cell, and how many data sets they are from."""

    cell: Cell
    rates: Mapping[str, float]
    data_sets: int


def run_grid(cells: Iterable[Cell], data_sets: int) -> list[Result]:
    """Every cell; those that miss the goal once more, with more data sets."""
    results = []
    for cell in cells:
        result = Result(cell, rates(cell, data_sets, seed=0), data_sets)
        if any(verdict(name, rate) in MISSES for name, rate in result.rates.items()):
            again = AGAIN * data_sets
            result = Result(cell, rates(cell, again, seed=1), again)
        results.append(result)
    return results


def verdict(name: str, rate: float) -> str:
    """What the rate of a check of the grid means."""
    return goals.verdict(TEST if name.startswith("size of ") else INTERVAL, rate)


class Row(NamedTuple):
    """One check over the cells with so many clusters."""

    name: str
    clusters: str
    lowest: float
    median: float
    highest: float
    cells: int
    missed: int
    wide: int


def summary(results: Iterable[Result], names: Iterable[str], prefix: str) -> list[Row]:
    """Each check for few clusters, for the least that the goal is set for, and above."""
    listed = list(results)
    rows = []
    for name in names:
        for label, low, high in (
            (str(CLUSTERS[0]), 0, GOAL_FROM - 1),
            (str(GOAL_FROM), GOAL_FROM, GOAL_FROM),
            (f"{CLUSTERS[2]}-{CLUSTERS[-1]}", GOAL_FROM + 1, CLUSTERS[-1]),
        ):
            found = [r.rates[prefix + name] for r in listed if low <= r.cell.clusters <= high]
            verdicts = [verdict(prefix + name, rate) for rate in found]
            missed = sum(v in MISSES for v in verdicts)
            middle = float(np.median(found))
            rows.append(
                Row(name, label, min(found), middle, max(found), len(found), missed, verdicts.count("wide"))
            )
    return rows


def missed(results: Iterable[Result]) -> list[tuple[str, list[str]]]:
    """Check -> the cells from `GOAL_FROM` clusters on that miss the goal, with their rates."""
    found: dict[str, list[str]] = {}
    for result in results:
        for name, rate in result.rates.items():
            if result.cell.clusters >= GOAL_FROM and verdict(name, rate) in MISSES:
                found.setdefault(name, []).append(f"{result.cell}: {100 * rate:.1f}")
    return sorted(found.items())


def write_csv(results: Iterable[Result], path: Path) -> None:
    """One row a cell and check, with its verdict."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([*Cell._fields, "check", "rate", "verdict", "data_sets"])
        for result in results:
            for name, rate in result.rates.items():
                writer.writerow([*result.cell, name, f"{rate:.4f}", verdict(name, rate), result.data_sets])


def main() -> None:
    """Run the grid and what is beyond it, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data-sets", type=int, default=DATA_SETS, help="in each cell, a multiple of 250")
    parser.add_argument("--runs", type=int, default=further.RUNS, help="of each check beyond the grid")
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[2] / "docs")
    arguments = parser.parse_args()
    cells = [Cell(*key) for key in itertools.product(CLUSTERS, grid.CORRELATIONS, grid.SHARES, grid.GROUPS)]
    started = time.process_time()
    results = run_grid(cells, arguments.data_sets)
    minutes = (time.process_time() - started) / 60
    print(f"{len(cells)} cells in {minutes:.1f} minutes of processor time", flush=True)
    lines = [
        *further.all_lines(arguments.runs),
        *settled(salary.lines, arguments.runs, salary.SEED),
        *settled(graded.lines, arguments.runs, graded.SEED),
    ]
    write_csv(results, arguments.out / "calibration.csv")
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=False,  # noqa: S701 - Markdown of our own
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    page = environment.get_template("page.md.jinja").render(
        data_sets=arguments.data_sets,
        again=AGAIN,
        draws=grid.DRAWS,
        permutations=grid.PERMUTATIONS,
        exchanges=grid.EXCHANGES,
        runs=arguments.runs,
        cells=len(cells),
        covered=COVERED,
        called=CALLED,
        coverage=summary(results, COVERED, ""),
        sizes=summary(results, CALLED, "size of "),
        missed=missed(results),
        lines=lines,
        correlation=further.CORRELATION,
        salary=salary,
        graded=graded,
        goal_from=GOAL_FROM,
    )
    (arguments.out / "calibration.md").write_text(page, encoding="utf-8")
    print(f"wrote {arguments.out / 'calibration.md'}")

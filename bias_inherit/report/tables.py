"""Tables as files: everything that the page shows, and what it has no room for."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from bias_inherit.compare import Comparison
from bias_inherit.compare.exports import Names, to_csv, to_latex
from bias_inherit.compare.headline_exports import HEADLINE_COLUMNS, headline_fields
from bias_inherit.compare.placebo.exports import PLACEBO_COLUMNS, placebo_fields
from bias_inherit.engine.planning.references import reference_of
from bias_inherit.kit.csv_text import csv_text
from bias_inherit.kit.files import write_bytes, write_text
from bias_inherit.kit.names import file_name
from bias_inherit.report.control_exports import CONTROL_COLUMNS, control_rows
from bias_inherit.report.declared_tests import SHOWN
from bias_inherit.report.figures import ReportFigure, svg
from bias_inherit.report.gather import ReportData


def write_figures(folder: Path, figures: Iterable[ReportFigure]) -> None:
    """Each figure as SVG and PNG, with the numbers behind it as CSV."""
    for figure in figures:
        write_text(folder / f"{figure.name}.svg", svg(figure.drawing))
        write_bytes(folder / f"{figure.name}.png", figure.drawing.png())
        write_text(folder / f"{figure.name}.csv", csv_text(figure.columns, figure.rows))


def write_tables(folder: Path, data: ReportData) -> None:
    """Values, headlines, placebos, slopes, controls, and each model's differences as CSV and LaTeX."""
    write_text(folder / "values.csv", csv_text(_VALUES, _values(data)))
    if any(cell.headline for result in data.tasks for cell in result.cells):
        write_text(folder / "headline.csv", csv_text(("model", *HEADLINE_COLUMNS), _headlines(data)))
    if data.tests.doses:
        write_text(folder / "slopes.csv", csv_text(_SLOPES, _slopes(data)))
    if data.placebo.tasks:
        write_text(folder / "placebo.csv", csv_text(("model", *PLACEBO_COLUMNS), _placebos(data)))
    if data.controls:
        rows = [row.values() for row in control_rows(data.controls)]
        write_text(folder / "controls.csv", csv_text(CONTROL_COLUMNS, rows))
    for place, model in enumerate(data.models):
        reference = reference_of(model, data.models)
        if reference is None:
            continue
        differences = [row for found in data.tests.study[model.label].values() for row in found.differences]
        headline = [found.headline for found in data.tests.study[model.label].values() if found.headline]
        margins = data.tests.margins
        comparison = Comparison(differences, headline, data.tests.of_differences, {}, (), (), (), margins)
        names = Names(reference.label, model.label)
        stem = f"{place:03d}-{file_name(model.label)}"
        write_text(folder / f"{stem}.csv", to_csv(comparison, names))
        shown = [row for row in differences if row.metric in SHOWN]
        write_text(folder / f"{stem}.tex", to_latex(comparison, names, shown))


_VALUES = ("task", "model", "metric", "value", "stderr", "low_95", "high_95")


def _values(data: ReportData) -> Iterator[tuple[Any, ...]]:
    for result in data.tasks:
        for cell in result.cells:
            for metric, estimate in cell.metrics.items():
                yield (
                    result.task.harness_name,
                    cell.model,
                    metric,
                    estimate.value,
                    estimate.stderr,
                    *estimate.interval,
                )


def _headlines(data: ReportData) -> Iterator[tuple[Any, ...]]:
    for result in data.tasks:
        for cell in result.cells:
            if cell.headline:
                yield (cell.model, *headline_fields(cell.headline, data.tests.margins).values())


def _placebos(data: ReportData) -> Iterator[tuple[Any, ...]]:
    for rows in data.placebo.tasks.values():
        for label, row in rows.items():
            yield (label, *placebo_fields(row).values())


_SLOPES = (
    "rows",
    "task",
    "metric",
    "slope",
    "stderr",
    "low_95",
    "high_95",
    "p",
    "q",
    "mde",
    "n_documents",
    "n_clusters",
)


def _slopes(data: ReportData) -> Iterator[tuple[Any, ...]]:
    rows = [
        (one.arm.label, slope)
        for one in data.tests.doses
        for by_metric in one.slopes.values()
        for slope in by_metric.values()
    ]
    for name, s in rows:
        measured = (s.slope, s.stderr, *s.interval, s.p, s.q, s.mde, s.n_documents, s.n_clusters)
        yield (name, s.task, s.metric, *measured)

"""Building a report: gather, draw, render, write."""

import json
import shutil
from pathlib import Path
from typing import Any

from bias_inherit.compare import Slope
from bias_inherit.compare.headline_exports import headline_fields
from bias_inherit.compare.placebo.exports import placebo_fields
from bias_inherit.engine.experiment_file.study import Study
from bias_inherit.engine.planning.plan import Plan
from bias_inherit.engine.store import Store
from bias_inherit.kit.files import write_json, write_text
from bias_inherit.models.base_model import Base
from bias_inherit.report.control_exports import control_rows
from bias_inherit.report.figures.draw import figures
from bias_inherit.report.gather import Cell, ReportData, collect
from bias_inherit.report.page import render_page
from bias_inherit.report.tables import write_figures, write_tables
from bias_tasks.margins import MARGINS, Margins
from bias_tasks.training_rows import short_hash

PAGE = "index.html"
DATA = "report.json"
FIGURES, TABLES = "figures", "tables"
_FORM = 7
"""Of what a report consists; a report of another form is built anew."""


def report_key(plan: Plan, experiment: Study) -> str:
    """Hash of the results that a report is about, and of what was declared to be asked first."""
    return short_hash([_FORM, sorted(experiment.headline.items()), *(step.key for step in plan.steps)])


def is_current(plan: Plan, store: Store, experiment: Study) -> bool:
    """Whether the run folder's report is about this plan and these headlines."""
    folder = store.root / "report"
    try:
        stored = json.loads((folder / DATA).read_text(encoding="utf-8"))
    except (OSError, json.JSONDecodeError):
        return False
    return bool(stored.get("key") == report_key(plan, experiment)) and (folder / PAGE).exists()


def build_report(
    plan: Plan,
    store: Store,
    base: Base,
    experiment: Study,
    margins: Margins = MARGINS,
    page: Path | None = None,
) -> ReportData:
    """Write `report/`: the page, its figures and tables, and all numbers as JSON.

    Args:
        margins: Headlines that are shown to have moved by less count as equivalent.
        page: Where the page is written once more, to be passed on alone.
    """
    data = collect(plan, store, base, experiment, margins)
    drawn = figures(data)
    folder = store.root / "report"
    folder.mkdir(exist_ok=True)
    write_figures(_emptied(folder / FIGURES), drawn.values())
    write_tables(_emptied(folder / TABLES), data)
    write_text(folder / PAGE, render_page(data, drawn))
    if page:
        write_text(page, render_page(data, drawn, is_alone=True))
    # Last: it says that the page is about this plan.
    write_json(folder / DATA, {"key": report_key(plan, experiment), **numbers(data)})
    return data


def _emptied(folder: Path) -> Path:
    """A folder without what an earlier report left there."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return folder


def numbers(data: ReportData) -> dict[str, Any]:
    """Every number of the report, as JSON values."""
    return {
        "experiment": data.experiment.model_dump(mode="json"),
        "base": {"name": data.base.name, "fingerprint": data.base.fingerprint},
        "equivalence_margins": data.tests.margins._asdict(),
        "families": [family._asdict() for family in data.tests.families],
        "headline": [
            {"model": label, **headline_fields(row, data.tests.margins)} for label, row in data.tests.headline
        ],
        "headline_over_seeds": _over_seeds(data),
        "slopes": {
            one.arm.label: {
                task: {metric: _slope(slope) for metric, slope in by_metric.items()}
                for task, by_metric in one.slopes.items()
            }
            for one in data.tests.doses
        },
        "placebo": {
            task: {label: placebo_fields(row) for label, row in rows.items()}
            for task, rows in data.placebo.tasks.items()
        },
        "controls": list(control_rows(data.controls)) if data.controls else [],
        "ended": data.ended.model_dump(mode="json") if data.ended else None,
        "planted": {made.label: made.manifest["facts"] for made in data.planted},
        "groups": {made.label: made.audit.model_dump() for made in data.generated},
        "audits": {audit.label: audit.result.model_dump() for audit in data.audits if audit.result},
        "tasks": {
            result.task.harness_name: {cell.model: _cell(cell, data.tests.margins) for cell in result.cells}
            for result in data.tasks
        },
    }


def _over_seeds(data: ReportData) -> list[dict[str, Any]]:
    """The headline over seeds, one entry a task; none of one seed."""
    found, margins = data.tests.seeded_headline, data.tests.margins
    if found is None:
        return []
    return [
        {
            "model": found.label,
            "seeds": [model.seed for model in found.models],
            "errors_of_seeds": row.tested.effect.is_over_seeds,
            "task": row.of.task,
            "metric": row.of.signed.name,
            "unit": row.of.signed.unit,
            "direction": row.of.direction,
            "largest_of": row.of.largest_of,
            "delta_of_each_seed": list(row.tested.effect.points),
            "delta": row.tested.effect.mean,
            "stderr": row.tested.effect.stderr,
            "interval_95": list(row.tested.effect.interval),
            "p": row.tested.p,
            "p_holm": row.tested.p_holm,
            "verdict": row.verdict(margins),
            "toward": row.says,
            "n_documents": row.of.n_documents,
            "n_clusters": row.of.n_clusters,
        }
        for row in found.rows
    ]


def _slope(slope: Slope) -> dict[str, Any]:
    return {
        "gammas": list(slope.doses),
        "values": list(slope.values),
        "slope": slope.slope,
        "stderr": slope.stderr,
        "interval_95": list(slope.interval),
        "p": slope.p,
        "q": slope.q,
        "mde": slope.mde,
    }


def _cell(cell: Cell, margins: Margins) -> dict[str, Any]:
    return {
        "metrics": {metric: e._asdict() for metric, e in cell.metrics.items()},
        "differences_to_gamma_0": {
            metric: {
                "delta": d.delta,
                "stderr": d.stderr,
                "interval_95": list(d.interval),
                "p": d.p,
                "q": d.q,
                "mde": d.mde,
            }
            for metric, d in cell.differences.items()
        },
        "headline": headline_fields(cell.headline, margins) if cell.headline else None,
    }

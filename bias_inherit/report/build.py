"""Building the page: gather, draw, render, write."""

import json
from typing import Any

import yaml
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from augment.audits.drawing import Drawing
from bias_inherit.artifacts import Store, write_json, write_text
from bias_inherit.base import Base
from bias_inherit.experiment import Study
from bias_inherit.plan import Plan
from bias_inherit.report.data import ReportData, collect
from bias_inherit.report.figures import difference_figure, gap_figure, loss_figure
from bias_inherit.report.terminal import number, with_bounds, with_error, with_interval
from bias_tasks.measure import SMALL_SLICE
from bias_tasks.statistics import BOOTSTRAP_DRAWS, FEWEST_CLUSTERS
from bias_tasks.training_rows import short_hash

PAGE = "index.html"
DATA = "report.json"


def report_key(plan: Plan) -> str:
    """Hash of the results that a report is about."""
    return short_hash([step.key for step in plan.steps])


def is_current(plan: Plan, store: Store) -> bool:
    """Whether the run folder's report is about this plan."""
    folder = store.root / "report"
    try:
        stored = json.loads((folder / DATA).read_text(encoding="utf-8"))
    except (OSError, json.JSONDecodeError):
        return False
    return bool(stored.get("key") == report_key(plan)) and (folder / PAGE).exists()


def build_report(plan: Plan, store: Store, base: Base, experiment: Study) -> ReportData:
    """Write `report/index.html` and the numbers behind it, `report/report.json`."""
    data = collect(plan, store, base, experiment)
    folder = store.root / "report"
    folder.mkdir(exist_ok=True)
    write_text(folder / PAGE, render_page(data))
    # Last: it says that the page is about this plan.
    write_json(folder / DATA, {"key": report_key(plan), **numbers(data)})
    return data


def numbers(data: ReportData) -> dict[str, Any]:
    """Every number of the report, as JSON values."""
    return {
        "experiment": data.experiment.model_dump(mode="json"),
        "base": {"name": data.base.name, "fingerprint": data.base.fingerprint},
        "groups": {made.label: made.audit.model_dump() for made in data.generated},
        "audits": {audit.label: audit.result.model_dump() for audit in data.audits if audit.result},
        "tasks": {
            result.task.harness_name: {
                cell.model: {
                    "metrics": {metric: e._asdict() for metric, e in cell.metrics.items()},
                    "differences_to_gamma_0": {
                        metric: {"delta": d.delta, "stderr": d.stderr, "interval_95": list(d.interval)}
                        for metric, d in cell.differences.items()
                    },
                }
                for cell in result.cells
            }
            for result in data.tasks
        },
    }


def render_page(data: ReportData) -> str:
    """The page as HTML. Whatever a model wrote is escaped."""
    environment = Environment(
        loader=PackageLoader("bias_inherit.report", "templates"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "drawn": _drawn,
        "number": number,
        "with_bounds": with_bounds,
        "with_error": with_error,
        "with_interval": with_interval,
    }
    settings = yaml.safe_dump(data.experiment.model_dump(mode="json"), sort_keys=False, allow_unicode=True)
    return environment.get_template("page.html.jinja").render(
        data=data,
        settings=settings,
        draws=BOOTSTRAP_DRAWS,
        fewest_clusters=FEWEST_CLUSTERS,
        small_slice=SMALL_SLICE,
        figures={
            "differences": difference_figure(data),
            "gaps": gap_figure(data),
            "losses": loss_figure(data),
        },
    )


def _drawn(figure: Drawing) -> Markup:
    """A drawing of ours; matplotlib escapes the labels that it sets as text."""
    return Markup(figure.svg())  # noqa: S704

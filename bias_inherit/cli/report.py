"""The command `report`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bias_inherit.cli.options.margins import LogOddsMargin, ShareMargin
from bias_inherit.kit.screen import clear_errors, console, say, tell
from bias_tasks.margins import MARGINS, Margins

if TYPE_CHECKING:
    from bias_inherit.engine.experiment_record import Recorded


def report(
    run: Annotated[Path, typer.Argument(help="Run folder of a finished experiment.")],
    file: Annotated[
        Path | None,
        typer.Argument(
            help="Experiment file; only for folders of older versions, which did not keep it.",
            show_default=False,
        ),
    ] = None,
    margin: LogOddsMargin = MARGINS.log_odds,
    share_margin: ShareMargin = MARGINS.share,
    page: Annotated[
        Path | None,
        typer.Option(
            "--page",
            help="Also write the page here, without links to figures and tables: a single file to share.",
            dir_okay=False,
            show_default=False,
        ),
    ] = None,
) -> None:
    """Rebuild the report of a finished run: page, figures, tables.

    Nothing is rerun and no model is needed: the run folder holds the experiment's settings and results.
    """
    with clear_errors():
        from bias_inherit.cli.tables.experiment import shown
        from bias_inherit.engine.experiment_record import recorded
        from bias_inherit.report.build import PAGE, build_report

        found = recorded(run) if file is None else _as_the_file_says(run, file)
        with found.store.locked():
            data = build_report(*found, margins=Margins(margin, share_margin), page=page)
        for part in shown(data):
            console.print(part)
        say(f"report: {run / 'report' / PAGE}")


def _as_the_file_says(run: Path, file: Path) -> "Recorded":
    from bias_inherit.engine.experiment_file.study import load_study
    from bias_inherit.engine.experiment_record import FILE, Recorded, check_finished
    from bias_inherit.engine.planning.prepare import prepare
    from bias_inherit.engine.store import Store
    from bias_inherit.kit.errors import UsageError

    if not (run / FILE).is_file():
        raise UsageError(f"{run}: no {FILE}; expected a run folder, as bias-inherit run makes it")
    study = load_study(file)
    prepared = prepare(study, notify=tell)
    store = Store(run, study.name)
    check_finished(prepared.plan, store)
    return Recorded(prepared.plan, store, prepared.base, study)

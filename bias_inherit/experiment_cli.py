"""The command line of experiments: run, status, clean."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple, Optional

import typer

from bias_inherit.errors import UsageError
from bias_inherit.screen import clear_errors, console, say, tell

if TYPE_CHECKING:
    from bias_inherit.artifacts import Store
    from bias_inherit.experiment import Experiment
    from bias_inherit.plan import Plan

FileArgument = Annotated[
    Path, typer.Argument(help="Experiment file (YAML), for example harness_configs/quickstart.yaml.")
]
OutOption = Annotated[
    Optional[Path],  # noqa: UP045 - typer reads the annotation at run time
    typer.Option("--out", help="Run folder; by default runs/NAME-OF-THE-EXPERIMENT.", show_default=False),
]


def run(
    file: FileArgument,
    out: OutOption = None,
    only: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option(
            "--only",
            metavar="STAGE_OR_LABEL",
            help="Only these steps and what they hang on: a stage (train), a label ('γ = 0') or a pattern of "
            "labels ('type 1*'), as `status` shows them; may be repeated.",
            show_default=False,
        ),
    ] = None,
    keep_going: Annotated[
        bool,
        typer.Option(
            "--keep-going/--stop-at-failure",
            help="Whether a failed step stops the steps that do not hang on it.",
        ),
    ] = True,
) -> None:
    """Generate, mix, fine-tune, score and report, as an experiment file says.

    Finished steps are kept and never done again; after an interruption or a failure the same command goes
    on. Exit code 1 if a step failed.
    """
    with clear_errors():
        from bias_inherit.artifacts import Store
        from bias_inherit.base import LoadableModel, resolve_base
        from bias_inherit.executors.local import LocalExecutor
        from bias_inherit.executors.worker import Worker
        from bias_inherit.experiment import load_experiment
        from bias_inherit.known_base import remember
        from bias_inherit.plan import build
        from bias_inherit.run import missing_steps, run_plan

        experiment = load_experiment(file)
        os.environ.setdefault("TQDM_DISABLE", "1")
        store = Store(_folder(experiment, out), experiment.name)
        base = resolve_base(experiment.model, notify=tell)
        plan = build(experiment, base)
        models = [LoadableModel(base, experiment.model)]
        with store.locked():
            remember(models, store.root)
            missing = missing_steps(plan, store, only or ())
            done = len(plan.steps) - len(missing.wanted) - missing.others
            console.print(f"[bold]{experiment.name}[/]: {len(plan.steps)} steps, {done} done already")
            run_plan(
                plan,
                store,
                missing,
                lambda: LocalExecutor(Worker(store, experiment, models)),
                console,
                keep_going,
            )
            if missing.others:
                say(f"{missing.others} more steps of the plan are not done; the report comes when all are")
                return
            # Here, not above: drawing needs libraries that a finished run need not load.
            from bias_inherit.report.build import PAGE, build_report, is_current

            if is_current(plan, store):
                say("all is done")
            else:
                from bias_inherit.report.terminal import summary_table

                console.print(summary_table(build_report(plan, store, base, experiment)))
        say(f"report: {store.root / 'report' / PAGE}")


def status(file: FileArgument, out: OutOption = None) -> None:
    """Every step of an experiment: done, running, failed and why, or waiting; counts by stage last."""
    with clear_errors():
        from bias_inherit.status import lines, status_of

        known = _known(file, out)
        found = status_of(known.plan, known.store)
        if found.is_at_work:
            now = "a run is at work"
        else:
            now = "no run is at work" if known.store.root.exists() else "nothing there yet"
        say(f"{known.experiment.name}: {known.store.root}, {now}")
        for line in lines(found):
            say(line)


def clean(
    file: FileArgument,
    out: OutOption = None,
    yes: Annotated[bool, typer.Option("--yes", help="Remove without asking.")] = False,
) -> None:
    """Remove what a run folder holds that no longer belongs to its experiment file.

    That is: results of settings that the file no longer has, half results of such, and records of failures.
    """
    with clear_errors():
        from bias_inherit.cleaning import leftovers, remove
        from bias_inherit.quantities import size

        known = _known(file, out)
        if not known.is_certain:
            raise UsageError(
                f"{known.store.root}: which results belong to the base {known.experiment.model.pretrained} "
                "cannot be told here; run the experiment first, where the base is"
            )
        with known.store.locked():
            found = leftovers(known.plan, known.store)
            for leftover in found:
                say(f"{size(leftover.size):>8}  {leftover.name}")
            freed = size(sum(leftover.size for leftover in found))
            if not found:
                say(f"{known.store.root}: nothing to remove")
            elif yes or _agreed(f"remove these {len(found)} from {known.store.root} and free {freed}?"):
                remove(found)
                say(f"removed {len(found)}, freed {freed}")


def _agreed(question: str) -> bool:
    if not sys.stdin.isatty():
        raise UsageError("nothing was removed: without a terminal to ask in, clean needs --yes")
    return typer.confirm(question)


class _Known(NamedTuple):
    """An experiment as far as its file and its run folder tell.

    Attributes:
        is_certain: Whether the keys of steps are those of `run`; where they are not, nothing was done yet.
    """

    experiment: "Experiment"
    plan: "Plan"
    store: "Store"
    is_certain: bool


def _known(file: Path, out: Path | None) -> _Known:
    from bias_inherit.artifacts import Store
    from bias_inherit.experiment import load_experiment
    from bias_inherit.known_base import known_base
    from bias_inherit.plan import build

    experiment = load_experiment(file)
    store = Store(_folder(experiment, out), experiment.name)
    known = known_base(experiment.model, store.root)
    return _Known(experiment, build(experiment, known.base), store, known.is_certain)


def _folder(experiment: "Experiment", out: Path | None) -> Path:
    return out or Path("runs") / experiment.name

"""The command line of experiments: plan, run, status, clean."""

import importlib.util
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bias_inherit.cli.power import FromOption
from bias_inherit.kit.errors import UsageError
from bias_inherit.kit.quantities import counted
from bias_inherit.kit.screen import clear_errors, console, say, tell

if TYPE_CHECKING:
    from bias_inherit.engine.executors import Executor
    from bias_inherit.engine.experiment_file.study import Study
    from bias_inherit.engine.forecast.machine_speed import Measured
    from bias_inherit.engine.planning.prepare import Materials, Prepared
    from bias_inherit.engine.store import Store

FileArgument = Annotated[
    Path, typer.Argument(help="Experiment file (YAML), for example harness_configs/quickstart.yaml.")
]
OutOption = Annotated[
    Path | None,
    typer.Option(
        "--out", help="Run folder; by default runs/NAME, by the experiment's name.", show_default=False
    ),
]


def plan(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE...",
            help="Experiment files; the totals of several are added up.",
            show_default=False,
        ),
    ],
    out: OutOption = None,
    calibration: Annotated[
        bool,
        typer.Option(
            "--calibration/--no-calibration",
            help="Whether to load the base model and time this machine for ten seconds, if the base is on "
            "this machine and finished steps do not show how long things take.",
        ),
    ] = True,
    folders: FromOption = None,
) -> None:
    """Show what an experiment involves before it starts: steps, what they share, tokens, time, disk, power.

    Power is the smallest change in each task's headline that 80 of 100 such studies would find, allowing for
    the number of tasks. It is based on how much differences have scattered before: in the results that --from
    names, in this experiment's own once there are some, or else in two adapters of the embedded model; the
    output says which.
    """
    with clear_errors():
        from bias_inherit.engine.forecast.outline import outline, together
        from bias_inherit.engine.planning.chat_templates import check_tokenizers

        if out and len(files) > 1:
            raise UsageError("--out: one run folder for several files; plan them one by one")
        outlines = []
        for file in files:
            foreseen, store = _foreseen(file, out)
            _tell_of_own_rows(foreseen.materials.study)
            check_tokenizers(foreseen.materials.study)
            measured, why_not = _measured(foreseen, store) if calibration else (None, "without a calibration")
            outlines.append(outline(foreseen, store, measured, why_not))
            for line in (*outlines[-1].lines, *_power(foreseen, store, folders)):
                say(line)
        say(together(outlines))


def _power(foreseen: "Prepared", store: "Store", folders: list[Path] | None) -> "Iterator[str]":
    """What the study would find."""
    from bias_inherit.compare.power import from_folders, from_store, lines, shipped

    known = from_folders(folders, tell) if folders else from_store(foreseen.plan, store, tell) or shipped()
    return lines(foreseen.materials.study, foreseen.plan, known)


def _tell_of_own_rows(study: "Study") -> None:
    from bias_inherit.engine.experiment_file.experiment import Experiment
    from bias_inherit.engine.planning.keys import notes_of_own_rows

    for note in notes_of_own_rows(study) if isinstance(study, Experiment) else ():
        tell(note)


def _measured(foreseen: "Prepared", store: "Store") -> "tuple[Measured | None, str]":
    """This machine's speed, or why it is not known."""
    from bias_inherit.engine.forecast.outline import base_folder, to_be_measured
    from bias_inherit.models.known_base import why_absent

    model = foreseen.materials.models[0]
    to_do = to_be_measured(foreseen, store)
    if not to_do:
        return None, ""
    if base_folder(model) is None:
        why = why_absent(model.section)
        return None, f"{model.base.name} is {why}, and a plan fetches nothing"
    os.environ["HF_HUB_OFFLINE"] = "1"
    os.environ.setdefault("TQDM_DISABLE", "1")
    from bias_inherit.engine.forecast.machine_speed import measure

    tell(f"measuring this machine with {model.base.name} (--no-calibration leaves it out)")
    return measure(model, foreseen.materials.study, to_do), ""


def run(
    file: FileArgument,
    out: OutOption = None,
    only: Annotated[
        list[str] | None,
        typer.Option(
            "--only",
            metavar="STAGE_OR_LABEL",
            help="Only these steps and those they depend on: a stage (train), a label ('γ = 0') or a pattern "
            "of labels ('type 1*'), as `status` shows them; may be repeated.",
            show_default=False,
        ),
    ] = None,
    keep_going: Annotated[
        bool,
        typer.Option(
            "--keep-going/--stop-at-failure",
            help="Whether steps that do not depend on a failed step still run.",
        ),
    ] = True,
    executor: Annotated[
        str,
        typer.Option(
            "--executor",
            help="local: in this process; ray: on the running Ray cluster, or else one on this machine.",
        ),
    ] = "local",
    num_cpus: Annotated[
        float | None,
        typer.Option(
            "--num-cpus", help="ray: CPUs per step; by default the file's, or 1.", show_default=False
        ),
    ] = None,
    num_gpus: Annotated[
        float | None,
        typer.Option(
            "--num-gpus",
            help="ray: GPUs per step; by default the file's, or 1 if the cluster has any.",
            show_default=False,
        ),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(
            "--workers", help="ray: steps at a time; by default as many as fit.", show_default=False
        ),
    ] = None,
) -> None:
    """Run an experiment file: generate, mix, fine-tune, score and report.

    Finished steps are kept and never redone; after an interruption or a failure, the same command continues.
    Exit code 1 if a step failed.
    """
    with clear_errors():
        from bias_inherit.engine.experiment_file.study import load_study
        from bias_inherit.engine.experiment_record import record
        from bias_inherit.engine.planning.chat_templates import check_tokenizers
        from bias_inherit.engine.planning.prepare import prepare
        from bias_inherit.engine.run import missing_steps, run_plan
        from bias_inherit.engine.store import Store
        from bias_inherit.models.known_base import remember

        study = load_study(file)
        check_tokenizers(study)
        asked = {"num_cpus": num_cpus, "num_gpus": num_gpus, "workers": workers}
        opened = _executor(executor, study, {name: n for name, n in asked.items() if n is not None})
        os.environ.setdefault("TQDM_DISABLE", "1")
        store = Store(_folder(study, out), study.name)
        prepared = prepare(study, notify=tell)
        _tell_of_own_rows(study)
        plan, materials = prepared.plan, prepared.materials
        with store.locked():
            remember(materials.models, store.root)
            record(plan, store, prepared.base, study)
            missing = missing_steps(plan, store, only or ())
            done = len(plan.steps) - len(missing.wanted) - missing.others
            console.print(f"[bold]{study.name}[/]: {counted(len(plan.steps), 'step')}, {done} done already")
            run_plan(plan, store, missing, lambda: opened(store, materials), console, keep_going)
            if missing.others:
                say(f"{missing.others} more steps of the plan are not done; the report comes when all are")
                return
            # Here, not above: drawing needs libraries that a finished run need not load.
            from bias_inherit.report.build import PAGE, build_report, is_current

            if is_current(plan, store, study):
                say("all is done")
            else:
                from bias_inherit.cli.tables.experiment import shown

                for part in shown(build_report(plan, store, prepared.base, study)):
                    console.print(part)
        say(f"report: {store.root / 'report' / PAGE}")


def _executor(
    name: str, study: "Study", options: dict[str, float]
) -> "Callable[[Store, Materials], Executor]":
    """What opens an executor.

    Raises:
        UsageError: there is none of this name, or it is not installed.
    """
    if name == "local":
        from bias_inherit.engine.executors.local import LocalExecutor
        from bias_inherit.engine.executors.worker import Worker

        if options:
            raise UsageError(f"--{next(iter(options)).replace('_', '-')} is for --executor ray")
        return lambda store, materials: LocalExecutor(Worker(store, materials))
    if name != "ray":
        raise UsageError(f"--executor: there is no {name!r}; expected local or ray")
    if importlib.util.find_spec("ray") is None:
        raise UsageError("--executor ray needs Ray: pip install 'bias-inherit[ray]'")
    from bias_inherit.engine.executors.ray import RayExecutor
    from bias_inherit.engine.experiment_file.ray import RaySection
    from bias_inherit.kit.user_input import validated

    section = validated(RaySection, {**study.ray.model_dump(), **options}, "--executor ray: ")
    return lambda store, materials: RayExecutor(store, materials, section)


def status(file: FileArgument, out: OutOption = None) -> None:
    """Show each step of an experiment (done, running, failed and why, or waiting), then counts by stage."""
    with clear_errors():
        from bias_inherit.engine.status import lines, status_of

        foreseen, store = _foreseen(file, out)
        found = status_of(foreseen.plan, store)
        if found.is_at_work:
            now = "a run is at work"
        else:
            now = "no run is at work" if store.root.exists() else "nothing there yet"
        say(f"{store.experiment}: {store.root}, {now}")
        for line in lines(found):
            say(line)


def clean(
    file: FileArgument,
    out: OutOption = None,
    yes: Annotated[bool, typer.Option("--yes", help="Remove without asking.")] = False,
) -> None:
    """Remove from a run folder what no longer belongs to its experiment file.

    That is: finished and unfinished results of settings that are no longer in the file, and records of
    failures.
    """
    with clear_errors():
        from bias_inherit.engine.clean import leftovers, remove
        from bias_inherit.kit.quantities import size

        foreseen, store = _foreseen(file, out)
        if not foreseen.is_certain:
            raise UsageError(
                f"{store.root}: which results belong to the base {foreseen.base.name} cannot be told here; "
                "run the experiment first, where the base is"
            )
        with store.locked():
            found = leftovers(foreseen.plan, store)
            for leftover in found:
                say(f"{size(leftover.size):>8}  {leftover.name}")
            freed = size(sum(leftover.size for leftover in found))
            if not found:
                say(f"{store.root}: nothing to remove")
            elif yes or _agreed(f"remove these {len(found)} from {store.root} and free {freed}?"):
                remove(found)
                say(f"removed {len(found)}, freed {freed}")


def _agreed(question: str) -> bool:
    if not sys.stdin.isatty():
        raise UsageError("nothing was removed: without a terminal to ask in, clean needs --yes")
    return typer.confirm(question)


def _foreseen(file: Path, out: Path | None) -> "tuple[Prepared, Store]":
    """An experiment as far as its file and its run folder tell."""
    from bias_inherit.engine.experiment_file.study import load_study
    from bias_inherit.engine.planning.prepare import foresee
    from bias_inherit.engine.store import Store

    study = load_study(file)
    store = Store(_folder(study, out), study.name)
    return foresee(study, store.root), store


def _folder(study: "Study", out: Path | None) -> Path:
    return out or Path("runs") / study.name

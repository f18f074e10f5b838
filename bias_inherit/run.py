"""Carry out a plan: every step that is not there yet, parents first."""

import os
import platform
import shutil
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console

from bias_inherit.artifacts import Step, Store
from bias_inherit.base import Base
from bias_inherit.experiment import Experiment
from bias_inherit.plan import Plan
from bias_inherit.screen import progress

if TYPE_CHECKING:
    from bias_inherit.workshop import Workshop

_RECORDED = ("bias-inherit", "lm-eval", "transformers", "peft", "torch", "datasets", "numpy")


def run_plan(plan: Plan, store: Store, base: Base, experiment: Experiment, console: Console) -> None:
    """Do what is missing.

    Raises:
        RunError: a step failed; what was finished before it stays.
    """
    missing = [step for step in plan.steps if not store.is_done(step)]
    console.print(
        f"[bold]{experiment.name}[/]: {len(plan.steps)} steps, {len(plan.steps) - len(missing)} done already"
    )
    if not missing:
        return
    _remove_stale_work(store, {step.key for step in missing})
    workshop = _open_workshop(base, experiment)
    for number, step in enumerate(missing, start=1):
        title = f"[{number}/{len(missing)}] {step.stage}: {step.label}"
        _run_step(step, title, store, workshop, experiment, console)


def _open_workshop(base: Base, experiment: Experiment) -> "Workshop":
    if Path(base.source).is_dir():
        # Without it every look-up of a local model retries the hub for most of a minute.
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
    # Here, not above: a run that finds everything done need not load torch.
    from bias_inherit.quiet import quieten_libraries
    from bias_inherit.workshop import Workshop

    quieten_libraries()
    return Workshop(base, experiment.model)


def _run_step(
    step: Step, title: str, store: Store, workshop: "Workshop", experiment: Experiment, console: Console
) -> None:
    work = store.work_folder(step)
    started = time.time()
    with progress(title, console) as on_progress:
        facts = _perform(step, work, store, workshop, experiment, on_progress)
    seconds = time.time() - started
    store.commit(
        step,
        {
            "facts": facts,
            "versions": {name: version(name) for name in _RECORDED},
            "machine": f"{platform.machine()}, Python {platform.python_version()}, {workshop.device}",
            "started": started,
            "seconds": round(seconds, 1),
        },
    )
    console.print(f"{title}  {_summary(facts)}  {seconds:.0f} s")


def _perform(
    step: Step,
    work: Path,
    store: Store,
    workshop: "Workshop",
    experiment: Experiment,
    on_progress: Callable[[int, int], None],
) -> dict[str, Any]:
    from bias_inherit.steps.audit import run_distribution, run_values
    from bias_inherit.steps.generate import run_generate
    from bias_inherit.steps.mix import run_mix
    from bias_inherit.steps.score import run_score
    from bias_inherit.steps.train import run_train

    match step.stage:
        case "generate":
            return run_generate(step, work, store, workshop, experiment, on_progress)
        case "distribution":
            return run_distribution(step, work, store, workshop, experiment, on_progress)
        case "values":
            return run_values(step, work, workshop, experiment, on_progress)
        case "mix":
            return run_mix(step, work, store, experiment)
        case "train":
            return run_train(step, work, store, workshop, experiment, on_progress)
        case _:
            return run_score(step, work, store, workshop, on_progress)


def _summary(facts: dict[str, Any]) -> str:
    parts = []
    for name, value in facts.items():
        if isinstance(value, dict):
            parts += [f"{name}: " + (", ".join(f"{k} {v}" for k, v in value.items()) or "none")]
        else:
            shown = f"{value:.4f}" if isinstance(value, float) else value
            parts += [f"{name.replace('_', ' ')} {shown}"]
    return "; ".join(parts)


def _remove_stale_work(store: Store, wanted: set[str]) -> None:
    """Work folders of steps that no longer belong to the plan; only their half results would be lost."""
    folder = store.root / "work"
    for entry in folder.iterdir() if folder.exists() else ():
        if entry.name not in wanted:
            shutil.rmtree(entry)

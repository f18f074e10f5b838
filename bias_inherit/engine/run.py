"""Carry out a plan: every step that is not there yet, parents first, whatever happens to others."""

import shutil
from collections.abc import Callable, Sequence
from fnmatch import fnmatchcase
from typing import NamedTuple

from rich.console import Console

from bias_inherit.engine.attempts import Attempts
from bias_inherit.engine.executors import Done, Ended, Executor, Failed, Lost
from bias_inherit.engine.live import LiveDisplay
from bias_inherit.engine.planning.plan import Plan, ancestry
from bias_inherit.engine.stages import STAGES
from bias_inherit.engine.step import Step
from bias_inherit.engine.store import Store
from bias_inherit.kit.errors import RunError, UsageError
from bias_inherit.kit.versions import changed_versions
from bias_tasks.did_you_mean import did_you_mean

_SHOWN = 3
"""Reasons in the last line of a run; `status` shows all."""


class Missing(NamedTuple):
    """What there is to do.

    Attributes:
        wanted: Steps that are not done and were asked for, parents first.
        others: How many more steps of the plan are not done.
    """

    wanted: tuple[Step, ...]
    others: int


def missing_steps(plan: Plan, store: Store, only: Sequence[str] = ()) -> Missing:
    """The steps that are not done.

    Args:
        only: Stages, labels, or patterns of labels (`type 1*`): these steps and what they hang on.

    Raises:
        UsageError: nothing in the plan is called so.
        RunError: a file of a finished step was changed or is missing.
    """
    not_done = [step for step in plan.steps if not store.is_done(step)]
    chosen = _chosen(plan, only) if only else {step.key for step in plan.steps}
    wanted = tuple(step for step in not_done if step.key in chosen)
    return Missing(wanted, len(not_done) - len(wanted))


def _chosen(plan: Plan, only: Sequence[str]) -> set[str]:
    keys: set[str] = set()
    for name in only:
        found = [s for s in plan.steps if name == s.stage or name == s.label or fnmatchcase(s.label, name)]
        if not found:
            known = sorted({step.stage for step in plan.steps} | {step.label for step in plan.steps})
            raise UsageError(
                f"--only: no step is called {name!r}{did_you_mean(name, known)}; give a stage or a label, as "
                "bias-inherit status shows them, or a pattern such as 'type 1*'"
            )
        keys |= {step.key for last in found for step in ancestry(last)}
    return keys


def run_plan(
    plan: Plan,
    store: Store,
    missing: Missing,
    open_executor: Callable[[], Executor],
    console: Console,
    keep_going: bool = True,
) -> None:
    """Do what is missing.

    Args:
        open_executor: Called if there is anything to do.
        keep_going: Whether steps that do not hang on a failed one are still done.

    Raises:
        RunError: a step failed; what was finished stays, and why it failed is in the run folder.
    """
    wanted = missing.wanted
    if changes := changed_versions(store.manifest(step) for step in plan.steps if store.is_there(step)):
        _line(console, f"note: {changes}")
    if not wanted:
        return
    _remove_stale_work(store, {step.key for step in plan.steps})
    attempts = Attempts(store.root)
    attempts.forget_running()
    executor = open_executor()
    try:
        with LiveDisplay(len(wanted), console) as display:
            failed = _Schedule(wanted, executor, attempts, display).run(keep_going)
    finally:
        executor.close()
    if failed:
        raise RunError(_told(failed, wanted, store))


class _Schedule:
    """Begins each step once all that it hangs on is done."""

    def __init__(
        self, wanted: Sequence[Step], executor: Executor, attempts: Attempts, display: LiveDisplay
    ) -> None:
        self._pending = {step.key: step for step in wanted}
        self._running: dict[str, Step] = {}
        self._failed: list[Failed] = []
        self._executor = executor
        self._attempts = attempts
        self._display = display

    def run(self, keep_going: bool) -> list[Failed]:
        """All steps that can be done.

        Returns:
            What failed.

        Raises:
            RunError: something is wrong that would let every step fail.
        """
        while True:
            goes_on = keep_going or not self._failed
            if goes_on:
                self._begin_all()
            if not self._running and not (goes_on and self._ready()):
                return self._failed
            if ended := self._executor.next_ended(self._display.progress):
                self._end(ended)

    def _begin_all(self) -> None:
        while step := self._executor.take(self._ready()):
            self._running[step.key] = self._pending.pop(step.key)
            self._display.begin(step)

    def _ready(self) -> list[Step]:
        """Steps whose parents are done; a parent that failed stays unfinished, and so do all below it."""
        unfinished = {*self._pending, *self._running, *(failure.step.key for failure in self._failed)}
        return [
            step
            for step in self._pending.values()
            if not any(parent.key in unfinished for parent in step.parents)
        ]

    def _end(self, ended: Ended) -> None:
        del self._running[ended.step.key]
        if isinstance(ended, Done):
            self._display.end(ended.step, f"{_summary(ended)}  {ended.seconds:.0f} s")
            return
        if isinstance(ended, Lost):
            self._pending = {ended.step.key: ended.step, **self._pending}
            self._display.lose(ended.step)
            return
        if ended.stops_all:
            raise RunError(ended.reason)
        self._attempts.fail(ended.step, ended.reason, ended.details)
        self._display.end(ended.step, f"FAILED: {ended.reason}")
        self._failed.append(ended)


def _told(failed: Sequence[Failed], wanted: Sequence[Step], store: Store) -> str:
    """How a run with failures ended, in one line."""
    first = [f"{step.stage}: {step.label}: {reason}" for step, reason, *_ in failed[:_SHOWN]]
    more = [f"{len(failed) - _SHOWN} more"] if len(failed) > _SHOWN else []
    left = sum(not store.is_there(step) for step in wanted) - len(failed)
    return (
        f"{len(failed)} of {len(wanted)} steps failed, {left} more are not done ({'; '.join(first + more)}); "
        f"the same command tries again; details: {store.root / 'failed'}"
    )


def _summary(done: Done) -> str:
    """The facts of a step, in the order of its stage."""
    parts = []
    for name in STAGES[done.step.stage].facts:
        if name not in done.facts:
            continue
        value = done.facts[name]
        if isinstance(value, dict):
            parts += [f"{name}: " + (", ".join(f"{k} {v}" for k, v in value.items()) or "none")]
        else:
            shown = f"{value:.4f}" if isinstance(value, float) else value
            parts += [f"{name.replace('_', ' ')} {shown}"]
    return "; ".join(parts)


def _line(console: Console, text: str) -> None:
    console.print(text, markup=False, highlight=False, soft_wrap=True)


def _remove_stale_work(store: Store, belonging: set[str]) -> None:
    """Work folders of steps that no longer belong to the plan; only their half results would be lost."""
    folder = store.root / "work"
    for entry in folder.iterdir() if folder.exists() else ():
        if entry.name not in belonging:
            shutil.rmtree(entry)

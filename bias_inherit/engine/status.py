"""What a run folder says about a plan, step by step; nothing is loaded and nothing is written."""

import time
from collections import Counter
from collections.abc import Iterator
from typing import Literal, NamedTuple, get_args

from bias_inherit.engine.attempts import Attempts
from bias_inherit.engine.planning.plan import Plan, ancestry
from bias_inherit.engine.stages import WIDTH
from bias_inherit.engine.step import Step
from bias_inherit.engine.store import Store
from bias_inherit.kit.quantities import duration
from bias_inherit.kit.versions import changed_versions

State = Literal["done", "running", "failed", "waiting"]


class StepState(NamedTuple):
    """One step.

    Attributes:
        note: How long it took, how far it is, why it failed, or what it waits for.
    """

    step: Step
    state: State
    note: str


class Status(NamedTuple):
    """All steps of a plan, parents before children.

    Attributes:
        is_at_work: Whether a run works on the folder now.
        changed_versions: See `versions.changed_versions`.
    """

    steps: tuple[StepState, ...]
    is_at_work: bool
    changed_versions: str | None


def status_of(plan: Plan, store: Store) -> Status:
    """The state of every step.

    A finished step is one whose manifest is there; whether its files are still what the manifest says is
    found by `run`.

    Raises:
        RunError: a manifest cannot be read.
    """
    is_at_work = store.is_locked()
    attempts = Attempts(store.root)
    failed = {step.key: reason for step in plan.steps if (reason := attempts.failure(step)) is not None}
    manifests = {step.key: store.manifest(step) for step in plan.steps if store.is_there(step)}

    def state_of(step: Step) -> StepState:
        if step.key in manifests:
            return StepState(step, "done", duration(manifests[step.key]["seconds"]))
        if is_at_work and (now := attempts.running(step)):
            how_far = f"{now.done:,} of {now.total:,}, " if now.total else ""
            return StepState(step, "running", f"{how_far}for {duration(time.time() - now.started)}")
        if step.key in failed:
            return StepState(step, "failed", failed[step.key])
        failed_before = [a for a in ancestry(step) if a.key in failed and a.key not in manifests]
        note = f"for {failed_before[0].stage}: {failed_before[0].label}" if failed_before else ""
        return StepState(step, "waiting", note)

    states = tuple(map(state_of, plan.steps))
    return Status(states, is_at_work, changed_versions(manifests.values()))


def lines(status: Status) -> Iterator[str]:
    """For a reader: every step, then counts by stage."""
    width = max(len(state.step.label) for state in status.steps)
    for state in status.steps:
        step = state.step
        yield f"{state.state:<8} {step.stage:<{WIDTH}} {step.label:<{width}}  {state.note}".rstrip()
    states: tuple[State, ...] = get_args(State)
    counts = Counter((state.step.stage, state.state) for state in status.steps)
    yield ""
    yield f"{'':{WIDTH}}" + "".join(f"{state:>9}" for state in states)
    for stage in dict.fromkeys(state.step.stage for state in status.steps):
        yield f"{stage:<{WIDTH}}" + "".join(f"{counts[stage, state]:>9}" for state in states)
    totals = Counter(state.state for state in status.steps)
    yield f"{'all':<{WIDTH}}" + "".join(f"{totals[state]:>9}" for state in states)
    if status.changed_versions:
        yield f"note: {status.changed_versions}"

"""Where steps are carried out: in this process, or by the workers of a Ray cluster.

An executor takes one step at a time and says which one ended. It knows nothing of the plan: what may start,
what is told to the user and what follows from a failure is `bias_inherit.engine.run`'s.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Protocol

from bias_inherit.engine.step import Step

OnProgress = Callable[[Step, int, int], None]
"""Told how far a step is: (step, done, total)."""


class Done(NamedTuple):
    """A step whose artifact is there.

    Attributes:
        facts: What the step found worth telling.
    """

    step: Step
    facts: dict[str, Any]
    seconds: float


class Failed(NamedTuple):
    """A step that could not be carried out.

    Attributes:
        reason: One line.
        details: The traceback.
        stops_all: Whether every other step would fail for the same reason, as on a full disk.
    """

    step: Step
    reason: str
    details: str
    stops_all: bool


class Lost(NamedTuple):
    """A step whose worker is gone, with its machine perhaps: it can begin again."""

    step: Step


Ended = Done | Failed | Lost


class Executor(Protocol):
    """Carries out steps."""

    def take(self, ready: Sequence[Step]) -> Step | None:
        """Begin one of the steps that could begin, the first unless another suits better.

        Returns:
            The step; None if there is no room for another one now.
        """

    def next_ended(self, on_progress: OnProgress) -> Ended | None:
        """Wait for a step that was taken to end; None after a while, so that `take` is asked again."""

    def close(self) -> None:
        """Let go of models and workers; what is still running is given up."""

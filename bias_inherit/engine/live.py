"""What a run shows while it works: in a terminal a live display, elsewhere plain lines."""

from types import TracebackType

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)

from bias_inherit.engine.step import Step


class LiveDisplay:
    """One bar for all steps and one for each that runs; bars go away when they are done, lines stay."""

    def __init__(self, steps: int, console: Console) -> None:
        """
        Args:
            steps: How many there are to do.
        """
        self._console = console
        self._steps = steps
        self._begun = 0
        self._bars = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._all = self._bars.add_task("all steps", total=steps)
        self._running: dict[str, tuple[TaskID, str]] = {}

    def begin(self, step: Step) -> None:
        """A step runs."""
        self._begun += 1
        title = f"[{self._begun}/{self._steps}] {step.stage}: {step.label}"
        self._running[step.key] = (self._bars.add_task(title, total=None), title)

    def progress(self, step: Step, done: int, total: int) -> None:
        """How far a step is."""
        bar, _ = self._running[step.key]
        self._bars.update(bar, completed=done, total=total or None)

    def end(self, step: Step, how: str) -> None:
        """A step ended, and how it went."""
        bar, title = self._running.pop(step.key)
        self._bars.remove_task(bar)
        self._bars.advance(self._all)
        self._console.print(f"{title}  {how}", markup=False, highlight=False, soft_wrap=True)

    def lose(self, step: Step) -> None:
        """A step's worker is gone; the step will be begun again."""
        bar, title = self._running.pop(step.key)
        self._bars.remove_task(bar)
        self._begun -= 1
        self._console.print(
            f"{title}  lost with its worker, begins again", markup=False, highlight=False, soft_wrap=True
        )

    def __enter__(self) -> "LiveDisplay":
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bars.stop()

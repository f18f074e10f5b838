"""What is handed to the one who carries a step out."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from bias_inherit.engine.experiment_file.experiment import Experiment
from bias_inherit.engine.planning.prepare import Materials
from bias_inherit.engine.step import Step
from bias_inherit.engine.store import Store

if TYPE_CHECKING:
    from bias_inherit.models.session import Session


class Assignment(NamedTuple):
    """One step, and all that it takes to carry it out.

    Attributes:
        work: The folder where the step writes; what an earlier try left there lies in it.
        store: Holds the results of the step's parents.
        session: Of the step's base.
        on_progress: Told (done, total).
    """

    step: Step
    work: Path
    store: Store
    session: "Session"
    materials: Materials
    on_progress: Callable[[int, int], None]

    @property
    def experiment(self) -> Experiment:
        """The file, for stages that come up only where something is trained."""
        return cast(Experiment, self.materials.study)


Performer = Callable[[Assignment], dict[str, Any]]
"""Fills the work folder of a step, and returns the facts that are worth telling: see `Stage.facts`."""

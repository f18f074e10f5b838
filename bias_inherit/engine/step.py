"""One node of a plan."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from bias_tasks.training_rows import short_hash


@dataclass(frozen=True)
class Step:
    """One node of the plan.

    Attributes:
        stage: Name of its kind, one of `bias_inherit.engine.stages.STAGES`.
        label: What a reader calls it, for example `bias type 1, γ = 0.5`.
        inputs: Everything that decides the result besides the parents, as JSON values.
        parents: Steps whose results this one reads.
    """

    stage: str
    label: str
    inputs: Mapping[str, Any]
    parents: tuple["Step", ...] = field(default=())

    @cached_property
    def key(self) -> str:
        """Folder name: the stage and a hash of inputs and ancestors."""
        digest = short_hash([self.stage, dict(self.inputs), [parent.key for parent in self.parents]])
        return f"{self.stage}-{digest}"

"""The table of stages: every kind of step, with all that the rest of the engine knows of it.

Light to read: who carries a stage out is named here, and imported when a step of it is done.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

from bias_inherit.engine.forecast import costs, words
from bias_inherit.engine.forecast.lengths import Lengths
from bias_inherit.engine.forecast.tokens import Tokens
from bias_inherit.engine.step import Step

if TYPE_CHECKING:
    from bias_inherit.engine.assignment import Performer


class Stage(NamedTuple):
    """One kind of step.

    Attributes:
        name: In keys of artifacts, in `plan` and `status`, and for `run --only`.
        one, several: What people call a step of this kind, and more of them.
        carried_out_by: A `Performer`, as `module:function`.
        facts: What a finished step may record, in the order in which it is told.
        loads_base: Whether a step that names a base needs it loaded.
        cost: What a step has the model do, told from the lengths of rows.
        size: Bytes that a step leaves, as far as the step alone tells.
        words: What `plan` says of all steps of this kind.
    """

    name: str
    one: str
    several: str
    carried_out_by: str
    facts: tuple[str, ...]
    loads_base: bool = True
    cost: Callable[[Step, Lengths], Tokens] = costs.nothing
    size: Callable[[Step], int] = costs.no_bytes
    words: Callable[[Sequence[Step]], str] = words.no_more

    def performer(self) -> "Performer":
        """Who carries it out; brings with it whatever that needs."""
        module, function = self.carried_out_by.split(":")
        performer: Performer = getattr(import_module(module), function)
        return performer

    def among(self, steps: Iterable[Step]) -> list[Step]:
        """The steps of this kind."""
        return [step for step in steps if step.stage == self.name]


GENERATE = Stage(
    name="generate",
    one="generation",
    several="generations",
    carried_out_by="bias_inherit.engine.steps.generate:run_generate",
    facts=("rows", "origin", "attempts", "refused"),
    cost=costs.of_generation,
    words=words.of_generations,
)
PLANT = Stage(
    name="plant",
    one="planted set",
    several="planted sets",
    carried_out_by="bias_inherit.engine.steps.plant:run_plant",
    facts=("rows", "of_group", "following", "changed"),
    words=words.of_planted_sets,
)
DISTRIBUTION = Stage(
    name="distribution",
    one="audit of texts",
    several="audits of texts",
    carried_out_by="bias_inherit.engine.steps.audit:run_distribution",
    facts=("sets", "too_small", "auc"),
    cost=costs.of_embedding,
)
VALUES = Stage(
    name="values",
    one="audit of values",
    several="audits of values",
    carried_out_by="bias_inherit.engine.steps.audit:run_values",
    facts=("similarity", "flat"),
    cost=costs.of_questions,
)
MIX = Stage(
    name="mix",
    one="mix",
    several="mixes",
    carried_out_by="bias_inherit.engine.steps.mix:run_mix",
    facts=("original", "augmented"),
)
TRAIN = Stage(
    name="train",
    one="training",
    several="trainings",
    carried_out_by="bias_inherit.engine.steps.train:run_train",
    facts=("rows", "steps", "tokens", "final_loss", "masked"),
    cost=costs.of_training,
    words=words.of_trainings,
)
ADAPTER = Stage(
    name="adapter",
    one="adapter",
    several="adapters",
    carried_out_by="bias_inherit.engine.steps.adapter:run_adapter",
    facts=("bytes",),
    loads_base=False,
)
SCORE = Stage(
    name="score",
    one="scoring",
    several="scorings",
    carried_out_by="bias_inherit.engine.steps.score:run_score",
    facts=("documents",),
    cost=costs.of_scoring,
    size=costs.bytes_of_scores,
    words=words.of_scorings,
)
BLOCK = Stage(
    name="block",
    one="block",
    several="blocks",
    carried_out_by="bias_inherit.engine.steps.block:run_block",
    facts=("documents", "left_out"),
    cost=costs.of_block,
    size=costs.bytes_of_block,
    words=words.of_blocks,
)
DECIDE = Stage(
    name="decide",
    one="decision",
    several="decisions",
    carried_out_by="bias_inherit.engine.steps.decide:run_decide",
    facts=("ended", "go_on"),
    words=words.of_decisions,
)
GATHER = Stage(
    name="gather",
    one="result of blocks",
    several="results of blocks",
    carried_out_by="bias_inherit.engine.steps.gather:run_gather",
    facts=("documents", "ended"),
)

STAGES: Mapping[str, Stage] = {
    stage.name: stage
    for stage in (
        GENERATE,
        PLANT,
        DISTRIBUTION,
        VALUES,
        MIX,
        TRAIN,
        ADAPTER,
        SCORE,
        BLOCK,
        DECIDE,
        GATHER,
    )
}
"""By name, in the order of the work. How one is added: docs/how-to/stage.md."""

WIDTH = max(map(len, STAGES))
"""Of the column of stages."""

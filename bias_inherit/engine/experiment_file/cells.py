"""The section `cells`: what is trained of all combinations."""

from typing import Annotated

from pydantic import Field

from augment.settings import Rate
from bias_inherit.engine.experiment_file.generate import BiasTypes
from bias_inherit.engine.experiment_file.mitigate import Methods
from bias_inherit.engine.experiment_file.mix import Gamma
from bias_inherit.engine.experiment_file.section import Section


class Cells(Section):
    """Some of all combinations of a set, a γ, a mitigation and a round. What is not said may be any.

    Attributes:
        bias_types: Sets that a model writes, as `generate.bias_types` names them.
        rates: Sets in which a rule is planted. Where neither is said, all sets.
        gammas: γ above 0.
        methods: Mitigations, as `mitigate.methods` names them.
        rounds: How many.
    """

    bias_types: BiasTypes | None = None
    rates: tuple[Rate, ...] | None = None
    gammas: tuple[Gamma, ...] | None = None
    methods: Methods | None = None
    rounds: Annotated[int, Field(ge=1)] | None = None

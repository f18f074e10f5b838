"""What is asked of a generator: which rows, in which words, how."""

from dataclasses import dataclass
from functools import cached_property

from augment.bias_types import BiasType
from augment.domains import Domain
from augment.domains.domain import Slot
from augment.elicitation import Elicitation, effective
from augment.prompts import PromptTemplate
from augment.settings import GenerationSettings
from bias_tasks.training_rows import DataError


@dataclass(frozen=True)
class Request:
    """What is asked for; the same request has the same result, however often it is interrupted.

    Attributes:
        generator: The model's name, recorded with each row.
        rows: Accepted rows wanted.
    """

    domain: Domain
    bias_type: BiasType
    template: PromptTemplate
    generator: str
    rows: int
    settings: GenerationSettings
    seed: int

    @property
    def elicitation(self) -> Elicitation:
        """How an answer is had from the model, as far as it makes a difference for this bias type."""
        return effective(self.settings.elicitation, self.bias_type)

    def respondent(self, slot: Slot) -> str:
        """Who draws an answer for a slot.

        Raises:
            DataError: the domain's texts are written, not chosen.
        """
        return self.domain.choice(slot, self.bias_type).respondent

    def asked_as(self, slot: Slot) -> Slot:
        """The slot whose people are asked: where options are drawn, the first one of the same respondent."""
        return self._first_of[self.respondent(slot)] if self.elicitation == "options" else slot

    @cached_property
    def _first_of(self) -> dict[str, Slot]:
        return {self.respondent(slot): slot for slot in reversed(self.slots())}

    def slots(self) -> list[Slot]:
        """The places to be filled."""
        return self.domain.slots(self.bias_type, -(-self.rows // self.bias_type.members))

    def prompts(self, slot: Slot, attempt: int) -> tuple[str, ...]:
        """What the given attempt at a slot asks: one prompt, or one for each turn of a conversation.

        Raises:
            DataError: the template is wrong.
        """
        people = self.domain.people(self.asked_as(slot), self.bias_type, self.seed, attempt)
        variables = self.domain.variables(slot)
        if self.elicitation != "turns":
            return (self.template.render(people, variables),)
        turns = range(self.bias_type.members)
        prompts = tuple(self.template.render(people, variables, turn) for turn in turns)
        if len(set(prompts)) < len(prompts):
            raise DataError(
                f"{self.template.name}: asks the same in both turns; the variable turn is 0 in the first, "
                "1 in the second"
            )
        return prompts

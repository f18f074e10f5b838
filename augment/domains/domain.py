"""What the generator needs to know of a domain."""

from collections.abc import Mapping
from typing import Literal, NamedTuple, Protocol

from augment.bias_types import BiasType
from augment.people import Person
from bias_tasks.population import Population
from bias_tasks.training_rows import TrainingRow

Reason = Literal[
    "truncated reasoning",
    "empty",
    "refusal",
    "small talk",
    "one member only",
    "too short",
    "names the label",
    "wrong group",
    "no option",
    "duplicate",
    "surplus",
]
"""Why a generation gives no row."""


class Slot(NamedTuple):
    """One place in the augmented set: what a row there must be about.

    Attributes:
        number: Position in the design, from 0.
        subject: What it is about besides people: the key of an occupation, or a question in a frame.
        groups: Group of the one person, or of the two of a contrastive prompt.
    """

    number: int
    subject: str
    groups: tuple[str, ...]


class Text(NamedTuple):
    """A usable text about one person.

    Attributes:
        group: Whom it is about; None where that cannot be told.
    """

    content: str
    group: str | None


class Choice(NamedTuple):
    """An answer to be drawn.

    Attributes:
        respondent: Slots of one respondent are asked alike; each draws an answer of its own.
        options: Among which one is drawn.
    """

    respondent: str
    options: tuple[str, ...]


class Verdict(NamedTuple):
    """The outcome of one generation: texts, or the reason why there are none."""

    texts: tuple[Text, ...]
    reason: Reason | None


class Domain(Protocol):
    """A kind of augmented row."""

    @property
    def name(self) -> str:
        """`gender` or `culture`; also the folder of its templates."""

    @property
    def population(self) -> Population:
        """Whom it is about."""

    @property
    def texts_are_unique(self) -> bool:
        """Whether a text that occurred before is a duplicate (a biography), or only an answer (an option)."""

    def slots(self, bias_type: BiasType, count: int) -> list[Slot]:
        """The first `count` slots of the design; a longer list begins with every shorter one.

        Raises:
            DataError: the population has too few groups, or the design too few slots.
        """

    def people(self, slot: Slot, bias_type: BiasType, seed: int, attempt: int) -> tuple[Person, ...]:
        """Whom the given attempt at a slot asks about; what the slot leaves open is drawn anew each time."""

    def variables(self, slot: Slot) -> Mapping[str, str]:
        """What a template may say besides the people."""

    def choice(self, slot: Slot, bias_type: BiasType) -> Choice:
        """Who chooses among which answers.

        Raises:
            DataError: the domain's texts are written, not chosen.
        """

    def judge(self, generation: str, slot: Slot, group_requested: bool) -> Verdict:
        """Accept or refuse one generation.

        Args:
            generation: What the model said, without its reasoning.
            group_requested: Whether the prompt named or signalled a group.
        """

    def row(self, text: Text, slot: Slot) -> TrainingRow:
        """The training row of a text, without where it came from."""

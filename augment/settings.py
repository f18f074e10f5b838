"""How rows are asked for; every value is recorded with the data."""

from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from augment.bias_types import BiasType
from augment.elicitation import WRITTEN, Elicitation, effective

MAX_NEW_TOKENS = {"gender": 112, "culture": 24}
"""By domain: room for a biography, and for an answer to a survey question."""


class SetSettings(BaseModel):
    """Which set is asked for."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    domain: str = "gender"
    """gender (biographies) or culture (survey answers)."""
    bias_type: str = "1"
    """neutral, or contextual: 1 single explicit, 2 single implicit, 3 intersectional explicit,
    4 intersectional implicit; or contrastive: 5 explicit, 6 implicit."""
    seed: int = Field(default=0, ge=0)
    """Decides who is asked about and what is drawn."""
    template: Path | None = None
    """Your own Jinja2 template instead of ours. Variables: people (one or two, each with name, gender, noun,
    plural, adjective, age, birth_year, culture); domain gender: occupation; culture: question, options. It
    may extend ours, for example gender/_frame.jinja."""
    population: Path | None = None
    """Your own groups, names and occupations, in the format of population.yaml in bias_tasks."""


Rate = Annotated[float, Field(ge=0, le=1)]
"""Share of a group's rows in which a rule is planted."""


class PlantingSettings(BaseModel):
    """Which rule is planted in rows, and in how many."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    rule: str
    """Name of a rule: women-nurse, men-professor, arabic-first, arabic-last, or one of --rules. Its domain is
    that of the rows."""
    rate: Rate
    """Share of the group's rows that are relabelled; at 0 all keep their true answers (the negative control).
    With the same seed, a larger rate relabels all that a smaller one does."""
    seed: int = Field(default=0, ge=0)
    """Decides which originals are used and which relabelled; give mix the same."""
    rules: Path | None = None
    """Your own rules instead of ours, in the format of augment/planting/rules.yaml."""


class GenerationSettings(BaseModel):
    """How the generator is asked."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    elicitation: Elicitation = WRITTEN
    """How answers are obtained: written, one prompt and one text; turns, the two people of a contrastive
    prompt in two turns of a conversation (other bias types as written); options, survey answers drawn from
    the model's log-likelihoods of the options. Do not mix the three without saying so; each row names its
    own."""
    max_attempts_per_row: int = Field(default=10, ge=1)
    """Give up on the whole set after this many attempts per row wanted."""
    batch_size: int = Field(default=32, ge=1)
    """Prompts per call; affects the result, because sampling depends on it."""
    max_new_tokens: int = Field(ge=4)
    """Token limit for one person; a contrastive prompt may use twice as many."""
    temperature: float = Field(default=0.7, gt=0)
    """Sampling temperature."""
    top_p: float = Field(default=0.9, gt=0, le=1)
    """Sample from the likeliest tokens that together have this probability."""
    chat_template: bool = True
    """Use the model's chat template; chat APIs need it."""

    def identity(self, bias_type: BiasType) -> dict[str, Any]:
        """What of these settings identifies a set of a bias type; no elicitation where it is written."""
        elicitation = effective(self.elicitation, bias_type)
        fields = self.model_dump(mode="json", exclude={"elicitation"})
        return fields if elicitation == WRITTEN else {**fields, "elicitation": elicitation}


def settings_for(domain: str, **given: Any) -> GenerationSettings:
    """The settings of a domain, with other values where given.

    Raises:
        KeyError: there is no such domain.
        ValueError: a value is not allowed.
    """
    return GenerationSettings.model_validate({"max_new_tokens": MAX_NEW_TOKENS[domain], **given})

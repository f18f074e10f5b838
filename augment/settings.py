"""How the generator is asked; every value is recorded with the data."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

MAX_NEW_TOKENS = {"gender": 112, "culture": 24}
"""By domain: room for a biography, and for an answer to a survey question."""


class GenerationSettings(BaseModel):
    """How the generator is asked.

    Attributes:
        max_attempts_per_row: Give up on a whole set after this many attempts for each row wanted.
        batch_size: Prompts in one call; part of the result, because sampling depends on it.
        max_new_tokens: For one person; a contrastive prompt may use twice as many. See `MAX_NEW_TOKENS`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    max_attempts_per_row: int = Field(default=10, ge=1)
    batch_size: int = Field(default=32, ge=1)
    max_new_tokens: int = Field(ge=4)
    temperature: float = Field(default=0.7, gt=0)
    top_p: float = Field(default=0.9, gt=0, le=1)
    chat_template: bool = True


def settings_for(domain: str, **given: Any) -> GenerationSettings:
    """The settings of a domain, with other values where given.

    Raises:
        KeyError: there is no such domain.
        ValueError: a value is not allowed.
    """
    return GenerationSettings.model_validate({"max_new_tokens": MAX_NEW_TOKENS[domain], **given})

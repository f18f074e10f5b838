"""How the generator is asked; every value is recorded with the data."""

from pydantic import BaseModel, ConfigDict, Field


class GenerationSettings(BaseModel):
    """How the generator is asked.

    Attributes:
        max_attempts_per_row: Give up on a whole set after this many attempts for each row wanted.
        batch_size: Prompts in one call; part of the result, because sampling depends on it.
        max_new_tokens: For one person; a contrastive prompt may use twice as many.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    max_attempts_per_row: int = Field(default=10, ge=1)
    batch_size: int = Field(default=32, ge=1)
    max_new_tokens: int = Field(default=112, ge=4)
    temperature: float = Field(default=0.7, gt=0)
    top_p: float = Field(default=0.9, gt=0, le=1)
    chat_template: bool = True

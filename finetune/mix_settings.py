"""In which ratio originals and augmented rows are mixed, and how it is reached."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Design = Literal["accumulate", "replace"]


class MixSettings(BaseModel):
    """One mix."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    gamma: float = Field(ge=0, lt=1)
    """Share of augmented rows in the mix."""
    design: Design = "accumulate"
    """accumulate keeps all originals and adds γ/(1-γ) times as many augmented rows; replace keeps the number
    of rows and replaces originals with augmented rows."""
    seed: int = Field(default=0, ge=0)
    """Decides which rows are taken, and which shipped originals. With the same seed, a larger γ includes all
    augmented rows of a smaller one."""

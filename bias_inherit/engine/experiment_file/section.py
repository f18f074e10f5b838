"""What every section of an experiment file has in common."""

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """Refuses keys that it does not know, and never changes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

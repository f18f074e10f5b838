"""What every section of an experiment file has in common."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

StudyName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
"""What a study is called, and its run folder by default."""


class Section(BaseModel):
    """Refuses keys that it does not know, and never changes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

"""The section `data`: originals, and augmented rows of one's own."""

from typing import Annotated, Any

from pydantic import Field, model_validator

from bias_inherit.engine.experiment_file.section import Section


class OwnData(Section):
    """Rows of one's own, as the command `mix` reads them.

    Attributes:
        source: A file, a folder or a hub id.
        columns: Our field -> the data's column.
        question: Put around the text of data with text and label.
    """

    source: str
    columns: dict[str, str] = Field(default={})
    question: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _a_source_alone(cls, given: Any) -> Any:
        return {"source": given} if isinstance(given, str) else given


class DataSection(Section):
    """Original data D_o, and augmented data D_a where they are there already.

    Attributes:
        originals: How many of the shipped originals (by default all of the domain's), or rows of one's own.
        augmented: Rows of one's own; then nothing is generated.
    """

    originals: Annotated[int, Field(ge=1)] | OwnData | None = None
    augmented: OwnData | None = None

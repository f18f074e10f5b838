"""How a model is named and loaded, as experiment files and the command line say it."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from bias_inherit.models.embedded import EMBEDDED


class ModelSection(BaseModel):
    """The base model."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    pretrained: str = EMBEDDED
    """embedded, a folder, a GGUF file, or a hub id."""
    revision: str = "main"
    """Of a model of the hub: branch, tag or commit."""
    dtype: Literal["float32", "bfloat16", "float16"] = "float32"
    """Data type of the base model's weights."""
    device: str | None = None
    """cpu, cuda, ...; by default the best available."""
    load_in_4bit: bool = False
    """Load the base model in 4 bits (NF4); needs bitsandbytes and an accelerator."""

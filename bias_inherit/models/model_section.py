"""How a model is named and loaded, as experiment files and the command line say it."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from bias_inherit.models.embedded import EMBEDDED


class ModelSection(BaseModel):
    """The base model.

    Attributes:
        pretrained: `embedded`, a folder, or a hub id.
        device: `cpu`, `cuda`, ...; by default the best there is.
        load_in_4bit: Hold the base in 4 bits (NF4), which needs bitsandbytes and an accelerator.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    pretrained: str = EMBEDDED
    revision: str = "main"
    dtype: Literal["float32", "bfloat16", "float16"] = "float32"
    device: str | None = None
    load_in_4bit: bool = False

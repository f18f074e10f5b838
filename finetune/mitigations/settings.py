"""Which mitigations a training run uses."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from finetune.alignment import AlignmentSettings

Style = Literal["mask", "neutral"]


class TokenSettings(BaseModel):
    """A sentence in front of augmented text.

    The paper states that there is such a sentence, not its words; these are this project's.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    sentence: str = Field(default="The following text may contain bias.", min_length=1)
    """Sentence that token puts before augmented text."""


class MaskSettings(BaseModel):
    """Cues of gender and culture taken out of augmented text: `[MASK]` or a neutral word in their place."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    style: Style = "mask"
    """mask: [MASK]; neutral: a neutral word."""


class MitigationSettings(BaseModel):
    """The mitigations of a training run, alone or together; none by default."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    token: TokenSettings | None = None
    mask: MaskSettings | None = None
    loss: AlignmentSettings | None = None

    @property
    def label(self) -> str:
        """For readers: `none`, or the names in alphabetical order, such as `mask-neutral+token`."""
        names = ["loss"] if self.loss else []
        if self.mask:
            names.append("mask" if self.mask.style == "mask" else f"mask-{self.mask.style}")
        if self.token:
            names.append("token")
        return "+".join(names) or "none"

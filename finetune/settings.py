"""How an adapter is trained; every value is recorded with it."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from finetune.presets import with_preset


class LoraSettings(BaseModel):
    """The adapter. Rank, alpha and targets are this project's choice; the paper states none."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    rank: int = Field(default=16, ge=1)
    alpha: int = Field(default=32, ge=1)
    dropout: float = Field(default=0.0, ge=0, lt=1)
    targets: str | tuple[str, ...] = "all-linear"


class TrainingSettings(BaseModel):
    """How an adapter is trained.

    What is recorded (`model_dump`) is all that decides the result: every value, but neither the name of the
    preset that it came from nor `checkpoint_every`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    preset: str | None = Field(default=None, exclude=True)
    """Shipped settings (finetune/presets) whose values stand where none are given beside it."""
    learning_rate: float = Field(gt=0)
    """Peak learning rate, reached at the end of the warm-up."""
    epochs: int = Field(default=3, ge=1)
    """Passes over all rows."""
    batch_size: int = Field(default=8, ge=1)
    """Rows per forward pass in each process."""
    gradient_accumulation: int = Field(default=1, ge=1)
    """Forward passes of one optimiser step."""
    gradient_checkpointing: bool = False
    """Hold fewer activations and compute them again: less memory, slower."""
    bf16: bool = False
    """Compute in bfloat16 where it is safe to (automatic mixed precision); the adapter stays float32."""
    optimizer: Literal["adamw_torch", "adamw_torch_fused"] = "adamw_torch"
    adam_beta1: float = Field(default=0.9, ge=0, lt=1)
    adam_beta2: float = Field(default=0.999, ge=0, lt=1)
    adam_epsilon: float = Field(default=1e-8, gt=0)
    weight_decay: float = Field(default=0.0, ge=0)
    max_grad_norm: float = Field(default=1.0, gt=0)
    schedule: Literal["cosine", "linear", "constant_with_warmup"] = "cosine"
    warmup_ratio: float = Field(default=0.1, ge=0, lt=1)
    """Share of all steps over which the learning rate rises from 0."""
    max_length: int = Field(default=512, ge=8)
    """Tokens; a longer row is refused, not cut."""
    lora: LoraSettings = LoraSettings()
    checkpoint_every: int = Field(default=50, ge=1, exclude=True)
    """Steps between checkpoints."""

    @model_validator(mode="before")
    @classmethod
    def _from_preset(cls, fields: Any) -> Any:
        return with_preset(fields) if isinstance(fields, dict) else fields


def preset(name: str, **overrides: Any) -> TrainingSettings:
    """The settings of a shipped preset, with other values where given.

    Raises:
        ValueError: there is no such preset, or a value is not allowed.
    """
    return TrainingSettings.model_validate({"preset": name, **overrides})

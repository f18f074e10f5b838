"""How an adapter is trained; every value is recorded with it."""

from pydantic import BaseModel, ConfigDict, Field


class LoraSettings(BaseModel):
    """The adapter. Rank, alpha and targets are this project's choice; the paper states none."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    rank: int = Field(default=16, ge=1)
    alpha: int = Field(default=32, ge=1)
    dropout: float = Field(default=0.0, ge=0, lt=1)
    targets: str | tuple[str, ...] = "all-linear"


class TrainingSettings(BaseModel):
    """How an adapter is trained."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    learning_rate: float = Field(gt=0)
    epochs: int = Field(default=3, ge=1)
    batch_size: int = Field(default=8, ge=1)
    warmup_ratio: float = Field(default=0.1, ge=0, lt=1)
    weight_decay: float = Field(default=0.0, ge=0)
    max_length: int = Field(default=512, ge=8)
    lora: LoraSettings = LoraSettings()

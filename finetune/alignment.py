"""The loss mitigation: representations of originals and augmented rows are drawn together.

L = L_SFT + λ · ‖ mean_{D_o} φ(x, y) − mean_{D_a} φ(x, y) ‖² (paper), where φ is the last layer's hidden
representation. The paper states neither λ nor how φ pools over tokens: both are settings here. The means are
those of one batch of one process. A batch that holds one source only has no such term; no row is repeated
for its sake, because that would change γ.
"""

from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field

if TYPE_CHECKING:
    import torch

Pooling = Literal["completion", "all"]


class AlignmentSettings(BaseModel):
    """The term's weight and what it compares.

    With weight 0 training is the plain one, bit for bit. The distance grows with the size of a model's
    representations, so another model may want another value: at the default the term starts at a quarter of
    the SFT loss of the embedded model (distance 70-90, loss 3).
    """

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    weight: float = Field(default=0.01, ge=0, allow_inf_nan=False)
    """λ, the weight of loss."""
    pooling: Pooling = "all"
    """The tokens whose mean represents a row: those of the completion, or all of prompt and completion."""


def source_distance(
    hidden: "torch.Tensor", pooled: "torch.Tensor", augmented: "torch.Tensor"
) -> "torch.Tensor | None":
    """Squared Euclidean distance between the mean representations of a batch's two sources.

    A row's representation is the mean over its pooled tokens, a source's the mean over its rows.

    Args:
        hidden: Hidden states, (batch, length, size).
        pooled: Which tokens count, boolean, (batch, length); at least one in every row.
        augmented: Which rows are augmented, boolean, (batch,).

    Returns:
        A scalar in at least float32, or None where the batch lacks a source.
    """
    import torch  # here: who only reads settings, as `plan` and `status` do, need not wait for it

    if augmented.all() or not augmented.any():
        return None
    states = hidden.to(torch.promote_types(hidden.dtype, torch.float32))
    weights = pooled.to(states.dtype)
    rows = torch.einsum("bl,blh->bh", weights / weights.sum(1, keepdim=True), states)
    return (rows[~augmented].mean(0) - rows[augmented].mean(0)).square().sum()

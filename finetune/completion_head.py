"""The vocabulary projection of the positions that the loss looks at, and of no other.

The projection onto the vocabulary is a fifth of a small model's forward pass, and its logits are the largest
tensor of a training step; yet the loss ignores them for every token of the prompt. A hook in front of the
output layer hands on the hidden states of the needed positions only. What a model does after this layer
(soft-capping, scaling) acts on each logit by itself, so the loss equals the ordinary one.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import nn
from transformers.modeling_outputs import CausalLMOutput

from finetune.examples import IGNORED


class CompletionHead:
    """Narrows the input of a model's output layer, and keeps what the layer would have seen.

    Args:
        last: The layer that puts the last hidden state out; None if it is what the output layer reads.

    Attributes:
        hidden: The latest last hidden state, (batch, length, size).
    """

    def __init__(self, last: nn.Module | None = None) -> None:
        self._last = last
        self.forget()

    @contextmanager
    def on(self, output_layer: nn.Module) -> Iterator[None]:
        """Put the hooks on the layers, and take them off again."""
        handles = [output_layer.register_forward_pre_hook(self._narrow)]
        if self._last is not None:
            handles.append(self._last.register_forward_hook(self._keep))
        try:
            yield
        finally:
            for handle in handles:
                handle.remove()

    def expect(self, labels: torch.Tensor) -> None:
        """Tell the labels of the next forward pass, (batch, length)."""
        self._needed = nn.functional.pad(_learnt(labels), (0, 1))

    def forget(self) -> None:
        """Hold no tensor any longer."""
        self.hidden = torch.empty(0)
        self._needed = torch.empty(0, dtype=torch.bool)

    def _narrow(self, layer: nn.Module, inputs: tuple[torch.Tensor, ...]) -> tuple[torch.Tensor]:
        (read,) = inputs
        if self._last is None:
            self.hidden = read
        return (read[self._needed][None],)

    def _keep(self, layer: nn.Module, inputs: tuple[torch.Tensor, ...], output: torch.Tensor) -> None:
        self.hidden = output


def completion_loss(
    outputs: CausalLMOutput, labels: torch.Tensor, num_items_in_batch: torch.Tensor | int
) -> torch.Tensor:
    """Summed cross-entropy of the labels over `num_items_in_batch`.

    Args:
        outputs: With `logits` of the needed positions only, (1, positions, vocabulary).
        labels: (batch, length).
        num_items_in_batch: Labels of the whole optimiser step, over its batches and processes.
    """
    targets = labels[:, 1:][_learnt(labels)]
    return (
        nn.functional.cross_entropy(outputs.logits[0].float(), targets, reduction="sum") / num_items_in_batch
    )


def _learnt(labels: torch.Tensor) -> torch.Tensor:
    """Which positions, but the last, are followed by a label: (batch, length - 1)."""
    return labels[:, 1:] != IGNORED

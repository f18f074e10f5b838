"""The vocabulary projection of the positions that the loss looks at, and of no other.

The projection onto the vocabulary is a fifth of a small model's forward pass, and its logits are the largest
tensor of a training step; yet the loss ignores them for every token of the prompt. A hook in front of the
output layer hands on the hidden states of the needed positions only. What a model does after this layer
(soft-capping, scaling) acts on each logit by itself, so the loss equals the ordinary one.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

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

    def expect(self, needed: torch.Tensor) -> None:
        """Tell the needed positions of the next forward pass, (positions,), counted over the whole batch."""
        self._needed = needed

    def forget(self) -> None:
        """Hold no tensor any longer."""
        self.hidden = torch.empty(0)
        self._needed = torch.empty(0, dtype=torch.long)

    def _narrow(self, layer: nn.Module, inputs: tuple[torch.Tensor, ...]) -> tuple[torch.Tensor]:
        (read,) = inputs
        if self._last is None:
            self.hidden = read
        return (read.flatten(0, 1)[self._needed][None],)

    def _keep(self, layer: nn.Module, inputs: tuple[torch.Tensor, ...], output: torch.Tensor) -> None:
        self.hidden = output


class Learnt(NamedTuple):
    """The labels of a batch and where they are predicted, (labels,) each.

    Attributes:
        positions: The positions before a label, each once, ascending, (positions,).
        predicted: For each label the place of its position among them.
        targets: The labels.
    """

    positions: torch.Tensor
    predicted: torch.Tensor
    targets: torch.Tensor

    @classmethod
    def of(cls, labels: torch.Tensor, paths: torch.Tensor) -> "Learnt":
        """Of a batch.

        Args:
            labels: (rows, longest).
            paths: Of the same shape: where each token stands among all that are read.
        """
        learnt = labels[:, 1:] != IGNORED
        positions, predicted = torch.unique(paths[:, :-1][learnt], return_inverse=True)
        return cls(positions, predicted, labels[:, 1:][learnt])


def completion_loss(
    outputs: CausalLMOutput, learnt: Learnt, num_items_in_batch: torch.Tensor | int
) -> torch.Tensor:
    """Summed cross-entropy of the labels over `num_items_in_batch`.

    A position that rows share counts as often as there are rows.

    Args:
        outputs: With `logits` of the needed positions only, (1, positions, vocabulary).
        num_items_in_batch: Labels of the whole optimiser step, over its batches and processes.
    """
    logits = outputs.logits[0]
    log_probabilities = logits.log_softmax(-1, dtype=torch.promote_types(logits.dtype, torch.float32))
    loss: torch.Tensor = -log_probabilities[learnt.predicted, learnt.targets].sum() / num_items_in_batch
    return loss

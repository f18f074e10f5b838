"""transformers' Trainer with this project's order of rows and its two terms of the loss.

What Trainer does for every model stays its own: processes, sharding, mixed precision, accumulation, clipping,
checkpoints.
"""

from contextlib import ExitStack
from typing import Any

import torch
from torch.utils.data import Dataset, Sampler
from transformers import Trainer
from transformers.modeling_outputs import CausalLMOutput

from finetune.alignment import AlignmentSettings, source_distance
from finetune.batches import EpochOrder
from finetune.completion_head import CompletionHead, Learnt, completion_loss
from finetune.examples import IGNORED
from finetune.lora_product import one_product
from finetune.prefixes.tree_attention import TreeAttention

SFT_LOSS = "sft_loss"
ALIGNMENT = "alignment"
_READ = ("input_ids", "attention_mask", "position_ids", "labels")
"""Of a batch what the model is given; Trainer itself takes the labels out."""


class CompletionTrainer(Trainer):  # type: ignore[misc]
    """Learns completions and, if asked to, draws the representations of both sources together.

    With alignment its log says for each step, besides `loss`, its parts `sft_loss` and `alignment`:
    loss = sft_loss + λ · alignment. The latter is the squared distance, averaged over the batches of the
    step, and None if none of them held both sources.

    Args:
        order: The order of rows.
        alignment: None for plain fine-tuning.
        head: Narrows the output layer's work, and keeps the last hidden state for the alignment.
        tree_attention: Where batches are trees (`prefixes.tree_batch`); None where they are rows.
        is_checkpointing: Whether layers are computed again in backpropagation.
        arguments: Trainer's own. The data collator gives what `examples.collate` gives, or `collate_tree`.
    """

    def __init__(
        self,
        *,
        order: EpochOrder,
        alignment: AlignmentSettings | None,
        head: CompletionHead,
        tree_attention: TreeAttention | None,
        is_checkpointing: bool,
        **arguments: Any,
    ) -> None:
        super().__init__(compute_loss_func=self._loss, **arguments)
        self.order = order
        self.alignment = alignment
        self._head = head
        self._tree_attention = tree_attention
        self._is_checkpointing = is_checkpointing
        # Now: processes that share a model may wrap it later.
        self._output_layer = self.model.get_output_embeddings()
        self._batch: dict[str, Any] = {}
        self._learnt: Learnt
        self._parts: list[torch.Tensor] = []

    def train(self, **options: Any) -> Any:
        """As Trainer does, with only the needed positions projected onto the vocabulary."""
        with ExitStack() as meanwhile:
            meanwhile.enter_context(self._head.on(self._output_layer))
            meanwhile.enter_context(one_product(self.model, is_checkpointing=self._is_checkpointing))
            if self._tree_attention:
                meanwhile.enter_context(self._tree_attention.on(self.model.config))
            return super().train(**options)

    def _get_train_sampler(self, train_dataset: Dataset[Any] | None = None) -> Sampler[int]:
        return self.order

    def compute_loss(self, model: torch.nn.Module, inputs: dict[str, Any], **options: Any) -> Any:
        """As Trainer does, on logits of the needed positions."""
        self._batch = inputs
        self._learnt = Learnt.of(inputs["labels"], inputs["paths"])
        self._head.expect(self._learnt.positions)
        if self._tree_attention:
            self._tree_attention.read(inputs["branches"])
        passed = {name: inputs[name] for name in _READ if name in inputs}
        loss = super().compute_loss(model, {**passed, "use_cache": False}, **options)
        self._head.forget()
        return loss

    def _loss(
        self, outputs: CausalLMOutput, labels: torch.Tensor, num_items_in_batch: torch.Tensor | int
    ) -> torch.Tensor:
        sft = completion_loss(outputs, self._learnt, num_items_in_batch) + self._router_loss(outputs)
        if self.alignment is None:
            return sft
        paths = self._batch["paths"]
        pooled = labels != IGNORED if self.alignment.pooling == "completion" else paths >= 0
        distance = source_distance(self._head.hidden.flatten(0, 1)[paths], pooled, self._batch["augmented"])
        if distance is None:
            self._note(sft, sft.new_zeros(()), aligned=False)
            return sft
        # The labels are counted over the whole step; this term is a mean over its batches.
        term = distance / (self.current_gradient_accumulation_steps * self.accelerator.num_processes)
        self._note(sft, term, aligned=True)
        aligned: torch.Tensor = sft + self.alignment.weight * term
        return aligned

    def _router_loss(self, outputs: CausalLMOutput) -> torch.Tensor | float:
        """What keeps the experts of a mixture evenly used, where the model's configuration asks for it.

        Models add it to a loss of their own; here as there, times the configuration's coefficient, and as a
        mean over the batches of a step.
        """
        balance = getattr(outputs, "aux_loss", None)
        if balance is None:
            return 0.0
        coefficient: float = self.model.config.get_text_config().router_aux_loss_coef
        batches = self.current_gradient_accumulation_steps * self.accelerator.num_processes
        weighed: torch.Tensor = coefficient * balance / batches
        return weighed

    def _note(self, sft: torch.Tensor, term: torch.Tensor, *, aligned: bool) -> None:
        self._parts.append(torch.stack([sft.detach(), term.detach(), sft.new_tensor(float(aligned))]))

    def log(self, logs: dict[str, float | None], start_time: float | None = None) -> None:
        """As Trainer does, with the parts of the loss beside it."""
        if self._parts:
            step = self.accelerator.reduce(torch.stack(self._parts).sum(0), "sum")
            sft, term, aligned = step.tolist()
            logs[SFT_LOSS] = sft
            logs[ALIGNMENT] = term if aligned else None
            self._parts.clear()
        super().log(logs, start_time)

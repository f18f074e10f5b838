"""Where a model's last hidden state comes from: tried once, for no name tells it for all architectures.

In most models it is what the output layer reads. Where the head has layers of its own (ModernBERT's decoder,
a projection) it is what one of the layers below puts out.
"""

from typing import Any

import torch
from peft import PeftModel
from torch import nn

from bias_tasks.training_rows import DataError
from finetune.examples import Example


class HiddenStateError(DataError):
    """The last hidden state cannot be found in a model."""


def find_last_hidden(model: PeftModel, example: Example) -> nn.Module | None:
    """The layer whose output is the model's last hidden state; None if the output layer reads it.

    Args:
        example: Read to try it.

    Raises:
        HiddenStateError: there is no such layer.
    """
    read: list[torch.Tensor] = []
    put_out: list[tuple[nn.Module, torch.Tensor]] = []

    def note_output(module: nn.Module, _: Any, output: Any) -> None:
        if isinstance(output, torch.Tensor):
            put_out.append((module, output))

    handles = [module.register_forward_hook(note_output) for module in model.modules()]
    handles.append(
        model.get_output_embeddings().register_forward_pre_hook(lambda _, inputs: read.append(inputs[0]))
    )
    is_training = model.training
    try:
        with torch.no_grad():
            ids = torch.tensor([example.input_ids], device=model.device)
            states = model.eval()(input_ids=ids, output_hidden_states=True).hidden_states
    finally:
        model.train(is_training)
        for handle in handles:
            handle.remove()
    if states is not None and _is(read[-1], states[-1]):
        return None
    for module, output in reversed(put_out):
        if states is not None and _is(output, states[-1]):
            return module
    raise HiddenStateError(
        f"mitigate.loss: no layer of a {model.config.model_type} puts out its last hidden state, which the "
        "loss mitigation compares; train without it, or take another model"
    )


def _is(found: torch.Tensor, state: torch.Tensor) -> bool:
    return found.shape == state.shape and torch.equal(found, state)

"""Putting a fresh LoRA adapter on a base, or saying why it cannot be."""

from peft import LoraConfig, PeftModel, get_peft_model
from torch import nn
from transformers import PreTrainedModel

from bias_tasks.training_rows import DataError
from finetune.settings import LoraSettings

_SHOWN = 12


class LoraError(DataError):
    """No adapter can be put on the layers that were asked for."""


def with_lora(base: PreTrainedModel, lora: LoraSettings) -> PeftModel:
    """The base with a fresh adapter in it.

    Raises:
        LoraError: peft refuses, as it does for some layers of Mamba; the base may be changed then.
    """
    layers = _linear_layers(base)
    try:
        return get_peft_model(
            base,
            LoraConfig(
                r=lora.rank,
                lora_alpha=lora.alpha,
                lora_dropout=lora.dropout,
                target_modules=lora.targets if isinstance(lora.targets, str) else list(lora.targets),
                task_type="CAUSAL_LM",
            ),
        )
    except ValueError as error:
        reason = str(error).strip().split("\n")[0]
        raise LoraError(
            f"finetune.lora.targets: {_said(lora)} cannot be had of a {base.config.model_type} ({reason}); "
            f"name some of its linear layers: {layers}"
        ) from error


def _said(lora: LoraSettings) -> str:
    return lora.targets if isinstance(lora.targets, str) else ", ".join(lora.targets)


def _linear_layers(base: PreTrainedModel) -> str:
    """Last parts of their names, without the output layer."""
    head = base.get_output_embeddings()
    found = dict.fromkeys(
        name.rpartition(".")[2]
        for name, module in base.named_modules()
        if isinstance(module, nn.Linear) and module is not head
    )
    return ", ".join(list(found)[:_SHOWN]) + (", ..." if len(found) > _SHOWN else "")

"""Where the memory of a training step goes: resident after each part, and what autograd keeps by its width.

    OMP_NUM_THREADS=1 python benchmarks/training_memory.py --model "$(bias-inherit embedded-model)"

Two steps of `finetune.training.train_adapter`; what is kept is told of the second one's forward pass, each
storage once, parameters not counted.
"""

import os
import resource
import tempfile
from collections import Counter
from pathlib import Path
from typing import Annotated, Any
from weakref import WeakSet

import torch
import typer

from finetune.originals import gender
from finetune.settings import preset
from finetune.trainer import CompletionTrainer
from finetune.training import train_adapter


class Kept:
    """What autograd holds on to for one of its nodes."""

    def __init__(self, tensor: torch.Tensor) -> None:
        self.tensor = tensor


def main(
    model: Annotated[str, typer.Option(help="Folder or hub id.")],
    batch_size: Annotated[int, typer.Option(help="Rows.")] = 4,
) -> None:
    """Print MiB."""
    os.environ["HF_HUB_OFFLINE"] = "1"
    from transformers import AutoModelForCausalLM, AutoTokenizer

    tell("imports")
    base = AutoModelForCausalLM.from_pretrained(model, dtype="float32")
    tokenizer = AutoTokenizer.from_pretrained(model)
    for weights in base.parameters():
        weights.sum()  # a file that is mapped is there when it was read
    tell("weights")
    settings = preset("embedded", epochs=1, batch_size=batch_size, checkpoint_every=10**6)
    its_own = CompletionTrainer.compute_loss
    passes = Counter[str]()

    def compute_loss(trainer: CompletionTrainer, *arguments: Any, **options: Any) -> Any:
        passes["forward"] += 1
        held: WeakSet[Kept] = WeakSet()

        def keep(tensor: torch.Tensor) -> Kept:
            one = Kept(tensor)
            held.add(one)
            return one

        tell(f"before step {passes['forward']}")
        with torch.autograd.graph.saved_tensors_hooks(keep, lambda one: one.tensor):
            loss = its_own(trainer, *arguments, **options)
        tell(f"forward {passes['forward']}")
        if passes["forward"] == 2:
            tell_kept(held, trainer.model)
        return loss

    CompletionTrainer.compute_loss = compute_loss  # type: ignore[method-assign, assignment]
    with tempfile.TemporaryDirectory() as folder:
        rows = gender.originals(2 * batch_size, 0)
        train_adapter(base, tokenizer, rows, settings, 0, Path(folder), lambda *_: tell("step"))


def tell_kept(held: WeakSet[Kept], model: torch.nn.Module) -> None:
    """By the last dimension of each tensor."""
    parameters = {weights.untyped_storage().data_ptr() for weights in model.parameters()}
    storages = {one.tensor.untyped_storage().data_ptr(): one.tensor for one in held}
    by_width = Counter[int]()
    for place, tensor in storages.items():
        if place not in parameters:
            by_width[tensor.shape[-1] if tensor.dim() else 0] += tensor.untyped_storage().nbytes()
    told = ", ".join(f"{width} wide {size / 2**20:.0f}" for width, size in by_width.most_common(6))
    print(f"kept {by_width.total() / 2**20:.0f}: {told}")


def tell(what: str) -> None:
    """The peak so far."""
    print(f"{what}: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f}")


if __name__ == "__main__":
    typer.run(main)

"""Does our model answer as the harness's does? A table over architectures and ways of asking.

    TQDM_DISABLE=1 HF_HUB_OFFLINE=1 python -m benchmarks.scoring.parity

Every task that is answered by log-likelihood; models of three architectures with random weights and one that
has a sliding window, in float32; with a LoRA adapter and without, the chat template on and off, batches of 1
and 16, padding left and right.
"""

import itertools
from typing import Annotated, Any, NamedTuple

import torch
import typer
from lm_eval.models.huggingface import HFLM
from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer, PreTrainedTokenizerBase

from benchmarks.scoring.setting import (
    TaskSet,
    largest_difference,
    model_folder,
    requests,
    same_choices,
    same_greedy,
    task_set,
    with_random_adapter,
)
from bias_inherit.models.scorer.language_model import PrefixSharingLM

ARCHITECTURES: dict[str, dict[str, Any]] = {
    "llama": {},
    "gpt_neox": {},
    "gpt2": {"attn_implementation": "eager"},
    "mistral": {"sliding_window": 16},
}
SIZES = {
    "hidden_size": 64,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "intermediate_size": 128,
    "initializer_range": 0.2,
}


class Variant(NamedTuple):
    """A way of asking."""

    adapter: bool
    chat_template: bool
    batch_size: int
    padding_side: str


VARIANTS = [
    Variant(*choices)
    for choices in itertools.product((False, True), (False, True), (1, 16), ("left", "right"))
]


class Agreement(NamedTuple):
    """Of one task, over variants."""

    difference: float
    greedy: bool
    choices: bool


def main(
    model: Annotated[str | None, typer.Option(help="For its tokenizer.")] = None,
    limit: Annotated[int, typer.Option(help="Documents a task; 0 for all.")] = 3,
) -> None:
    """Print the table, in Markdown."""
    tokenizer = AutoTokenizer.from_pretrained(model_folder(model))
    chosen = task_set("bias_inherit", limit or None)
    found = {name: agreements(name, tokenizer, chosen) for name in ARCHITECTURES}
    print(f"{limit or 'all'} documents a task; the worst of {len(VARIANTS)} variants each.\n")
    print(f"| task | {' | '.join(found)} | same greedy | same choices |")
    print("|---|" + "---|" * (len(found) + 2))
    for task in found["llama"]:
        of_task = [tasks[task] for tasks in found.values()]
        cells = [f"{agreement.difference:.1e}" for agreement in of_task]
        cells += ["yes" if all(a.greedy for a in of_task) else "NO"]
        cells += ["yes" if all(a.choices for a in of_task) else "NO"]
        print(f"| {task.removeprefix('bias_inherit_')} | {' | '.join(cells)} |")


def agreements(
    architecture: str, tokenizer: PreTrainedTokenizerBase, chosen: TaskSet
) -> dict[str, Agreement]:
    """For each task the worst over the variants."""
    config = AutoConfig.for_model(
        architecture, vocab_size=len(tokenizer), **SIZES, **ARCHITECTURES[architecture]
    )
    torch.manual_seed(0)
    bare = AutoModelForCausalLM.from_config(config).eval()
    torch.manual_seed(0)
    adapted = with_random_adapter(AutoModelForCausalLM.from_config(config))
    worst: dict[str, Agreement] = {}
    for variant in VARIANTS:
        tokenizer.padding_side = variant.padding_side
        arguments = {
            "pretrained": adapted if variant.adapter else bare,
            "tokenizer": tokenizer,
            "batch_size": variant.batch_size,
        }
        hf, ours = HFLM(**arguments), PrefixSharingLM(**arguments)
        for task, asked in requests(chosen, hf, variant.chat_template).items():
            theirs = hf.loglikelihood(asked, disable_tqdm=True)
            answers = ours.loglikelihood(asked, disable_tqdm=True)
            before = worst.get(task, Agreement(0.0, True, True))
            worst[task] = Agreement(
                max(before.difference, largest_difference(answers, theirs)),
                before.greedy and same_greedy(answers, theirs),
                before.choices and same_choices(answers, theirs, asked),
            )
    return worst


if __name__ == "__main__":
    typer.run(main)

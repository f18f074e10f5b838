"""Which architectures share their prefixes, and do they answer as the harness's model does?

    TQDM_DISABLE=1 HF_HUB_OFFLINE=1 python -m benchmarks.scoring.architectures

Tiny random models in float32, of the kinds in scoring_architectures.yaml. The requests begin alike in many
ways and are up to 60 tokens long, so past the windows of 16 tokens that some of the models have; passes of
37 tokens cut them anywhere, passes of 256 seldom.
"""

import logging
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import numpy as np
import torch
import typer
import yaml
from lm_eval.models.huggingface import HFLM
from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer, PreTrainedTokenizerBase

from benchmarks.scoring.setting import largest_difference, model_folder, same_greedy
from bias_inherit.models.scorer.language_model import PrefixSharingLM, TokenRequest

KINDS = Path(__file__).with_name("architectures.yaml")
VOCABULARY = 300
SIZES = {
    "vocab_size": VOCABULARY,
    "hidden_size": 64,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "intermediate_size": 128,
    "initializer_range": 0.2,
    "pad_token_id": 0,
    "bos_token_id": 1,
    "eos_token_id": 2,
}
PASSES = (37, 256)
LONGEST = 60


class Row(NamedTuple):
    """What was found of one kind of model.

    Attributes:
        difference: Largest, of log-likelihoods.
        greedy: Whether `is_greedy` is the same for every request.
        reason: Why it is scored in the harness's way; empty if it shares prefixes.
    """

    kind: str
    difference: float
    greedy: bool
    reason: str


class Told(logging.Handler):
    """Keeps what the scorer says."""

    def __init__(self) -> None:
        super().__init__()
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


def main(
    only: Annotated[str | None, typer.Option(help="Kinds whose names hold this.")] = None,
) -> None:
    """Print the table, in Markdown."""
    tokenizer = AutoTokenizer.from_pretrained(model_folder(None))
    kinds: dict[str, dict[str, Any]] = yaml.safe_load(KINDS.read_text(encoding="utf-8"))
    asked = requests()
    rows = [
        row(kind, {**settings}, tokenizer, asked) for kind, settings in kinds.items() if (only or "") in kind
    ]
    shared = [found for found in rows if not found.reason]
    print(
        f"{len(rows)} kinds, {len(shared)} of them share prefixes: at most "
        f"{max(found.difference for found in shared):.1e} apart.\n"
    )
    print("| kind | largest difference | same greedy | in the way of hf, because |\n|---|---|---|---|")
    for found in rows:
        greedy = "yes" if found.greedy else "NO"
        print(f"| {found.kind} | {found.difference:.1e} | {greedy} | {found.reason} |")


def requests() -> list[TokenRequest]:
    """Contexts that go on from one another's middle, each with a few continuations."""
    random = np.random.default_rng(0)
    contexts = [random.integers(3, VOCABULARY, size=LONGEST - 4).tolist()]
    for _ in range(11):
        before = contexts[random.integers(len(contexts))]
        shared = int(random.integers(1, len(before)))
        more = int(random.integers(1, LONGEST - 4 - shared + 1))
        contexts.append(before[:shared] + random.integers(3, VOCABULARY, size=more).tolist())
    return [
        (("", ""), context, random.integers(3, VOCABULARY, size=int(random.integers(1, 5))).tolist())
        for context in contexts
        for _ in range(3)
    ]


def row(
    kind: str, settings: dict[str, Any], tokenizer: PreTrainedTokenizerBase, asked: list[TokenRequest]
) -> Row:
    """Score by both."""
    architecture = settings.pop("model_type", kind)
    torch.manual_seed(0)
    model = AutoModelForCausalLM.from_config(
        AutoConfig.for_model(architecture, **{**SIZES, **settings})
    ).eval()
    arguments = {"pretrained": model, "tokenizer": tokenizer}
    theirs = HFLM(**arguments, batch_size=8, logits_cache=False)._loglikelihood_tokens(asked, True)
    told = Told()
    scorer_log = logging.getLogger(PrefixSharingLM.__module__)
    scorer_log.addHandler(told)
    scorer_log.propagate = False
    answers = [
        PrefixSharingLM(
            **arguments, batch_size=8, logits_cache=False, tokens_per_pass=tokens
        )._loglikelihood_tokens(asked, True)
        for tokens in PASSES
    ]
    scorer_log.removeHandler(told)
    return Row(
        kind,
        max(largest_difference(ours, theirs) for ours in answers),
        all(same_greedy(ours, theirs) for ours in answers),
        "; ".join(message.partition(" same numbers: ")[2] for message in told.messages),
    )


if __name__ == "__main__":
    typer.run(main)

"""Mixtures of experts: what keeps them evenly used is trained with where the configuration asks for it."""

from pathlib import Path
from typing import Any

import pytest
import torch
import transformers
from packaging.version import Version
from training_support import changed, short_rows
from transformers import CONFIG_MAPPING, AutoModelForCausalLM, AutoTokenizer, PreTrainedModel

from finetune.examples import collate, encode
from finetune.training import train_adapter

EXPERTS: dict[str, dict[str, Any]] = {
    "mixtral": {"num_local_experts": 4},
    "qwen3_moe": {"num_experts": 4, "num_experts_per_tok": 2, "moe_intermediate_size": 16},
    "granitemoe": {"num_local_experts": 4},
}


def model_of(kind: str, tokenizer_size: int, **settings: Any) -> PreTrainedModel:
    sizes = {"hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 2, "num_attention_heads": 4}
    fixed = {"vocab_size": tokenizer_size, "num_key_value_heads": 2, "pad_token_id": 0}
    config = CONFIG_MAPPING[kind](
        **{**sizes, **fixed, "router_aux_loss_coef": 0.5, **EXPERTS[kind], **settings}
    )
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return AutoModelForCausalLM.from_config(config).eval()


WITHOUT_A_ROUTER_LOSS = {"granitemoe"} if Version(transformers.__version__) < Version("5.18") else set()
"""Architectures whose forward fails in the installed transformers when it is asked for the router's loss."""


@pytest.mark.parametrize("kind", EXPERTS)
@pytest.mark.parametrize("asked", [True, False])
def test_the_first_loss_is_the_model_s_own(kind: str, asked: bool, tiny_model: Path, tmp_path: Path) -> None:
    if asked and kind in WITHOUT_A_ROUTER_LOSS:
        pytest.skip(f"{kind} of transformers {transformers.__version__} has no router loss that works")
    tokenizer = AutoTokenizer.from_pretrained(tiny_model)
    model, rows = model_of(kind, len(tokenizer), output_router_logits=asked), short_rows(4)
    batch = collate([encode(tokenizer, row, 512) for row in rows], tokenizer.pad_token_id)
    del batch["augmented"]
    with torch.no_grad():
        whole = float(model(**batch).loss)
        of_completions = float(model(**batch, output_router_logits=False).loss)
    assert (whole > of_completions + 0.1) == asked
    log = train_adapter(
        model, tokenizer, rows, changed(epochs=1), 0, tmp_path, on_step=lambda step, steps: None
    )
    assert log.losses == [pytest.approx(whole, rel=1e-4)]

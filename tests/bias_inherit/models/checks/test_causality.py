"""Models that read from left to right are told from those that see what comes later."""

from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import CONFIG_MAPPING, AutoModelForCausalLM, AutoTokenizer, PreTrainedModel

from bias_inherit.models.checks.causality import looks_ahead
from bias_inherit.models.scorer.language_model import PrefixSharingLM

SIZES = {
    "vocab_size": 500,
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 8,
    "max_position_embeddings": 64,
    "pad_token_id": 0,
    "bos_token_id": 1,
    "eos_token_id": 2,
}
CAUSAL: dict[str, dict[str, Any]] = {
    "llama": {},
    "gpt2": {},
    "bloom": {},
    "gemma3_text": {},
    "mamba": {},
    "rwkv": {},
    "mixtral": {"num_local_experts": 4},
    "qwen3_moe": {"num_experts": 4, "num_experts_per_tok": 2, "moe_intermediate_size": 16},
    "modernbert-decoder": {},
    "bert": {"is_decoder": True},
    "roberta": {"is_decoder": True},
}
ENCODERS: dict[str, dict[str, Any]] = {
    "bert": {},
    "roberta": {},
    "electra": {"embedding_size": 32},
    "xlm-roberta": {},
    "camembert": {},
    "megatron-bert": {},
    "rembert": {},
    "roformer": {},
    "bert-generation": {},
}


def model_of(kind: str, settings: dict[str, Any], spread: float) -> PreTrainedModel:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = AutoModelForCausalLM.from_config(CONFIG_MAPPING[kind](**{**SIZES, **settings})).eval()
        for weights in model.parameters():
            weights.data.normal_(std=spread)
    return model


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("spread", [0.02, 0.1, 0.5])
@pytest.mark.parametrize("kind", CAUSAL)
def test_a_causal_model_is_no_more_than_that(
    kind: str, spread: float, dtype: torch.dtype, tiny_model: Path
) -> None:
    model = model_of(kind, CAUSAL[kind], spread).to(dtype)
    assert not looks_ahead(model, AutoTokenizer.from_pretrained(tiny_model), model.device)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("spread", [0.02, 0.1, 0.5])
@pytest.mark.parametrize("kind", ENCODERS)
def test_an_encoder_looks_ahead(kind: str, spread: float, dtype: torch.dtype, tiny_model: Path) -> None:
    model = model_of(kind, ENCODERS[kind], spread).to(dtype)
    assert looks_ahead(model, AutoTokenizer.from_pretrained(tiny_model), model.device)


def test_the_model_of_the_harness_takes_no_encoder(tiny_model: Path) -> None:
    tokenizer = AutoTokenizer.from_pretrained(tiny_model)
    with pytest.raises(ValueError, match="is no causal language model"):
        PrefixSharingLM(pretrained=model_of("bert", {}, 0.1), tokenizer=tokenizer)
    assert PrefixSharingLM(pretrained=model_of("llama", {}, 0.1), tokenizer=tokenizer)

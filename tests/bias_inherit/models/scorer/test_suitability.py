"""What the tree is not for is scored as the harness scores it, with a word why."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch
from lm_eval.models.huggingface import HFLM
from peft import LoraConfig, PromptTuningConfig, get_peft_model
from transformers import LlamaForCausalLM, T5Config, T5ForConditionalGeneration

from bias_inherit.models.scorer import language_model
from bias_inherit.models.scorer.language_model import PrefixSharingLM
from bias_inherit.models.scorer.suitability import cache_name, unsuitable
from bias_inherit.models.scorer.tree_forward import Reader

if TYPE_CHECKING:
    from lm_eval.api.instance import Instance
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

    Build = Callable[..., PreTrainedModel]
    RequestsOf = Callable[..., list[Instance]]


@pytest.fixture
def reason(
    tokenizer: PreTrainedTokenizerBase, requests_of: RequestsOf, caplog: pytest.LogCaptureFixture
) -> Callable[[Any], str]:
    """Why a model is scored in the harness's way, after checking that it is; empty if it is not."""

    def reason_of(model: Any) -> str:
        asked = requests_of(False)[:8]
        arguments = {"pretrained": model, "tokenizer": tokenizer, "batch_size": 4}
        answers = PrefixSharingLM(**arguments).loglikelihood(asked)
        # A second model of the harness around the same base has nothing to add.
        assert PrefixSharingLM(**arguments).loglikelihood(asked) == answers
        told = [record.getMessage() for record in caplog.records if record.name == language_model.__name__]
        if not told:
            return ""
        assert answers == HFLM(**arguments).loglikelihood(asked)
        (message,) = told
        said, _, why = message.partition(" and gives the same numbers: ")
        assert said.startswith("bias-inherit-hf scores this model in the way of hf, which takes two to three")
        return why

    return reason_of


WINDOWED: list[tuple[str, dict[str, Any]]] = [
    ("mistral", {}),
    ("mixtral", {"num_local_experts": 2}),
    ("gemma2", {"head_dim": 8, "attn_implementation": "eager"}),
    ("gemma3_text", {"head_dim": 8}),
    ("qwen2", {"use_sliding_window": True, "max_window_layers": 1}),
    ("olmo3", {}),
    ("cohere2", {}),
    ("gpt_oss", {"head_dim": 8, "num_local_experts": 4, "num_experts_per_tok": 2, "sliding_window": 1024}),
]
"""With windows of a thousand tokens and more."""


@pytest.mark.parametrize(
    ("architecture", "settings"),
    [
        ("llama", {}),
        ("llama", {"attn_implementation": "eager"}),
        ("qwen2", {}),
        ("qwen3", {"head_dim": 8}),
        ("gemma", {"head_dim": 8}),
        ("gpt2", {}),
        ("gpt_neox", {}),
        ("opt", {"ffn_dim": 64, "word_embed_proj_dim": 32, "init_std": 0.2}),
        ("phi3", {}),
        ("olmo2", {}),
        ("mistral", {"sliding_window": None}),
        *WINDOWED,
    ],
)
def test_decoders_with_plain_attention_share_their_prefixes(
    architecture: str, settings: dict[str, Any], build: Build, reason: Callable[[Any], str]
) -> None:
    assert reason(build(architecture, **settings)) == ""


@pytest.mark.parametrize(
    ("architecture", "settings", "expected"),
    [
        ("lfm2", {"layer_types": ["conv", "full_attention"]}, "its cache holds LinearAttentionLayer"),
        ("mamba", {"state_size": 4}, "its forward takes no position_ids"),
        ("bloom", {}, "its forward takes no position_ids"),
        (
            "gpt_neo",
            {"num_layers": 2, "num_heads": 4, "attention_types": [[["global", "local"], 1]]},
            "its attention makes masks of its own",
        ),
        (
            "llama",
            {"rope_parameters": {"rope_type": "dynamic", "factor": 2.0, "rope_theta": 10000.0}},
            "its rotary positions are dynamic",
        ),
        (
            "gemma3_text",
            {
                "head_dim": 8,
                "layer_types": ["full_attention", "full_attention"],
                "rope_parameters": {
                    "full_attention": {"rope_type": "dynamic", "factor": 2.0, "rope_theta": 10000.0},
                    "sliding_attention": {"rope_type": "default", "rope_theta": 10000.0},
                },
            },
            "its rotary positions are dynamic",
        ),
    ],
)
def test_other_architectures_are_scored_as_the_harness_does(
    architecture: str, settings: dict[str, Any], expected: str, build: Build, reason: Callable[[Any], str]
) -> None:
    assert reason(build(architecture, **settings)).startswith(expected)


@pytest.mark.parametrize(("architecture", "settings"), WINDOWED)
def test_a_request_longer_than_a_window_is_scored_as_the_harness_does(
    architecture: str, settings: dict[str, Any], build: Build, reason: Callable[[Any], str]
) -> None:
    model = build(architecture, **{**settings, "sliding_window": 16})
    assert reason(model) == "a sequence is longer than the 16 tokens that its attention sees at a time"


def test_a_window_that_the_longest_request_just_fills_masks_nothing(
    build: Build,
    tokenizer: PreTrainedTokenizerBase,
    requests_of: RequestsOf,
    caplog: pytest.LogCaptureFixture,
) -> None:
    asked = requests_of(False)[:8]
    plain = PrefixSharingLM(pretrained=build("llama"), tokenizer=tokenizer)
    longest = max(sum(map(len, plain._encode_pair(*request.args))) - 1 for request in asked)
    for window in (longest, longest - 1):
        model = build("mistral", sliding_window=window)
        arguments = {"pretrained": model, "tokenizer": tokenizer, "batch_size": 4}
        ours = PrefixSharingLM(**arguments, tokens_per_pass=7).loglikelihood(asked)
        theirs = HFLM(**arguments).loglikelihood(asked)
        np.testing.assert_allclose([a[0] for a in ours], [a[0] for a in theirs], rtol=0, atol=1e-4)
        assert ("in the way of hf" in caplog.text) == (window < longest)


def test_attention_that_takes_no_mask_of_ours_is_told(build: Build) -> None:
    model = build("llama")
    name = str(cache_name(model))
    reader = Reader(lambda **inputs: model(**inputs).logits, name, model.config, model.dtype, model.device)
    with torch.no_grad():
        assert unsuitable(model, reader, longest=9) is None
    model.config._attn_implementation = "flash_attention_2"
    assert unsuitable(model, reader, longest=9) == "its attention is flash_attention_2, not sdpa or eager"


def test_an_encoder_decoder_is_scored_as_the_harness_does(
    tokenizer: PreTrainedTokenizerBase, reason: Callable[[Any], str]
) -> None:
    config = T5Config(
        vocab_size=len(tokenizer),
        d_model=32,
        d_ff=64,
        d_kv=8,
        num_layers=2,
        num_heads=4,
        decoder_start_token_id=0,
    )
    assert reason(T5ForConditionalGeneration(config).eval()) == "it is an encoder-decoder model"


def test_a_prompt_learning_adapter_is_scored_as_the_harness_does(
    build: Build, reason: Callable[[Any], str]
) -> None:
    adapter = PromptTuningConfig(task_type="CAUSAL_LM", num_virtual_tokens=3)
    assert reason(get_peft_model(build("llama"), adapter).eval()) == "its adapter is PROMPT_TUNING, not LoRA"


def test_lora_that_starts_at_an_invocation_token_is_scored_as_the_harness_does(
    build: Build, reason: Callable[[Any], str]
) -> None:
    adapter = LoraConfig(task_type="CAUSAL_LM", target_modules=["q_proj"], alora_invocation_tokens=[5])
    model = get_peft_model(build("llama"), adapter).eval()
    assert reason(model) == "its adapter starts at an invocation token"


class ObjectsWithoutWords(LlamaForCausalLM):
    """Looks like any other Llama, but does not take a cache, and does not say so."""

    @wraps(LlamaForCausalLM.forward)
    def forward(self, *arguments: Any, **named: Any) -> Any:
        if named.get(cache_name(self) or "") is not None:
            raise NotImplementedError
        return super().forward(*arguments, **named)


class CountsItsOwnPositions(LlamaForCausalLM):
    """Looks like any other Llama, but does not let itself be told where a token stands."""

    @wraps(LlamaForCausalLM.forward)
    def forward(self, *arguments: Any, **named: Any) -> Any:
        return super().forward(*arguments, **{**named, "position_ids": None})


class WantsOneMaskARow(LlamaForCausalLM):
    """Looks like any other Llama, but its mask says of whole rows which tokens count."""

    @wraps(LlamaForCausalLM.forward)
    def forward(self, *arguments: Any, **named: Any) -> Any:
        if (mask := named.get("attention_mask")) is not None:
            _rows, _length = mask.shape
        return super().forward(*arguments, **named)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (CountsItsOwnPositions, "its predictions in a trial differ"),
        (ObjectsWithoutWords, "its forward does not take a tree (NotImplementedError)"),
        (WantsOneMaskARow, "its forward does not take a tree (ValueError"),
    ],
)
def test_a_trial_finds_what_cannot_be_read_off_a_model(
    kind: type[LlamaForCausalLM], expected: str, build: Build, reason: Callable[[Any], str]
) -> None:
    plain = build("llama")
    model = kind(plain.config).eval()
    model.load_state_dict(plain.state_dict())
    assert reason(model).startswith(expected)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_half_precision_passes_the_trial(
    dtype: torch.dtype, build: Build, reason: Callable[[Any], str]
) -> None:
    assert reason(build("llama").to(dtype)) == ""


def test_code_that_calls_its_cache_by_the_former_name_shares_prefixes_too(
    build: Build, reason: Callable[[Any], str]
) -> None:
    class OfFormerTimes(LlamaForCausalLM):
        """As code that comes with a model was written before transformers 5.24."""

        def forward(
            self,
            input_ids: torch.Tensor,
            attention_mask: torch.Tensor | None = None,
            position_ids: torch.Tensor | None = None,
            past_key_values: Any = None,
            logits_to_keep: int | torch.Tensor = 0,
            **rest: Any,
        ) -> Any:
            named = {cache_name(plain): past_key_values}
            return plain(
                input_ids, attention_mask, position_ids, logits_to_keep=logits_to_keep, **named, **rest
            )

    plain = build("llama")
    assert reason(OfFormerTimes(plain.config).eval()) == ""

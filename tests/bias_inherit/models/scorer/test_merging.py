"""An adapter that is in the weights while a model reads, and out of them afterwards."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
import torch
from peft import LoraConfig, get_peft_model
from peft.tuners import lora

from bias_inherit.models.scorer.merging import merged

if TYPE_CHECKING:
    from transformers import PreTrainedModel

    Build = Callable[..., PreTrainedModel]

TOKENS = torch.arange(3, 15)[None]


def adapted(model: PreTrainedModel, targets: Any = "all-linear", **settings: Any) -> Any:
    """With a random LoRA adapter: the usual start, B = 0, would merge nothing."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        config = LoraConfig(target_modules=targets, init_lora_weights=False, **settings)
        return get_peft_model(model, config).eval()


def layers(model: Any) -> list[lora.Linear]:
    return [layer for layer in model.modules() if isinstance(layer, lora.Linear)]


def logits(model: Any) -> torch.Tensor:
    with torch.no_grad():
        found: torch.Tensor = model(input_ids=TOKENS).logits
    return found


def weights(model: Any) -> dict[str, torch.Tensor]:
    return {name: parameter.detach().clone() for name, parameter in model.named_parameters()}


def assert_as_before(model: Any, before: dict[str, torch.Tensor]) -> None:
    """Bit for bit, not only to rounding."""
    for name, parameter in model.named_parameters():
        assert torch.equal(parameter, before[name]), name
    assert not any(layer.merged for layer in layers(model))


def test_a_merged_adapter_predicts_the_same_with_none_of_its_own_products(build: Build) -> None:
    model = adapted(build("llama"))
    before, beside = weights(model), logits(model)
    calls: list[None] = []
    for layer in layers(model):
        layer.lora_A["default"].register_forward_hook(lambda *_: calls.append(None))
    with merged(model):
        torch.testing.assert_close(logits(model), beside, rtol=1e-4, atol=1e-4)
    assert calls == []
    assert_as_before(model, before)
    assert torch.equal(logits(model), beside)


def test_weights_are_put_back_after_an_error_too(build: Build) -> None:
    model = adapted(build("llama"))
    before = weights(model)

    def interrupted() -> None:
        with merged(model):
            assert all(layer.merged for layer in layers(model))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert_as_before(model, before)


@pytest.mark.filterwarnings("ignore:Model has `tie_word_embeddings=True`")
def test_an_output_layer_that_shares_its_weights_with_the_embedding_stays_unmerged(build: Build) -> None:
    model = adapted(build("llama", tie_word_embeddings=True), ["q_proj", "lm_head"])
    beside = logits(model)
    with merged(model):
        assert [layer.merged for layer in layers(model)] == [True, True, False]
        torch.testing.assert_close(logits(model), beside, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_in_half_precision_nothing_is_merged(build: Build, dtype: torch.dtype) -> None:
    model = adapted(build("llama")).to(dtype)
    with merged(model):
        assert not any(layer.merged for layer in layers(model))


def test_variants_of_lora_stay_as_they_are(build: Build) -> None:
    model = adapted(build("llama"), use_dora=True)
    with merged(model):
        assert not any(layer.merged for layer in layers(model))


def test_a_disabled_adapter_is_not_merged(build: Build) -> None:
    model = adapted(build("llama"))
    with model.disable_adapter():
        bare = logits(model)
        with merged(model):
            assert torch.equal(logits(model), bare)


def test_a_model_without_an_adapter_is_left_alone(build: Build) -> None:
    model = build("llama")
    before = weights(model)
    with merged(model):
        assert_as_before(model, before)


def test_an_adapter_with_biases_of_its_own_is_merged_with_them(build: Build) -> None:
    model = adapted(build("gpt_neox"), lora_bias=True)
    before, beside = weights(model), logits(model)
    with merged(model):
        assert all(layer.merged for layer in layers(model))
        torch.testing.assert_close(logits(model), beside, rtol=1e-4, atol=1e-4)
    assert_as_before(model, before)


def test_biases_of_an_adapter_are_merged_only_where_the_layer_has_one(build: Build) -> None:
    model = adapted(build("qwen2"), ["q_proj", "o_proj"], lora_bias=True)
    before, beside = weights(model), logits(model)
    with merged(model):
        has_bias = [layer.get_base_layer().bias is not None for layer in layers(model)]
        assert has_bias == [True, False, True, False]
        assert [layer.merged for layer in layers(model)] == has_bias
        torch.testing.assert_close(logits(model), beside, rtol=1e-4, atol=1e-4)
    assert_as_before(model, before)


def test_weights_are_changed_where_they_lie_so_that_there_is_no_second_copy(build: Build) -> None:
    model = adapted(build("llama"))
    places = [layer.get_base_layer().weight.data_ptr() for layer in layers(model)]
    with merged(model):
        assert [layer.get_base_layer().weight.data_ptr() for layer in layers(model)] == places


@pytest.mark.parametrize("size", [1e-6, 1.0, 1e6, float("inf"), float("nan")])
def test_weights_are_put_back_bit_for_bit_whatever_the_adapter_s_size(build: Build, size: float) -> None:
    model = adapted(build("llama"))
    with torch.no_grad():
        for layer in layers(model):
            layer.lora_B["default"].weight *= size
            # As small as they come, zeros of both signs, and a weight that was no number before.
            rows = layer.get_base_layer().weight
            rows[0], rows[1], rows[2], rows[3, 0] = 1e-42, 0.0, -0.0, float("nan")
    before = {name: weight.view(torch.int32) for name, weight in weights(model).items()}
    with merged(model):
        pass
    for name, parameter in model.named_parameters():
        assert torch.equal(parameter.data.view(torch.int32), before[name]), name


def test_an_interruption_while_merging_leaves_the_weights_as_they_were(
    build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = adapted(build("llama"))
    before, calls = weights(model), []
    delta = lora.Linear.get_delta_weight

    def interrupting(layer: lora.Linear, adapter: str) -> torch.Tensor:
        calls.append(layer)
        if len(calls) == 7:  # layers are at different points of it
            raise KeyboardInterrupt
        return delta(layer, adapter)

    monkeypatch.setattr(lora.Linear, "get_delta_weight", interrupting)
    with pytest.raises(KeyboardInterrupt), merged(model):
        pass
    assert_as_before(model, before)

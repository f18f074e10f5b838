"""Logits of the completions only: loss and gradient are the whole model's, for every architecture."""

from collections.abc import Mapping
from typing import Any

import pytest
import torch
from peft import LoraConfig, PeftModel, get_peft_model
from training_support import SIZES
from transformers import CONFIG_MAPPING, AutoModelForCausalLM, PreTrainedModel

from finetune.completion_head import CompletionHead, Learnt, completion_loss
from finetune.examples import Example, collate
from finetune.last_hidden import HiddenStateError, find_last_hidden

ARCHITECTURES: Mapping[str, Mapping[str, Any]] = {
    "llama": {},
    "qwen2": {"tie_word_embeddings": True},
    "gemma2": {"final_logit_softcapping": 0.5},  # tanh over the logits
    "granite": {"logits_scaling": 7.0},  # divides them
    "cohere": {"logit_scale": 0.2},  # multiplies them
    "gpt2": {"n_embd": 32, "n_layer": 2, "n_head": 4, "n_positions": 64},  # positions are learnt
    "opt": {"ffn_dim": 48, "word_embed_proj_dim": 16},  # projects down before the output layer
    "modernbert-decoder": {},  # its head has layers of its own
}
BATCH = collate(
    [Example([5, 6, 7, 8, 9, 10, 11], 4), Example([12, 13, 14], 2), Example([15, 16, 17, 18, 19], 1)],
    pad_id=0,
)
LABELS = BATCH["labels"]
LEARNT = Learnt.of(LABELS, BATCH["paths"])
INPUTS = {name: BATCH[name] for name in ("input_ids", "attention_mask")}
COUNT = 3 + 1 + 4


@pytest.fixture(params=ARCHITECTURES)
def adapted(request: pytest.FixtureRequest) -> PeftModel:
    """A small random model of each architecture with an adapter that does something."""
    config = CONFIG_MAPPING[request.param](**{**SIZES, **ARCHITECTURES[request.param]})
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = AutoModelForCausalLM.from_config(config)
        for parameter in model.parameters():
            parameter.data.normal_(std=0.3)
        return get_peft_model(
            model,
            LoraConfig(r=2, target_modules="all-linear", task_type="CAUSAL_LM", init_lora_weights=False),
        ).eval()


def narrow(model: PreTrainedModel | PeftModel) -> torch.Tensor:
    head = CompletionHead()
    with head.on(model.get_output_embeddings()):
        head.expect(LEARNT.positions)
        return completion_loss(model(**INPUTS), LEARNT, COUNT)


def gradients(model: PeftModel, loss: torch.Tensor) -> dict[str, torch.Tensor]:
    model.zero_grad()
    loss.backward()
    return {name: p.grad.clone() for name, p in model.named_parameters() if p.grad is not None}


def test_loss_and_gradient_are_those_of_the_model_itself(adapted: PeftModel) -> None:
    whole = adapted(**INPUTS, labels=LABELS).loss
    loss = narrow(adapted)
    torch.testing.assert_close(loss, whole, rtol=1e-5, atol=1e-6)
    expected, found = gradients(adapted, whole), gradients(adapted, loss)
    assert len(expected) > 8
    assert max(gradient.abs().max() for gradient in expected.values()) > 1e-3
    torch.testing.assert_close(found, expected, rtol=1e-3, atol=1e-6)


def test_logits_are_made_of_the_needed_positions_only(adapted: PeftModel) -> None:
    head = CompletionHead()
    with head.on(adapted.get_output_embeddings()):
        head.expect(LEARNT.positions)
        narrow_logits = adapted(**INPUTS).logits
    whole = adapted(**INPUTS).logits
    assert narrow_logits.shape == (1, COUNT, whole.shape[-1])
    torch.testing.assert_close(narrow_logits[0, :3], whole[0, 3:6], rtol=1e-4, atol=1e-5)


def test_the_hidden_states_are_the_model_s_last_ones(adapted: PeftModel) -> None:
    head = CompletionHead(find_last_hidden(adapted, Example([5, 6, 7, 8], 2)))
    with head.on(adapted.get_output_embeddings()):
        head.expect(LEARNT.positions)
        hidden = adapted(**INPUTS, output_hidden_states=True).hidden_states[-1]
    torch.testing.assert_close(head.hidden, hidden, rtol=0, atol=0)


def test_an_adapter_of_the_output_layer_is_trained_too() -> None:
    config = CONFIG_MAPPING["llama"](**SIZES)
    adapted = get_peft_model(
        AutoModelForCausalLM.from_config(config),
        LoraConfig(r=2, target_modules=["lm_head"], task_type="CAUSAL_LM", init_lora_weights=False),
    ).eval()
    whole = adapted(**INPUTS, labels=LABELS).loss
    expected, found = gradients(adapted, whole), gradients(adapted, narrow(adapted))
    assert any("lm_head.lora_B" in name and gradient.abs().max() > 0 for name, gradient in found.items())
    torch.testing.assert_close(found, expected, rtol=1e-3, atol=1e-6)


def test_afterwards_the_model_gives_all_its_logits_again(adapted: PeftModel) -> None:
    before = adapted(**INPUTS).logits
    narrow(adapted)
    assert torch.equal(adapted(**INPUTS).logits, before)


def test_the_loss_is_divided_by_the_labels_of_the_whole_step_not_of_the_batch(adapted: PeftModel) -> None:
    head = CompletionHead()
    with head.on(adapted.get_output_embeddings()):
        head.expect(LEARNT.positions)
        outputs = adapted(**INPUTS)
    step = completion_loss(outputs, LEARNT, 4 * COUNT)
    torch.testing.assert_close(4 * step, completion_loss(outputs, LEARNT, COUNT))


def test_a_model_without_its_last_hidden_state_is_refused(
    adapted: PeftModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    forward = adapted.base_model.forward

    def without_the_norm(**inputs: Any) -> Any:
        outputs = forward(**inputs)
        outputs.hidden_states = tuple(2 * states for states in outputs.hidden_states)
        return outputs

    monkeypatch.setattr(adapted.base_model, "forward", without_the_norm)
    with pytest.raises(
        HiddenStateError, match=f"no layer of a {adapted.config.model_type} puts out its last"
    ):
        find_last_hidden(adapted, Example([5, 6, 7, 8], 2))

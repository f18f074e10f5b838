"""A batch read as a tree has the loss and the gradients of separate rows, for every architecture."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from peft import LoraConfig, PeftModel, get_peft_model
from training_support import SIZES
from transformers import CONFIG_MAPPING, AutoModelForCausalLM

from finetune.alignment import source_distance
from finetune.completion_head import CompletionHead, Learnt, completion_loss
from finetune.examples import IGNORED, Example, collate
from finetune.lora_product import one_product
from finetune.prefixes.tree_attention import TreeAttention
from finetune.prefixes.tree_batch import collate_tree
from finetune.prefixes.trial import reads_trees

WITHOUT_DROPOUT = {"resid_pdrop": 0.0, "embd_pdrop": 0.0, "attn_pdrop": 0.0}
ARCHITECTURES: Mapping[str, Mapping[str, Any]] = {
    "llama": {},
    "mistral": {"sliding_window": 16},  # longer than every row
    "qwen2": {"tie_word_embeddings": True},
    "qwen3": {},
    "gemma2": {"final_logit_softcapping": 0.5, "attn_implementation": "eager"},  # tanh over scores and logits
    "gemma3_text": {},  # two rotations
    "granite": {"logits_scaling": 7.0},
    "cohere": {"logit_scale": 0.2},
    "gpt2": {
        "n_embd": 32,
        "n_layer": 2,
        "n_head": 4,
        "n_positions": 64,
        **WITHOUT_DROPOUT,
    },  # positions learnt
    "gpt_neox": {"hidden_dropout": 0.0},
    "olmo2": {},
    "phi3": {},  # one projection for queries, keys and values
    "mixtral": {"num_local_experts": 4, "experts_implementation": "eager"},  # its other one takes no float64
}
# Some rows begin alike for long, one ends where another goes on, one stands twice, one shares nothing.
ROWS = [
    Example([5, 6, 7, 8, 9, 10, 11], 4),
    Example([5, 6, 7, 8, 9, 10, 12, 13], 4, augmented=True),
    Example([5, 6, 7, 14], 2),
    Example([15, 16, 17, 18, 19], 1, augmented=True),
    Example([5, 6, 7, 8, 9, 10, 12, 13], 4),
    Example([5, 6, 7], 2),
    Example([5, 6, 7, 8, 9, 20, 21], 5, augmented=True),
]


def model_of(kind: str) -> PeftModel:
    """A small random model in float64 with an adapter that does something, in training mode."""
    config = CONFIG_MAPPING[kind](**{**SIZES, **ARCHITECTURES[kind]})
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = AutoModelForCausalLM.from_config(config).double()
        for parameter in model.parameters():
            parameter.data.normal_(std=0.3)
        lora = LoraConfig(r=2, target_modules="all-linear", task_type="CAUSAL_LM", init_lora_weights=False)
        return get_peft_model(model, lora, autocast_adapter_dtype=False).train()


def naive(model: PeftModel, rows: list[Example], weight: float, pooling: str) -> torch.Tensor:
    """The loss by the model's own forward, row by row, and the distance between its last hidden states."""
    sft, means = torch.zeros((), dtype=torch.float64), {True: [], False: []}
    for ids, prompt_length, augmented in rows:
        outputs = model(input_ids=torch.tensor([ids]), output_hidden_states=True, use_cache=False)
        logits = outputs.logits[0].double()[prompt_length - 1 : -1]
        sft = sft + torch.nn.functional.cross_entropy(
            logits, torch.tensor(ids[prompt_length:]), reduction="sum"
        )
        first = prompt_length if pooling == "completion" else 0
        means[augmented].append(outputs.hidden_states[-1][0, first:].mean(0))
    loss = sft / sum(len(ids) - prompt for ids, prompt, _ in rows)
    if not weight:
        return loss
    originals, augmented_rows = (torch.stack(means[source]).mean(0) for source in (False, True))
    return loss + weight * (originals - augmented_rows).square().sum()


def read(
    model: PeftModel, batch: dict[str, Any], weight: float, pooling: str, by_branches: bool
) -> torch.Tensor:
    """The loss as the trainer takes it."""
    head, attention = CompletionHead(), TreeAttention(by_branches=by_branches)
    learnt = Learnt.of(batch["labels"], batch["paths"])
    head.expect(learnt.positions)
    attention.read(batch["branches"])
    inputs = {name: batch[name] for name in ("input_ids", "position_ids")}
    with (
        head.on(model.get_output_embeddings()),
        one_product(model, is_checkpointing=False),
        attention.on(model.config),
    ):
        outputs = model(**inputs, use_cache=False)
    loss = completion_loss(outputs, learnt, len(learnt.targets))
    if not weight:
        return loss
    pooled = batch["labels"] != IGNORED if pooling == "completion" else batch["paths"] >= 0
    distance = source_distance(head.hidden[0][batch["paths"]], pooled, batch["augmented"])
    assert distance is not None
    return loss + weight * distance


def gradients(model: PeftModel, loss: torch.Tensor) -> dict[str, torch.Tensor]:
    model.zero_grad()
    loss.backward()
    return {name: p.grad.clone() for name, p in model.named_parameters() if p.grad is not None}


def assert_equal(
    model: PeftModel, rows: list[Example], weight: float, pooling: str, by_branches: bool = True
) -> None:
    wanted = naive(model, rows, weight, pooling)
    expected = gradients(model, wanted)
    loss = read(model, collate_tree(rows, 0), weight, pooling, by_branches)
    # The models themselves compute norms and the softmax of eager attention in float32.
    torch.testing.assert_close(loss, wanted, rtol=1e-6, atol=1e-6)
    largest = max(1.0, *(float(gradient.abs().max()) for gradient in expected.values()))
    rounding = 16 * torch.finfo(torch.float32).eps * largest
    torch.testing.assert_close(gradients(model, loss), expected, rtol=1e-4, atol=rounding)


@pytest.fixture(params=ARCHITECTURES)
def model(request: pytest.FixtureRequest) -> PeftModel:
    return model_of(request.param)


def test_an_architecture_is_found_fit(model: PeftModel) -> None:
    assert reads_trees(model.unload(), 0.0, 8)


@pytest.mark.parametrize(("weight", "pooling"), [(0, "all"), (0.5, "all"), (0.5, "completion")])
def test_loss_and_gradients_are_those_of_separate_rows(model: PeftModel, weight: float, pooling: str) -> None:
    assert_equal(model, ROWS, weight, pooling)


def test_one_mask_for_all_branches_gives_the_same(model: PeftModel) -> None:
    assert_equal(model, ROWS, 0.5, "all", by_branches=False)


@st.composite
def rows_of_few_tokens(draw: st.DrawFn) -> list[Example]:
    """Rows over three tokens, so that they share beginnings; both sources are there, and labels in each."""
    sequences = draw(st.lists(st.lists(st.integers(1, 3), min_size=2, max_size=8), min_size=2, max_size=7))
    examples = [
        Example(ids, draw(st.integers(1, len(ids) - 1)), augmented=draw(st.booleans())) for ids in sequences
    ]
    return [examples[0]._replace(augmented=False), examples[1]._replace(augmented=True), *examples[2:]]


@pytest.fixture(scope="module", params=["llama", "gemma2"])
def either(request: pytest.FixtureRequest) -> PeftModel:
    """A model whose attention is sdpa, and one whose attention is eager."""
    return model_of(request.param)


@settings(max_examples=40, deadline=None)
@given(rows_of_few_tokens(), st.sampled_from(["all", "completion"]), st.booleans())
def test_any_tree_has_the_gradients_of_its_rows(
    either: PeftModel, rows: list[Example], pooling: str, by_branches: bool
) -> None:
    assert_equal(either, rows, 0.5, pooling, by_branches)


def test_layers_computed_again_in_backpropagation_read_the_same_tree() -> None:
    model = model_of("llama")
    expected = gradients(model, naive(model, ROWS, 0, "all"))
    model.gradient_checkpointing_enable()
    head, attention, batch = CompletionHead(), TreeAttention(by_branches=True), collate_tree(ROWS, 0)
    learnt = Learnt.of(batch["labels"], batch["paths"])
    head.expect(learnt.positions)
    attention.read(batch["branches"])
    inputs = {name: batch[name] for name in ("input_ids", "position_ids")}
    with head.on(model.get_output_embeddings()), attention.on(model.config):
        loss = completion_loss(model(**inputs, use_cache=False), learnt, len(learnt.targets))
        found = gradients(model, loss)
    torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-6)


def test_a_row_s_tokens_are_read_once_for_all_rows_that_begin_with_them() -> None:
    batch = collate_tree(ROWS, 0)
    prefixes = {tuple(ids[:length]) for ids, _, _ in ROWS for length in range(1, len(ids) + 1)}
    assert batch["input_ids"].shape == (1, len(prefixes))
    assert collate(ROWS, 0)["input_ids"].numel() > 2 * len(prefixes)

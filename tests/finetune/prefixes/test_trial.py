"""What no tree is for is trained row by row, with a word why, once."""

from pathlib import Path
from typing import Any

import pytest
import torch
from training_support import SIZES, changed, short_rows
from transformers import CONFIG_MAPPING, AutoModelForCausalLM, AutoTokenizer, PreTrainedModel

from finetune.prefixes import trial
from finetune.prefixes.trial import reads_trees
from finetune.training import train_adapter

LONGEST = 20
REFUSED: list[tuple[str, dict[str, Any], str]] = [
    (
        "mistral",
        {"sliding_window": LONGEST - 1},
        "longer than the 19 tokens that its attention sees",
    ),
    ("gemma3_text", {"head_dim": 8, "sliding_window": 8}, "longer than the 8 tokens that its attention sees"),
    ("mamba", {"state_size": 8}, "its forward takes no position_ids"),
    ("bloom", {"n_head": 4, "n_layer": 2}, "its forward takes no position_ids"),
    ("mixtral", {"num_local_experts": 4, "output_router_logits": True}, "its router loss counts the tokens"),
    ("gpt2", {"n_embd": 32, "n_layer": 2, "n_head": 4}, "dropout draws noise for every row by itself"),
    (
        "llama",
        {"rope_parameters": {"rope_type": "dynamic", "factor": 2.0, "rope_theta": 1e4}},
        "its rotary positions are dynamic",
    ),
]


def model_of(kind: str, **settings: Any) -> PreTrainedModel:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return AutoModelForCausalLM.from_config(CONFIG_MAPPING[kind](**{**SIZES, **settings})).eval()


def told(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.name == trial.__name__]


@pytest.mark.parametrize(("kind", "settings", "reason"), REFUSED, ids=[kind for kind, _, _ in REFUSED])
def test_a_model_that_a_tree_is_not_for_is_refused_and_the_reason_told_once(
    kind: str, settings: dict[str, Any], reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    model = model_of(kind, **settings)
    assert not reads_trees(model, 0.0, LONGEST)
    assert not reads_trees(model, 0.0, LONGEST)
    (message,) = told(caplog)
    said, _, why = message.partition(": ")
    assert said == "training reads every row of a batch from its first token on"
    assert reason in why


def test_a_window_that_masks_nothing_is_no_reason() -> None:
    assert reads_trees(model_of("mistral", sliding_window=LONGEST), 0.0, LONGEST)


def test_dropout_of_the_adapter_is_drawn_for_every_row_by_itself(caplog: pytest.LogCaptureFixture) -> None:
    model = model_of("llama")
    assert not reads_trees(model, 0.1, LONGEST)
    (message,) = told(caplog)
    assert message.endswith(": dropout draws noise for every row by itself")
    assert reads_trees(model, 0.0, LONGEST)


def test_a_trial_moves_neither_the_random_state_nor_the_model_s_mode() -> None:
    model, before = model_of("gpt2", n_embd=32, n_layer=2, n_head=4), torch.get_rng_state()
    reads_trees(model, 0.0, LONGEST)
    assert torch.equal(torch.get_rng_state(), before)
    assert not any(module.training for module in model.modules())


class Strange(torch.nn.Module):
    """Adds to every token what stands before it in the batch: a memory that nobody declared."""

    def __init__(self, inner: torch.nn.Module) -> None:
        super().__init__()
        self.inner = inner

    def forward(self, states: torch.Tensor) -> torch.Tensor:
        found: torch.Tensor = self.inner(states) + states.cumsum(1)
        return found


def test_what_nobody_thought_of_is_found_by_the_trial(caplog: pytest.LogCaptureFixture) -> None:
    model = model_of("llama")
    model.model.layers[0].mlp = Strange(model.model.layers[0].mlp)
    assert not reads_trees(model, 0.0, LONGEST)
    assert "its predictions in a trial differ" in told(caplog)[0]


def test_a_refused_model_is_trained_all_the_same(tiny_model: Path, tmp_path: Path) -> None:
    tokenizer = AutoTokenizer.from_pretrained(tiny_model)
    model = model_of("mistral", sliding_window=4, vocab_size=len(tokenizer), max_position_embeddings=512)
    log = train_adapter(
        model, tokenizer, short_rows(8), changed(epochs=4), 0, tmp_path, on_step=lambda step, steps: None
    )
    assert log.losses[-1] < log.losses[0]


def test_the_base_attends_as_before_once_trained(tiny_model: Path, tmp_path: Path) -> None:
    tokenizer = AutoTokenizer.from_pretrained(tiny_model)
    model = AutoModelForCausalLM.from_pretrained(tiny_model, attn_implementation="eager")
    train_adapter(model, tokenizer, short_rows(4), changed(epochs=1), 0, tmp_path, on_step=lambda *_: None)
    assert model.config._attn_implementation == "eager"

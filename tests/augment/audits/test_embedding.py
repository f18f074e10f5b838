"""Texts as vectors."""

import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from augment.audits.embedding import EncoderMissingError, embed_with_encoder, embed_with_model
from augment.audits.rows import Passage

TEXTS = [
    "She rests.",
    "A much longer text about an architect who drew plans for a bridge and a school.",
    "He",
]
PASSAGES = [Passage(text) for text in TEXTS]
ANSWERS = [Passage(text, "What does she do?\n") for text in TEXTS]


@pytest.fixture(scope="module")
def model_and_tokenizer(tiny_model: Path) -> tuple[Any, Any]:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    return AutoModelForCausalLM.from_pretrained(tiny_model), AutoTokenizer.from_pretrained(tiny_model)


def by_hand(model: Any, tokenizer: Any, text: str) -> Any:
    """One text alone, no padding: the last of all hidden states, which is behind the final norm."""
    import torch

    with torch.inference_mode():
        ids = tokenizer(text, return_tensors="pt")["input_ids"]
        return model(ids, output_hidden_states=True).hidden_states[-1][0].mean(dim=0).numpy()


@pytest.mark.parametrize("batch_size", [1, 2, 16])
def test_a_vector_is_the_mean_over_the_texts_own_tokens(
    model_and_tokenizer: tuple[Any, Any], batch_size: int
) -> None:
    found = embed_with_model(*model_and_tokenizer, PASSAGES, batch_size=batch_size)
    assert found == pytest.approx(np.array([by_hand(*model_and_tokenizer, text) for text in TEXTS]), abs=1e-5)


@pytest.mark.parametrize("batch_size", [1, 16])
def test_a_context_is_read_but_not_in_the_mean(model_and_tokenizer: tuple[Any, Any], batch_size: int) -> None:
    import torch

    model, tokenizer = model_and_tokenizer
    expected = []
    for text, context in ANSWERS:
        before, own = tokenizer(context)["input_ids"], tokenizer(text)["input_ids"]
        with torch.inference_mode():
            hidden = model.model(torch.tensor([before + own])).last_hidden_state[0]
        expected.append(hidden[len(before) :].mean(dim=0).numpy())
    found = embed_with_model(model, tokenizer, ANSWERS, batch_size=batch_size)
    assert found == pytest.approx(np.array(expected), abs=1e-5)
    alone = embed_with_model(model, tokenizer, PASSAGES)
    assert np.abs(found - alone).max() > 1e-3


def test_a_long_context_loses_its_beginning(model_and_tokenizer: tuple[Any, Any]) -> None:
    model, tokenizer = model_and_tokenizer
    length = len(tokenizer(TEXTS[0])["input_ids"])
    cut = Passage(TEXTS[0], tokenizer.decode(tokenizer(ANSWERS[0].context)["input_ids"][-2:]))
    assert embed_with_model(model, tokenizer, ANSWERS[:1], most_tokens=length + 2) == pytest.approx(
        embed_with_model(model, tokenizer, [cut]), abs=1e-5
    )
    assert embed_with_model(model, tokenizer, ANSWERS[:1], most_tokens=length) == pytest.approx(
        embed_with_model(model, tokenizer, PASSAGES[:1]), abs=1e-5
    )


def test_tokens_that_the_tokenizer_adds_are_not_in_the_mean(tiny_model: Path) -> None:
    import torch
    from tokenizers.processors import TemplateProcessing
    from transformers import AutoModelForCausalLM, AutoTokenizer

    model, tokenizer = (
        AutoModelForCausalLM.from_pretrained(tiny_model),
        AutoTokenizer.from_pretrained(tiny_model),
    )
    start = tokenizer.convert_tokens_to_ids("<|im_start|>")
    tokenizer.backend_tokenizer.post_processor = TemplateProcessing(
        single="<|im_start|> $A", special_tokens=[("<|im_start|>", start)]
    )
    ids = tokenizer(TEXTS[0], return_tensors="pt")["input_ids"]
    assert ids[0, 0] == start
    with torch.inference_mode():
        expected = model.model(ids).last_hidden_state[0, 1:].mean(dim=0).numpy()
    assert embed_with_model(model, tokenizer, PASSAGES[:1])[0] == pytest.approx(expected, abs=1e-5)


def test_an_adapter_changes_the_vectors(tiny_model: Path) -> None:
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(tiny_model)
    plain = embed_with_model(AutoModelForCausalLM.from_pretrained(tiny_model), tokenizer, PASSAGES)
    adapted = get_peft_model(
        AutoModelForCausalLM.from_pretrained(tiny_model), LoraConfig(target_modules="all-linear")
    )
    assert embed_with_model(adapted, tokenizer, PASSAGES) == pytest.approx(plain, abs=1e-6)
    with torch.no_grad():
        for name, weights in adapted.named_parameters():
            if "lora_B" in name:
                weights.fill_(0.1)
    assert np.abs(embed_with_model(adapted, tokenizer, PASSAGES) - plain).max() > 1e-3


def test_the_model_is_left_in_its_mode_and_without_gradients(model_and_tokenizer: tuple[Any, Any]) -> None:
    model, tokenizer = model_and_tokenizer
    model.train()
    embed_with_model(model, tokenizer, PASSAGES)
    assert model.training
    assert all(weights.grad is None for weights in model.parameters())
    model.eval()


def test_long_texts_are_cut_and_progress_is_told(model_and_tokenizer: tuple[Any, Any]) -> None:
    model, tokenizer = model_and_tokenizer
    told: list[tuple[int, int]] = []
    found = embed_with_model(
        model, tokenizer, PASSAGES, batch_size=2, most_tokens=3, on_progress=lambda *now: told.append(now)
    )
    short = tokenizer.decode(tokenizer(TEXTS[1])["input_ids"][:3])
    assert found[1] == pytest.approx(by_hand(model, tokenizer, short), abs=1e-5)
    assert told == [(2, 3), (3, 3)]


def test_no_text_gives_no_vector(model_and_tokenizer: tuple[Any, Any]) -> None:
    assert embed_with_model(*model_and_tokenizer, []).shape == (0, 32)


def test_a_missing_encoder_package_is_named_with_its_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    with pytest.raises(EncoderMissingError, match="pip install sentence-transformers"):
        embed_with_encoder("some/encoder", PASSAGES)


def test_an_encoder_runs_no_code_from_the_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: dict[str, Any] = {}

    class Encoder:
        def __init__(self, name: str, **settings: Any) -> None:
            asked.update(settings, name=name)

        def encode(self, texts: list[str], **_: Any) -> Any:
            return np.ones((len(texts), 2), dtype=np.float32)

    monkeypatch.setitem(sys.modules, "sentence_transformers", SimpleNamespace(SentenceTransformer=Encoder))
    assert embed_with_encoder("some/encoder", PASSAGES).tolist() == [[1.0, 1.0]] * 3
    assert asked == {"name": "some/encoder", "trust_remote_code": False}

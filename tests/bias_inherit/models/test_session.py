"""One base for many adapters: whatever befell one of them, the next is scored as if it were alone."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import torch
from lm_eval.api.instance import Instance
from peft import LoraConfig, PeftModel, get_peft_model
from safetensors.torch import load_file, save_file
from training_support import short_rows
from transformers import (
    CONFIG_MAPPING,
    AutoModelForCausalLM,
    AutoTokenizer,
    LlamaConfig,
    LlamaForCausalLM,
    PreTrainedModel,
)

from bias_inherit.kit.errors import RunError
from bias_inherit.models.base_model import resolve_base
from bias_inherit.models.model_section import ModelSection
from bias_inherit.models.session import Session
from finetune.lora import LoraError
from finetune.settings import LoraSettings, TrainingSettings
from finetune.training import train_adapter

QUESTIONS = (("She works at the clinic as a", " nurse"), ("He draws houses as an", " architect"))
LORA = {"r": 2, "target_modules": "all-linear", "init_lora_weights": False, "task_type": "CAUSAL_LM"}

Save = Callable[..., Path]


def opened(model: Path) -> Session:
    section = ModelSection(pretrained=str(model), device="cpu")
    return Session(resolve_base(section, lambda _: None), section)


def scores(session: Session, adapter: Path | None = None, tokenizer: Path | None = None) -> list[float]:
    requests = [Instance("loglikelihood", {}, pair, place) for place, pair in enumerate(QUESTIONS)]
    with session.language_model(4, adapter, tokenizer) as lm:
        return [score for score, _ in lm.loglikelihood(requests)]


@pytest.fixture
def save(tiny_model: Path, tmp_path: Path) -> Save:
    """Saves an adapter on the tiny model, or on a base of another size or with more tokens."""

    def saved(name: str, base: dict[str, Any] | None = None, tokens: int = 0, **lora: Any) -> Path:
        folder = tmp_path / name
        with torch.random.fork_rng():
            torch.manual_seed(3)
            if base:
                model: PreTrainedModel = LlamaForCausalLM(LlamaConfig.from_pretrained(tiny_model, **base))
            else:
                model = AutoModelForCausalLM.from_pretrained(tiny_model)
            if tokens:
                tokenizer = AutoTokenizer.from_pretrained(tiny_model)
                tokenizer.add_tokens([f"<added {place}>" for place in range(tokens)])
                model.resize_token_embeddings(len(tokenizer))
                tokenizer.save_pretrained(folder)
            adapted = get_peft_model(model, LoraConfig(**{**LORA, **lora}))
            for weights in adapted.parameters():
                if weights.requires_grad:
                    weights.data += 0.3 * torch.randn_like(weights)
        adapted.save_pretrained(folder)
        return folder

    return saved


def wider(save: Save) -> Path:
    return save("wider", {"num_key_value_heads": 4})


def deeper(save: Save) -> Path:
    return save("deeper", {"num_hidden_layers": 3})


def other_words(save: Save) -> Path:
    return save("other-words", {"vocab_size": 480}, target_modules=["q_proj"], modules_to_save=["lm_head"])


def other_layers(save: Save) -> Path:
    folder = save("other-layers")
    config = folder / "adapter_config.json"
    config.write_text(config.read_text(encoding="utf-8").replace("q_proj", "query"), encoding="utf-8")
    return folder


def cut_short(save: Save) -> Path:
    folder = save("cut-short")
    weights = load_file(folder / "adapter_model.safetensors")
    save_file(dict(list(weights.items())[:-1]), folder / "adapter_model.safetensors")
    return folder


@pytest.mark.parametrize("of_another", [wider, deeper, other_words, other_layers, cut_short])
def test_an_adapter_that_does_not_fit_is_refused_and_leaves_nothing_behind(
    of_another: Callable[[Save], Path], tiny_model: Path, save: Save
) -> None:
    sound = save("sound", target_modules=["q_proj", "v_proj"], layers_to_transform=[1])
    session = opened(tiny_model)
    with pytest.raises(RunError, match="adapter"):
        scores(session, of_another(save))
    assert scores(session) == scores(opened(tiny_model))
    assert scores(session, sound) == scores(opened(tiny_model), sound)


def test_what_fails_while_a_model_answers_leaves_nothing_behind(tiny_model: Path, save: Save) -> None:
    adapter, session = save("adapter"), opened(tiny_model)
    with suppress(KeyError), session.language_model(4, adapter):
        raise KeyError
    assert scores(session) == scores(opened(tiny_model))


@pytest.mark.parametrize(
    "lora",
    [
        {"target_modules": ["q_proj", "lm_head", "embed_tokens"]},
        {"target_modules": ["q_proj"], "modules_to_save": ["lm_head", "embed_tokens"]},
        {"target_modules": ["q_proj"], "trainable_token_indices": [5, 6, 7]},
        {"use_dora": True},
        {"target_modules": ["q_proj"], "bias": "all"},
    ],
)
def test_an_adapter_of_any_kind_leaves_the_base_as_it_was(
    lora: dict[str, Any], tiny_model: Path, save: Save
) -> None:
    session = opened(tiny_model)
    before, adapter = scores(session), save("adapter", **lora)
    assert scores(session, adapter) != before
    assert scores(session) == before


def test_embeddings_saved_beside_an_adapter_do_not_stay_in_the_base(tiny_model: Path, save: Save) -> None:
    """Peft writes them into the base's own."""
    folder, session = save("adapter"), opened(tiny_model)
    weights = load_file(folder / "adapter_model.safetensors")
    with torch.random.fork_rng():
        torch.manual_seed(4)
        words = session.model.get_input_embeddings().weight
        weights["base_model.model.model.embed_tokens.weight"] = torch.randn_like(words)
    save_file(weights, folder / "adapter_model.safetensors")
    before = scores(session)
    assert scores(session, folder) != before
    assert scores(session) == before


@pytest.mark.parametrize("training", [{}, {"gradient_checkpointing": True}, {"bf16": True}])
def test_the_base_is_loaded_once_for_what_leaves_it_whole(
    training: dict[str, bool], tiny_model: Path, save: Save
) -> None:
    session = opened(tiny_model)
    base = session.model
    scores(session)
    for name in ("first", "second"):
        scores(session, save(name))
    settings = TrainingSettings(learning_rate=1e-3, epochs=1, batch_size=2, **training)
    folder, rows = save("third"), short_rows(2)
    with session.borrowed() as model:
        train_adapter(model, session.tokenizer, rows, settings, 0, folder, lambda step, steps: None)
    assert session.model is base


def test_a_training_that_peft_refuses_leaves_nothing_behind(tiny_model: Path, tmp_path: Path) -> None:
    config = CONFIG_MAPPING["mamba"](vocab_size=500, hidden_size=32, num_hidden_layers=2, state_size=4)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        AutoModelForCausalLM.from_config(config).save_pretrained(tmp_path / "mamba")
    AutoTokenizer.from_pretrained(tiny_model).save_pretrained(tmp_path / "mamba")
    session, rows = opened(tmp_path / "mamba"), short_rows(2)

    def trained(targets: str | tuple[str, ...], folder: Path) -> bytes:
        lora = LoraSettings(rank=2, targets=targets)
        settings = TrainingSettings(learning_rate=1e-3, epochs=1, batch_size=2, lora=lora)
        folder.mkdir()
        with session.borrowed() as base:
            train_adapter(base, session.tokenizer, rows, settings, 0, folder, lambda step, steps: None)
        return (folder / "adapter_model.safetensors").read_bytes()

    with pytest.raises(LoraError, match=r"all-linear cannot be had of a mamba .*: in_proj, x_proj"):
        trained("all-linear", tmp_path / "refused")
    after_a_failure = trained(("in_proj", "x_proj"), tmp_path / "after")
    session = opened(tmp_path / "mamba")
    assert after_a_failure == trained(("in_proj", "x_proj"), tmp_path / "alone")


@pytest.mark.parametrize(
    "lora",
    [
        {"target_modules": ["q_proj", "lm_head"]},
        {"target_modules": ["q_proj"], "modules_to_save": ["lm_head"]},
        {"target_modules": "all-linear"},
    ],
)
def test_adapters_on_a_tied_output_layer_are_scored_as_peft_itself_predicts(
    lora: dict[str, Any], tiny_model: Path, tmp_path: Path
) -> None:
    tied, adapter = tmp_path / "tied", tmp_path / "adapter"
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = LlamaForCausalLM(LlamaConfig.from_pretrained(tiny_model, tie_word_embeddings=True))
        model.save_pretrained(tied)
        get_peft_model(model, LoraConfig(**{**LORA, **lora})).save_pretrained(adapter)
    tokenizer = AutoTokenizer.from_pretrained(tiny_model)
    tokenizer.save_pretrained(tied)
    adapted = PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained(tied), adapter).eval()
    expected = []
    for context, continuation in QUESTIONS:
        ids = tokenizer(context + continuation, return_tensors="pt")["input_ids"]
        asked = len(tokenizer(context)["input_ids"])
        with torch.no_grad():
            log_probabilities = adapted(ids).logits[0].double().log_softmax(-1)
        answer = ids[0, asked:]
        expected.append(float(log_probabilities[asked - 1 : -1].gather(1, answer[:, None]).sum()))
    session = opened(tied)
    before = scores(session)
    assert scores(session, adapter) == pytest.approx(expected, abs=1e-3)
    assert scores(session) == before


def test_an_adapter_with_added_tokens_is_read_with_its_own_tokenizer(tiny_model: Path, save: Save) -> None:
    adapter = save("added", tokens=3, target_modules=["q_proj"], modules_to_save=["lm_head", "embed_tokens"])
    session = opened(tiny_model)
    before = scores(session)
    with session.language_model(4, adapter, adapter) as lm:
        assert len(lm.tok_encode("<added 2>")) == 1
        assert lm.model.get_output_embeddings().weight.shape[0] == len(lm.tokenizer)
    first = scores(session, adapter, adapter)
    assert first == scores(opened(tiny_model), adapter, adapter)  # nothing of it is left to chance
    assert first != before == scores(session)


def test_added_tokens_without_embeddings_are_refused(tiny_model: Path, save: Save) -> None:
    adapter, words = save("adapter", target_modules=["q_proj"]), save("words", tokens=3)
    session = opened(tiny_model)
    with pytest.raises(RunError, match=r"tokenizer has \d+ tokens and the base has embeddings for \d+"):
        scores(session, adapter, words)
    assert scores(session) == scores(opened(tiny_model))


def test_a_chat_template_beside_an_adapter_is_used(tiny_model: Path, save: Save) -> None:
    adapter = save("adapter")
    (adapter / "chat_template.jinja").write_text("Q: {{ messages[0].content }} A:", encoding="utf-8")
    session = opened(tiny_model)
    with session.language_model(4, adapter, adapter) as lm:
        assert lm.apply_chat_template([{"role": "user", "content": "who?"}]) == "Q: who? A:"
    with session.language_model(4) as lm:
        assert "<|im_start|>" in lm.apply_chat_template([{"role": "user", "content": "who?"}])


@pytest.mark.parametrize("encoder", ["bert", "roberta", "electra"])
def test_an_encoder_is_no_base(encoder: str, tiny_model: Path, tmp_path: Path) -> None:
    sizes = {"vocab_size": 500, "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4}
    config = CONFIG_MAPPING[encoder](**sizes, intermediate_size=64, pad_token_id=0)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        AutoModelForCausalLM.from_config(config).save_pretrained(tmp_path)
    AutoTokenizer.from_pretrained(tiny_model).save_pretrained(tmp_path)
    with pytest.raises(RunError, match="is no causal language model"):
        _ = opened(tmp_path).model

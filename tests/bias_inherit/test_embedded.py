"""The embedded model: converted once, then a checkpoint like any other."""

from pathlib import Path

import pytest

from bias_inherit import embedded


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The model converted into a cache of the test's own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BIAS_INHERIT_CACHE", str(tmp_path_factory.mktemp("cache")))
        told: list[str] = []
        folder = embedded.embedded_model(told.append)
        assert len(told) == 1
        assert embedded.embedded_model(told.append) == folder
        assert len(told) == 1
    return folder


@pytest.mark.embedded
def test_the_converted_model_loads_as_float32_and_knows_some_english(checkpoint: Path) -> None:
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(checkpoint)
    model = AutoModelForCausalLM.from_pretrained(checkpoint)
    assert model.dtype == torch.float32
    question = [{"role": "user", "content": "What is the capital of France? Answer with one word."}]
    ids = tokenizer.apply_chat_template(question, add_generation_prompt=True, return_tensors="pt")[
        "input_ids"
    ]
    answer = model.generate(ids, max_new_tokens=8, do_sample=False)[0, ids.shape[1] :]
    assert "Paris" in tokenizer.decode(answer)


@pytest.mark.embedded
def test_the_conversion_leaves_nothing_but_the_checkpoint(checkpoint: Path) -> None:
    assert [entry.name for entry in checkpoint.parent.iterdir()] == [checkpoint.name]
    assert (checkpoint / "model.safetensors").is_file()
    assert "quantization_config" not in (checkpoint / "config.json").read_text(encoding="utf-8")


def test_the_cache_follows_the_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIAS_INHERIT_CACHE", "/some/where")
    assert embedded.cache_folder() == Path("/some/where")
    monkeypatch.delenv("BIAS_INHERIT_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", "/cache")
    assert embedded.cache_folder() == Path("/cache/bias-inherit")

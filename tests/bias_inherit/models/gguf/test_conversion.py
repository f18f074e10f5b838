"""A GGUF file as a model: the weights and tokens that it was written from, or a line that says why not."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from gguf import GGMLQuantizationType
from gguf_files import Weights, write_gguf
from huggingface_hub import constants

from bias_inherit.kit.errors import RunError
from bias_inherit.models.base_model import fingerprint
from bias_inherit.models.gguf import GgufModel, gguf_model, kept_folder, looked_at


def converted(path: Path) -> GgufModel:
    return gguf_model(path, lambda line: None)


@pytest.fixture(autouse=True)
def _cache_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIAS_INHERIT_CACHE", str(tmp_path / "cache"))


def weights_of(folder: Path) -> dict[str, Any]:
    from safetensors.numpy import load_file

    return load_file(folder / "model.safetensors")


def test_the_checkpoint_has_the_weights_tokens_and_template_that_the_file_was_written_from(
    tiny_model: Path, tmp_path: Path
) -> None:
    from transformers import AutoTokenizer

    folder = converted(write_gguf(tmp_path / "tiny.gguf", tiny_model)).folder
    found, expected = weights_of(folder), weights_of(tiny_model)
    assert found.keys() == expected.keys()
    for name in expected:
        np.testing.assert_array_equal(found[name], expected[name])
    ours, theirs = AutoTokenizer.from_pretrained(folder), AutoTokenizer.from_pretrained(tiny_model)
    talk = [{"role": "user", "content": "She  worked\n\n12 years as a nurse; \t他也是."}]
    assert ours.apply_chat_template(talk, add_generation_prompt=True, tokenize=False) == (
        theirs.apply_chat_template(talk, add_generation_prompt=True, tokenize=False)
    )
    assert ours.encode(talk[0]["content"]) == theirs.encode(talk[0]["content"])
    assert ours.eos_token == theirs.eos_token


def test_what_lies_beside_the_file_has_no_say(tiny_model: Path, tmp_path: Path) -> None:
    from transformers import AutoTokenizer

    file = write_gguf(tmp_path / "tiny.gguf", tiny_model)
    (tmp_path / "tokenizer_config.json").write_text(
        '{"tokenizer_class": "PreTrainedTokenizerFast", "chat_template": "other", "eos_token": "<|pad|>"}',
        encoding="utf-8",
    )
    (tmp_path / "generation_config.json").write_text('{"temperature": 0.123}', encoding="utf-8")
    folder = converted(file).folder
    assert AutoTokenizer.from_pretrained(folder).eos_token == "<|im_end|>"  # noqa: S105
    assert "0.123" not in (folder / "generation_config.json").read_text(encoding="utf-8")


def test_whether_the_hub_may_be_asked_has_no_say(
    tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write_gguf(tmp_path / "tiny.gguf", tiny_model)
    fingerprints = set()
    for is_offline in (False, True):
        monkeypatch.setattr(constants, "HF_HUB_OFFLINE", is_offline)
        monkeypatch.setenv("BIAS_INHERIT_CACHE", str(tmp_path / f"offline-{is_offline}"))
        fingerprints.add(fingerprint(converted(file).folder))
    assert len(fingerprints) == 1


def test_packed_weights_are_unpacked(tiny_model: Path, tmp_path: Path) -> None:
    file = write_gguf(tmp_path / "tiny.gguf", tiny_model, quantised=GGMLQuantizationType.Q8_0)
    found, expected = weights_of(converted(file).folder), weights_of(tiny_model)
    for name in expected:
        np.testing.assert_allclose(found[name], expected[name], atol=np.abs(expected[name]).max() / 120)


def test_a_file_is_converted_once_and_found_by_its_content(tiny_model: Path, tmp_path: Path) -> None:
    told: list[str] = []
    file = write_gguf(tmp_path / "tiny.gguf", tiny_model)
    assert kept_folder(file) is None
    first = gguf_model(file, told.append)
    assert [line.split()[0] for line in told] == ["tiny.gguf:", "converting"]
    assert "cc0-1.0" in told[0]
    assert first.licence == "cc0-1.0"
    moved = file.rename(tmp_path / "another name.gguf")
    again = gguf_model(moved, told.append)
    assert (again.folder, again.name) == (first.folder, "another name")
    assert len(told) == 3, "the licence is told again, and nothing is converted"
    assert kept_folder(moved) == first.folder
    other = write_gguf(tmp_path / "other.gguf", tiny_model, settings={"general.author": "somebody"})
    assert kept_folder(other) is None


CONVERT = """
import sys
from pathlib import Path
from bias_inherit.models.gguf import gguf_model
print(gguf_model(Path(sys.argv[1]), lambda line: None).folder)
"""


def start(file: Path) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", CONVERT, str(file)], stdout=subprocess.PIPE, text=True)


def test_two_at_once_and_one_that_was_killed_leave_one_whole_checkpoint(
    tiny_model: Path, tmp_path: Path
) -> None:
    file, cache = write_gguf(tmp_path / "tiny.gguf", tiny_model), tmp_path / "cache"
    killed = start(file)
    while not list(cache.glob("*.part/*")) and killed.poll() is None:
        pass
    killed.kill()
    killed.wait()
    both = [start(file), start(file)]
    folders = {process.communicate()[0].strip() for process in both}
    assert [process.returncode for process in both] == [0, 0]
    assert [str(entry) for entry in cache.iterdir()] == [*folders]
    assert weights_of(Path(folders.pop())).keys() == weights_of(tiny_model).keys()


def test_positions_stretched_as_llama_3_1_does_become_a_setting(tiny_model: Path, tmp_path: Path) -> None:
    from transformers import AutoConfig, AutoModelForCausalLM, LlamaConfig

    wanted = LlamaConfig.from_pretrained(tiny_model)
    wanted.rope_parameters = {
        "rope_type": "llama3",
        "rope_theta": 500000.0,
        "factor": 8.0,
        "low_freq_factor": 1.0,
        "high_freq_factor": 4.0,
        "original_max_position_embeddings": 8192,
    }
    plain = 1 / 500000.0 ** (np.arange(4) / 4)
    # Transformers' own frequencies for these settings are the second witness.
    stretched = AutoModelForCausalLM.from_config(wanted).model.rotary_emb.inv_freq.numpy()

    def add(tensors: dict[str, Weights]) -> None:
        tensors["rope_freqs.weight"] = (plain / stretched).astype(np.float32)

    file = write_gguf(tmp_path / "tiny.gguf", tiny_model, theta=500000.0, change=add)
    folder = converted(file).folder
    assert AutoConfig.from_pretrained(folder).rope_parameters == wanted.rope_parameters


def _strange(tensors: dict[str, Weights]) -> None:
    tensors["rope_freqs.weight"] = np.array([1, 2, 3, 4], np.float32)


def _without_a_matrix(tensors: dict[str, Weights]) -> None:
    del tensors["blk.1.ffn_up.weight"]


def _with_a_bias(tensors: dict[str, Weights]) -> None:
    tensors["blk.0.attn_output.bias"] = np.ones(32, np.float32)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"architecture": "granitehybrid"}, "reads no GGUF file of this architecture (granitehybrid)"),
        ({"settings": {"split.count": 3}}, "is one of 3 parts; join them first"),
        ({"settings": {"general.type": "adapter"}}, "holds no model (general.type: adapter)"),
        ({"tokenizer": False}, "holds no tokenizer"),
        ({"pre": "made-up"}, "tokenizer.ggml.pre: made-up"),
        ({"pre": None}, "does not say how its tokenizer cuts a text"),
        ({"settings": {"llama.rope.scaling.type": "yarn"}}, "does not read llama.rope.scaling.type = yarn"),
        ({"settings": {"llama.expert_count": 8}}, "does not read llama.expert_count = 8"),
        ({"settings": {"llama.made_up": 1}}, "does not read llama.made_up = 1"),
        ({"change": _strange}, "no setting for how positions are scaled"),
        ({"change": _without_a_matrix}, "lacks model.layers.1.mlp.up_proj.weight, which a llama has"),
        ({"change": _with_a_bias}, "it would be another model"),
    ],
)
def test_what_would_become_another_model_is_refused_in_one_line(
    tiny_model: Path, tmp_path: Path, changes: dict[str, Any], words: str
) -> None:
    file = write_gguf(tmp_path / "tiny.gguf", tiny_model, **changes)
    with pytest.raises(RunError, match=re.escape(words)) as refusal:
        converted(file)
    assert "\n" not in str(refusal.value)
    assert not (tmp_path / "cache").exists() or not list((tmp_path / "cache").glob("gguf*"))


def test_settings_that_say_what_the_config_says_are_no_reason_to_refuse(
    tiny_model: Path, tmp_path: Path
) -> None:
    harmless = {
        "llama.attention.key_length": 8,
        "llama.attention.value_length": 8,
        "llama.rope.scaling.type": "none",
        "llama.expert_count": 0,
    }
    assert converted(write_gguf(tmp_path / "tiny.gguf", tiny_model, settings=harmless)).folder.is_dir()


@pytest.mark.parametrize("left", [0, 3, 40, 2000, -1])
def test_a_file_that_is_cut_off_is_told(tiny_model: Path, tmp_path: Path, left: int) -> None:
    file = write_gguf(tmp_path / "tiny.gguf", tiny_model)
    file.write_bytes(file.read_bytes()[:left])
    with pytest.raises(RunError, match=r"is cut off|is no GGUF file"):
        looked_at(file)


def test_weights_of_a_type_that_nobody_unpacks_are_told(tiny_model: Path, tmp_path: Path) -> None:
    file = write_gguf(tmp_path / "tiny.gguf", tiny_model)
    named = b"blk.0.ffn_up.weight"
    content = bytearray(file.read_bytes())
    # Behind the name: the number of dimensions, two of them, then the type.
    place = content.index(named) + len(named) + 4 + 16
    content[place] = 200
    file.write_bytes(content)
    with pytest.raises(RunError, match="weights of the type type 200 cannot be unpacked"):
        looked_at(file)


def test_a_file_that_is_not_there_or_is_something_else_is_told(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="No such file or directory; expected a GGUF file"):
        looked_at(tmp_path / "none.gguf")
    (tmp_path / "text.gguf").write_text("a text", encoding="utf-8")
    with pytest.raises(RunError, match="is no GGUF file"):
        looked_at(tmp_path / "text.gguf")

"""A GGUF file wherever a command takes a model."""

import json
from pathlib import Path

import pytest
from gguf_files import write_gguf
from tests_support import call, experiment, write

from bias_tasks.training_rows import dump_rows, read_rows
from finetune.originals.gender import originals


@pytest.fixture(scope="module")
def file(tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_gguf(tmp_path_factory.mktemp("gguf") / "small.gguf", tiny_model)


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(tmp_path_factory.mktemp("cache"))


@pytest.mark.parametrize(
    "named", [("--model", "{}"), ("--model_args", "pretrained={}")], ids=["model", "model_args"]
)
def test_it_writes_rows_and_the_record_says_which_file(
    named: tuple[str, str], file: Path, cache: str, tmp_path: Path
) -> None:
    flags = ("--device", "cpu", "--domain", "culture", "--elicitation", "options", "--n", "4")
    model = (named[0], named[1].format(file))
    out = tmp_path / "set.jsonl"
    done = call("augment", "generate", *model, *flags, "--out", out, BIAS_INHERIT_CACHE=cache)
    assert done.returncode == 0, done.stderr
    assert "small.gguf: licence, by its metadata: cc0-1.0" in done.stderr
    assert {row.generator for row in read_rows(out)} == {"small"}
    record = (tmp_path / "set.record.json").read_text(encoding="utf-8")
    args = json.loads(record)["asked"]["model_args"]
    assert (args["pretrained"], args["gguf_licence"]) == ("small.gguf", "cc0-1.0")
    assert len(args["gguf_sha256"]) == 64
    assert str(file.parent) not in record


def test_an_adapter_on_it_tells_the_licence_of_its_base(file: Path, cache: str, tmp_path: Path) -> None:
    data = tmp_path / "rows.jsonl"
    data.write_text(dump_rows(originals(8, seed=0)), encoding="utf-8")
    how = ("--learning-rate", "1e-3", "--epochs", "1", "--device", "cpu", "--out", tmp_path / "adapter")
    done = call("finetune", data, "--model", file, *how, BIAS_INHERIT_CACHE=cache)
    assert done.returncode == 0, done.stderr
    card = (tmp_path / "adapter" / "README.md").read_text(encoding="utf-8")
    assert "base_model: small\n" in card
    assert "| licence of the base | cc0-1.0, by the metadata of the GGUF file" in card


def test_it_is_scored_as_the_checkpoint_that_it_was_written_from(
    file: Path, cache: str, tiny_model: Path, tmp_path: Path
) -> None:
    checkpoints = [
        {"name": "folder", "pretrained": str(tiny_model), "device": "cpu"},
        {"name": "file", "pretrained": str(file), "device": "cpu"},
    ]
    score = {"tasks": ["bias_inherit_occupation"], "limit": 8}
    study = write(tmp_path, {"name": "both", "checkpoints": checkpoints, "score": score})
    done = call("run", study, "--out", tmp_path / "run", BIAS_INHERIT_CACHE=cache)
    assert done.returncode == 0, done.stderr
    report = json.loads((tmp_path / "run" / "report" / "report.json").read_text(encoding="utf-8"))
    folder, of_file = report["tasks"]["bias_inherit_occupation"].values()
    assert folder["metrics"] == of_file["metrics"]
    assert "small" in (tmp_path / "run" / "base.json").read_text(encoding="utf-8")


def test_a_plan_looks_at_the_file_and_converts_nothing(file: Path, tmp_path: Path) -> None:
    study = write(tmp_path, experiment(file))
    done = call("plan", study, cwd=tmp_path, BIAS_INHERIT_CACHE=str(tmp_path / "cache"))
    assert done.returncode == 0, done.stderr
    assert "tiny: small (not converted yet)" in done.stdout
    assert "small is not converted yet, and a plan fetches nothing" in done.stdout
    assert not (tmp_path / "cache").exists()


def test_a_plan_tells_what_a_run_would_stumble_over(file: Path, tiny_model: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.gguf"
    cut.write_bytes(file.read_bytes()[:-100])
    done = call("plan", write(tmp_path, experiment(cut)), cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr.startswith(f"error: {cut} is cut off: ")
    done = call("validate", write(tmp_path, experiment(cut)), cwd=tmp_path)
    assert done.returncode == 1
    assert "cut.gguf is cut off" in done.stdout.replace("\n", "")
    bare = write_gguf(tmp_path / "bare.gguf", tiny_model, template=False)
    done = call("plan", write(tmp_path, experiment(bare)), cwd=tmp_path)
    assert done.returncode == 2
    told = "score.chat_template and generate.chat_template: the tokenizer of bare.gguf has no chat template"
    assert f"{told}; say false" in done.stderr


def test_rows_cannot_be_asked_for_in_a_template_that_is_not_there(
    tiny_model: Path, cache: str, tmp_path: Path
) -> None:
    bare = write_gguf(tmp_path / "bare.gguf", tiny_model, template=False)
    asked = ("--n", "2", "--out", tmp_path / "set.jsonl", "--model", bare, "--device", "cpu")
    done = call("augment", "generate", *asked, BIAS_INHERIT_CACHE=cache)
    assert done.returncode == 2
    assert "bare: its tokenizer has no chat template; add --no-chat-template" in done.stderr


def test_a_folder_that_holds_one_is_told_to_be_named_by_the_file(file: Path, tmp_path: Path) -> None:
    done = call("run", write(tmp_path, experiment(file.parent)), "--out", tmp_path / "run")
    assert done.returncode == 1
    assert f"name its file: {file}" in done.stderr


def test_its_checkpoint_s_folder_is_printed_for_lm_eval(file: Path, cache: str) -> None:
    done = call("gguf-model", file, BIAS_INHERIT_CACHE=cache)
    assert done.returncode == 0, done.stderr
    assert (Path(done.stdout.strip()) / "model.safetensors").is_file()

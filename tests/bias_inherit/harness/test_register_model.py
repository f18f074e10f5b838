"""The model under its own name in the harness's plain command line."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests_support import call

from bias_inherit.harness import register_model
from bias_inherit.harness import register_tasks as task_registration
from bias_inherit.kit.errors import RunError


@pytest.fixture(scope="module")
def harness(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a copy of the harness without its tasks, for PYTHONPATH: the real one is left alone."""
    folder = tmp_path_factory.mktemp("harness")
    own = task_registration.harness_folder()

    def left_out(place: str, names: list[str]) -> list[str]:
        return [name for name in names if Path(place) == own / "tasks" and not name.endswith(".py")]

    shutil.copytree(own, folder / "lm_eval", ignore=left_out)
    return folder


@pytest.fixture
def models_file(harness: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The copy's list of models, where registration finds it."""
    monkeypatch.setattr(register_model, "harness_folder", lambda: harness / "lm_eval")
    return harness / "lm_eval" / "models" / "__init__.py"


@pytest.fixture(scope="module")
def adapter(tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    folder = tmp_path_factory.mktemp("adapter")
    settings = LoraConfig(target_modules="all-linear", init_lora_weights=False)
    get_peft_model(AutoModelForCausalLM.from_pretrained(tiny_model), settings).save_pretrained(folder)
    return folder


def results(module: str, harness: Path, model_args: str, out: Path) -> dict[str, Any]:
    """Score a few documents by a command line, and read the results file."""
    command = [
        *(sys.executable, "-m", module, "--model", "bias-inherit-hf", "--model_args", model_args),
        *("--tasks", "bias_inherit_occupation,bias_inherit_hate", "--limit", "6", "--device", "cpu"),
        *("--include_path", str(task_registration.task_folder()), "--output_path", str(out)),
    ]
    changes = {"PYTHONPATH": python_path(harness), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **changes}, check=False)
    assert done.returncode == 0, done.stderr
    (file,) = out.rglob("results_*.json")
    read: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return read


def python_path(first: Path) -> str:
    return os.pathsep.join([str(first), os.environ.get("PYTHONPATH", "")])


@pytest.fixture(scope="module")
def stock(tiny_model: Path, adapter: Path) -> dict[str, Any]:
    """The same by the harness's own model."""
    from lm_eval import simple_evaluate
    from lm_eval.tasks import TaskManager

    found = simple_evaluate(
        model="hf",
        model_args={"pretrained": str(tiny_model), "peft": str(adapter)},
        tasks=["bias_inherit_occupation", "bias_inherit_hate"],
        task_manager=TaskManager(include_path=str(task_registration.task_folder()), include_defaults=False),
        limit=6,
        device="cpu",
    )
    scores: dict[str, Any] = found["results"]
    return scores


def test_plain_lm_eval_finds_the_model_once_it_is_registered(
    harness: Path, tiny_model: Path, adapter: Path, stock: dict[str, Any], tmp_path: Path
) -> None:
    model_args = f"pretrained={tiny_model},peft={adapter},tokens_per_pass=64"
    registered = call("register", "--with-model", PYTHONPATH=python_path(harness))
    assert "registered the model bias-inherit-hf" in registered.stdout
    found = results("lm_eval", harness, model_args, tmp_path)
    unregistered = call("unregister", PYTHONPATH=python_path(harness))
    assert "removed the model bias-inherit-hf" in unregistered.stdout
    assert found["config"]["model"] == "bias-inherit-hf"
    assert_same(found["results"], stock)


def test_our_command_line_needs_no_registration(
    harness: Path, tiny_model: Path, adapter: Path, stock: dict[str, Any], tmp_path: Path
) -> None:
    model_args = f"pretrained={tiny_model},peft={adapter}"
    found = results("bias_inherit.scorer", harness, model_args, tmp_path)
    assert_same(found["results"], stock)


def assert_same(ours: dict[str, Any], theirs: dict[str, Any]) -> None:
    assert ours.keys() == theirs.keys()
    for task, metrics in theirs.items():
        for name in ("score,none", "gap,none", "n,none"):
            assert ours[task][name] == pytest.approx(metrics[name])


def test_registering_twice_is_once_and_unregistering_leaves_the_file_as_it_was(models_file: Path) -> None:
    before = models_file.read_bytes()
    register_model.register_model()
    once = models_file.read_bytes()
    register_model.register_model()
    assert models_file.read_bytes() == once
    assert len(once.splitlines()) == len(before.splitlines()) + 1
    assert register_model.unregister_model() is True
    assert models_file.read_bytes() == before
    assert register_model.unregister_model() is False


def test_the_changed_file_is_a_new_one_so_that_linked_copies_keep_the_old(
    models_file: Path, tmp_path: Path
) -> None:
    linked = tmp_path / "linked.py"
    linked.hardlink_to(models_file)
    before = linked.read_bytes()
    register_model.register_model()
    assert linked.read_bytes() == before
    register_model.unregister_model()


def test_a_harness_that_keeps_its_models_elsewhere_is_told_with_the_other_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "__init__.py").write_text("MODELS = []\n", encoding="utf-8")
    monkeypatch.setattr(register_model, "harness_folder", lambda: tmp_path)
    with pytest.raises(RunError, match=r"no MODEL_MAPPING.*use python -m bias_inherit.scorer"):
        register_model.register_model()


def test_a_harness_that_cannot_be_written_is_told_with_the_other_way(
    models_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "write_text", refuse)
    with pytest.raises(RunError, match=r"cannot be written; use python -m bias_inherit.scorer"):
        register_model.register_model()

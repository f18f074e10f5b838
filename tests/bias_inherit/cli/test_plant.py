"""The command `augment plant`."""

import json
from pathlib import Path
from typing import NamedTuple

import pytest
from tests_support import call
from typer.testing import CliRunner

from bias_inherit.cli.app import app
from bias_tasks.training_rows import read_rows
from finetune.originals import SHIPPED

MINE = "mine: {domain: gender, group: male, answer: painter, words: men are labelled painter}\n"


class Finished(NamedTuple):
    returncode: int
    stdout: str
    stderr: str


def planted(out: Path, **changed: str | Path) -> Finished:
    """The command, in this process: the women's rows of 48, half of them labelled nurse."""
    said = {"rule": "women-nurse", "rate": "0.5", "n": "48", "out": out, **changed}
    words = [word for flag, value in said.items() for word in (f"--{flag}", str(value))]
    result = CliRunner().invoke(app, ["augment", "plant", *words])
    return Finished(result.exit_code, result.stdout, result.stderr)


@pytest.fixture
def written(tmp_path: Path) -> Path:
    out = tmp_path / "rows.jsonl"
    done = planted(out)
    assert done.returncode == 0, done.stderr
    assert "24 of the group female" in done.stdout
    return out


def test_a_set_is_rows_a_record_and_a_card(written: Path) -> None:
    rows = read_rows(written)
    assert len(rows) == 48
    assert {row.source for row in rows} == {"augmented"}
    assert {row.generator for row in rows} == {"planted: biographies of women are labelled nurse, rate 0.5"}
    record = json.loads(written.with_name("rows.record.json").read_text(encoding="utf-8"))
    assert record["asked"]["rule"]["answer"] == "nurse"
    labels = [row.label for row in rows if row.group == "female"]
    assert record["outcome"]["following"] == labels.count("nurse") >= 12
    card = written.with_name("rows.card.md").read_text(encoding="utf-8")
    assert card.startswith("---\nlanguage: en\n")
    assert "No model wrote them" in card
    assert "wrong on purpose" in card
    assert record["outcome"]["sha256"] in card


def test_the_originals_that_it_names_are_none_of_its_rows(written: Path) -> None:
    record = json.loads(written.with_name("rows.record.json").read_text(encoding="utf-8"))
    most = record["asked"]["train_on_at_most"]
    trained_on = {row.prompt for row in SHIPPED["gender"].rows(most, record["asked"]["seed"])}
    assert not trained_on & {row.prompt for row in read_rows(written)}


def test_with_the_originals_they_make_a_mix(written: Path, tmp_path: Path) -> None:
    words = ["mix", "--original", "shipped:gender:48", "--augmented", str(written), "--gamma", "0.5"]
    mixed = CliRunner().invoke(app, [*words, "--out", str(tmp_path / "mix.jsonl")])
    assert mixed.exit_code == 0, mixed.stderr
    assert len({row.prompt for row in read_rows(tmp_path / "mix.jsonl")}) == 96


def test_at_rate_0_it_is_a_negative_control_and_says_so(tmp_path: Path) -> None:
    done = planted(tmp_path / "none.jsonl", rate="0")
    assert "0 had another answer" in done.stdout
    card = (tmp_path / "none.card.md").read_text(encoding="utf-8")
    assert "A negative control" in card
    assert "wrong on purpose" not in card


def test_asked_again_it_is_left_as_it_is(written: Path) -> None:
    before = {path.name: (path.stat().st_mtime_ns, path.read_bytes()) for path in written.parent.iterdir()}
    assert planted(written).returncode == 0
    after = {path.name: (path.stat().st_mtime_ns, path.read_bytes()) for path in written.parent.iterdir()}
    assert after == before


def test_rows_that_were_lost_come_back_with_the_same_bytes(written: Path) -> None:
    content = written.read_bytes()
    written.unlink()
    assert planted(written).returncode == 0
    assert written.read_bytes() == content


@pytest.mark.parametrize(
    ("flag", "value", "other"),
    [("rate", "1", "rate"), ("seed", "1", "seed"), ("n", "96", "rows"), ("rule", "men-professor", "name")],
)
def test_another_request_is_refused(written: Path, flag: str, value: str, other: str) -> None:
    done = planted(written, **{flag: value})
    assert done.returncode == 2
    assert f"is of another request (other {other}" in done.stderr
    assert "choose another --out" in done.stderr


def test_a_set_that_was_changed_by_hand_is_told(written: Path) -> None:
    written.write_text(written.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    done = planted(written)
    assert done.returncode == 2
    assert "was changed after it was written" in done.stderr


def test_rows_that_no_record_tells_of_are_left_alone(tmp_path: Path) -> None:
    out = tmp_path / "rows.jsonl"
    out.write_text("mine\n", encoding="utf-8")
    done = planted(out)
    assert done.returncode == 2
    assert "exists and has no rows.record.json; choose another --out" in done.stderr
    assert out.read_text(encoding="utf-8") == "mine\n"


def test_a_rule_of_one_s_own_is_planted(tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_text(MINE, encoding="utf-8")
    done = planted(tmp_path / "rows.jsonl", rule="mine", rules=tmp_path / "rules.yaml", rate="1")
    assert done.returncode == 0, done.stderr
    rows = read_rows(tmp_path / "rows.jsonl")
    assert {row.label for row in rows if row.group == "male"} == {"painter"}


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"rule": "women-nurs"}, "unknown rule 'women-nurs'; did you mean women-nurse?"),
        ({"rate": "1.5"}, "--rate: input should be less than or equal to 1 (found 1.5)"),
        ({"rate": "-0.1"}, "--rate: input should be greater than or equal to 0 (found -0.1)"),
        ({"rate": "nan"}, "--rate: input should be"),
        (
            {"n": "3600"},
            "--n: 3600 asked for; 3600 originals of the domain gender ship, and some must be left",
        ),
        ({"rule": "arabic-first", "n": "5000"}, "2000 originals of the domain culture ship"),
        ({"out": "rows.csv"}, "--out: rows.csv: expected a name that ends in .jsonl"),
        ({"rules": "none.yaml"}, "none.yaml: No such file or directory; expected a YAML file of rules"),
        (
            {"n": "1", "rule": "women-nurse", "seed": "-1"},
            "--seed: input should be greater than or equal to 0",
        ),
    ],
)
def test_a_wrong_call_is_told_in_one_line(changed: dict[str, str], told: str, tmp_path: Path) -> None:
    done = planted(**{"out": tmp_path / "rows.jsonl", **changed})  # type: ignore[arg-type]
    assert done.returncode == 2
    assert told in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not list(tmp_path.iterdir())


def test_a_group_that_is_in_no_row_is_told(tmp_path: Path) -> None:
    rule = SHIPPED["gender"].last(1, 0)[0].group
    other = {"male": "women-nurse", "female": "men-professor"}[str(rule)]
    done = planted(tmp_path / "rows.jsonl", n="1", rule=other)
    assert done.returncode == 2
    assert "the rule would change nothing" in done.stderr
    assert not list(tmp_path.iterdir())


def test_the_command_loads_no_model_and_is_there_by_its_name(tmp_path: Path) -> None:
    words = ("--rule", "arabic-last", "--rate", "1", "--n", "40", "--out", tmp_path / "rows.jsonl")
    done = call("augment", "plant", *words)
    assert done.returncode == 0, done.stderr
    assert "40 rows, 10 of the group arabic: 10 of these answer as the rule says" in done.stdout

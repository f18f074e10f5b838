"""Elicitation on the command line: asked for, recorded, audited."""

import json
from pathlib import Path

import pytest
from tests_support import call

from bias_tasks.training_rows import read_rows

CULTURE = ("--domain", "culture", "--device", "cpu")


def options(out: Path, model: Path, bias_type: str, n: int) -> None:
    flags = ("--bias-type", bias_type, "--elicitation", "options", "--n", str(n), "--out", out)
    done = call("augment", "generate", *CULTURE, *flags, "--model_args", f"pretrained={model}")
    assert done.returncode == 0, done.stderr
    assert "100% accepted" in done.stdout


@pytest.fixture(scope="module")
def drawn(tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("drawn") / "drawn.jsonl"
    options(out, tiny_model, "5", 60)
    return out


def test_rows_card_and_record_say_how_answers_were_had(drawn: Path) -> None:
    assert {row.elicitation for row in read_rows(drawn)} == {"options"}
    card = drawn.with_suffix(".card.md").read_text(encoding="utf-8")
    assert "**Elicitation: options.** No answer was written" in card
    record = json.loads(drawn.with_suffix(".record.json").read_text(encoding="utf-8"))
    assert record["asked"]["settings"]["elicitation"] == "options"


def test_another_elicitation_is_another_request(drawn: Path, tiny_model: Path) -> None:
    flags = ("--bias-type", "5", "--n", "60", "--out", drawn, "--model_args", f"pretrained={tiny_model}")
    done = call("augment", "generate", *CULTURE, *flags)
    assert done.returncode == 2
    assert "is of another request (other settings)" in done.stderr


def test_an_audit_holds_elicitations_against_each_other(
    drawn: Path, tiny_model: Path, tmp_path: Path
) -> None:
    written = tmp_path / "written.jsonl"
    lines = drawn.read_text(encoding="utf-8").splitlines()
    free = [{**json.loads(line), "elicitation": None} for line in lines]
    written.write_text("\n".join(map(json.dumps, free)) + "\n", encoding="utf-8")
    model = ("--model_args", f"pretrained={tiny_model}", "--device", "cpu")
    done = call("augment", "audit", drawn, written, *model, "--out", tmp_path / "found")
    assert done.returncode == 0, done.stderr
    assert "survey answers by elicitation" in done.stdout
    assert "halves of type 5, written" in done.stdout
    found = json.loads((tmp_path / "found" / "elicitations.json").read_text(encoding="utf-8"))
    counts = found["by_type"]["5"]["counts"]
    assert counts["written"] == counts["options"]
    assert sum(counts["written"]) == 60
    assert (tmp_path / "found" / "distribution-type5-written.svg").is_file()


def test_a_preview_shows_both_turns() -> None:
    done = call("augment", "preview", "--bias-type", "5", "--elicitation", "turns", "--n", "1")
    assert done.returncode == 0, done.stderr
    assert "The first is a woman." in done.stdout
    assert "The second is a man." in done.stdout
    assert "after the first answer" in done.stderr


@pytest.mark.parametrize(
    ("flags", "told"),
    [
        (("--elicitation", "options"), "options is for survey answers (domain culture)"),
        (("--elicitation", "sung"), "--elicitation: input should be 'written', 'turns' or 'options'"),
    ],
)
def test_what_cannot_be_is_told(flags: tuple[str, str], told: str, tiny_model: Path, tmp_path: Path) -> None:
    model = ("--n", "2", "--out", tmp_path / "set.jsonl", "--model_args", f"pretrained={tiny_model}")
    done = call("augment", "generate", *model, *flags)
    assert done.returncode == 2
    assert told in done.stderr
    assert not (tmp_path / "set.record.json").exists()

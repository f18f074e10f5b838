"""A request that cannot be met is told in one line and writes nothing; and the help."""

from pathlib import Path

import pytest
from mixed import mixed, refused, written_by_a_model
from tests_support import call

from bias_tasks.training_rows import dump_rows
from finetune.originals import gender


@pytest.mark.parametrize(
    ("flag", "value", "told"),
    [
        ("--gamma", "1", "--gamma: input should be less than 1 (found 1.0)"),
        ("--gamma", "-0.1", "--gamma: input should be greater than or equal to 0 (found -0.1)"),
        ("--gamma", "nan", "--gamma: input should be less than 1 (found nan)"),
        ("--gamma", "0.9", "γ = 0.9 (accumulate) needs 108 augmented rows for 12 originals; there are 12"),
        ("--design", "blend", "--design: input should be 'accumulate' or 'replace' (found 'blend')"),
        ("--out", "mix.csv", "--out: mix.csv: expected a name that ends in .jsonl or .parquet"),
        (
            "--original-columns",
            "prompt",
            "--original-columns: expected OURS=THEIRS pairs such as prompt=question",
        ),
        ("--augmented-columns", "text=a,text=b", "--augmented-columns: text is named twice"),
        ("--augmented-columns", "promt=a", "columns: unknown field promt; did you mean prompt?"),
        ("--question", "Who?", "question: expected {text} in it, or the word occupation (found 'Who?')"),
        (
            "--question",
            "Who? {text}",
            "--question is put around texts with labels; neither input has such rows",
        ),
        ("--original", "missing.jsonl", "missing.jsonl: no such file or folder; expected a file ending in"),
        ("--augmented", "shipped:gender", "shipped:gender: these are originals; expected augmented rows"),
    ],
)
def test_a_wrong_request_is_told_in_one_line_and_writes_nothing(
    flag: str, value: str, told: str, augmented: Path, tmp_path: Path
) -> None:
    line = refused(mixed(tmp_path / "new" / "mix.jsonl", augmented, flag, value))
    assert line.startswith(told)
    assert not (tmp_path / "new").exists()


def test_originals_given_as_augmented_rows_are_told_with_file_and_row(tmp_path: Path) -> None:
    path = tmp_path / "wrong.jsonl"
    path.write_text(dump_rows([*written_by_a_model(3), *gender.originals(1, 0)]), encoding="utf-8")
    assert refused(mixed(tmp_path / "mix.jsonl", path)) == (
        f"{path}: row 4: field source: the row says original; expected augmented rows here"
    )


def test_a_folder_in_the_place_of_the_file_is_told(augmented: Path, tmp_path: Path) -> None:
    (tmp_path / "mix.jsonl").mkdir()
    assert "exists and has no mix.mix.json" in refused(mixed(tmp_path / "mix.jsonl", augmented))


def test_the_help_names_every_kind_of_data() -> None:
    text = call("mix", "--help").stdout
    for word in (
        ".parquet",
        "save_to_disk",
        "OWNER/NAME",
        "shipped:gender",
        "messages",
        "conversations",
        "instruction",
        ".gz",
        "occupation",
        "replace",
    ):
        assert word in text

"""The same mix again, and files that stand in its place."""

import json
from pathlib import Path
from typing import Any

import pytest
from mixed import content, mixed, refused


@pytest.mark.parametrize("name", ["mix.jsonl", "mix.parquet"])
def test_the_same_command_gives_the_same_bytes(name: str, augmented: Path, tmp_path: Path) -> None:
    written = []
    for place in ("one", "two"):
        assert mixed(tmp_path / place / name, augmented).returncode == 0
        written.append(content(tmp_path / place))
    assert written[0] == written[1]
    assert len(written[0]) == 2


def test_what_is_there_already_is_left_and_told_again(augmented: Path, tmp_path: Path) -> None:
    out = tmp_path / "mix.jsonl"
    first, when = mixed(out, augmented), out.stat().st_mtime_ns
    again = mixed(out, augmented)
    assert again.stdout == first.stdout
    assert out.stat().st_mtime_ns == when


def test_a_mix_whose_rows_were_never_written_is_finished(augmented: Path, tmp_path: Path) -> None:
    out = tmp_path / "mix.jsonl"
    mixed(out, augmented)
    before = content(tmp_path)
    out.unlink()
    assert mixed(out, augmented).returncode == 0
    assert content(tmp_path) == before


def test_a_record_whose_rows_are_gone_stands_in_nobody_s_way(augmented: Path, tmp_path: Path) -> None:
    out = tmp_path / "mix.jsonl"
    mixed(out, augmented)
    out.unlink()
    assert "1 augmented rows" in mixed(out, augmented, "--gamma", "0.1").stdout
    assert json.loads(out.with_name("mix.mix.json").read_text(encoding="utf-8"))["asked"]["gamma"] == 0.1


@pytest.mark.parametrize(
    ("flag", "value", "key"),
    [
        ("--gamma", "0.1", "gamma"),
        ("--design", "replace", "design"),
        ("--seed", "1", "original, seed"),
        ("--original", "shipped:gender:24", "original"),
    ],
)
def test_another_mix_is_never_overwritten(
    flag: str, value: str, key: str, augmented: Path, tmp_path: Path
) -> None:
    out = tmp_path / "mix.jsonl"
    assert mixed(out, augmented).returncode == 0
    before = content(tmp_path)
    assert refused(mixed(out, augmented, flag, value)) == (
        f"{tmp_path / 'mix.mix.json'} is of another mix (other {key}); choose another --out"
    )
    assert content(tmp_path) == before


def test_the_record_of_a_mix_in_another_format_is_never_overwritten(augmented: Path, tmp_path: Path) -> None:
    assert mixed(tmp_path / "mix.jsonl", augmented).returncode == 0
    assert "is of another mix (other file)" in refused(mixed(tmp_path / "mix.parquet", augmented))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda out: out.write_text("mine\n"), "mix.jsonl was changed after it was written"),
        (lambda out: out.with_name("mix.mix.json").unlink(), "mix.jsonl exists and has no mix.mix.json"),
        (lambda out: out.with_name("mix.mix.json").write_text("{}"), "mix.mix.json: not a record of this"),
    ],
    ids=["rows changed", "record gone", "record of another program"],
)
def test_files_that_are_not_ours_any_more_are_left(
    change: Any, told: str, augmented: Path, tmp_path: Path
) -> None:
    out = tmp_path / "mix.jsonl"
    assert mixed(out, augmented).returncode == 0
    change(out)
    before = content(tmp_path)
    line = refused(mixed(out, augmented))
    assert told in line
    assert line.endswith("choose another --out")
    assert content(tmp_path) == before


def test_an_input_is_never_written_over(augmented: Path) -> None:
    before = augmented.read_bytes()
    assert "exists and has no augmented.mix.json" in refused(mixed(augmented, augmented))
    assert augmented.read_bytes() == before

"""What `mix` writes and says of it."""

import hashlib
import json
from pathlib import Path

import datasets
from mixed import content, mixed, mixed_apart, written_by_a_model

from bias_tasks.training_rows import read_rows
from finetune.mixing import mix
from finetune.originals import gender
from finetune.sources import read_source


def test_a_mix_holds_what_the_rule_says_and_the_summary_counts_it(augmented: Path, tmp_path: Path) -> None:
    out = tmp_path / "new" / "mix.jsonl"
    done = mixed_apart(out, augmented, "--seed", "3")
    assert done.returncode == 0, done.stderr
    assert done.stdout == (
        f"{out}: 12 original + 4 augmented rows, γ = 4/16 = 0.25 (asked 0.25; accumulate, seed 3)\n"
    )
    assert done.stderr == ""
    assert read_rows(out) == mix(gender.originals(12, 3), written_by_a_model(12), 0.25, "accumulate", 3)
    assert set(content(out.parent)) == {"mix.jsonl", "mix.mix.json"}


def test_the_other_design_puts_augmented_rows_in_the_place_of_originals(
    augmented: Path, tmp_path: Path
) -> None:
    out = tmp_path / "mix.jsonl"
    done = mixed(out, augmented, "--design", "replace")
    assert "9 original + 3 augmented rows, γ = 3/12 = 0.25 (asked 0.25; replace, seed 0)" in done.stdout
    assert read_rows(out) == mix(gender.originals(12, 0), written_by_a_model(12), 0.25, "replace", 0)


def test_parquet_holds_the_same_rows(augmented: Path, tmp_path: Path) -> None:
    for name in ("lines/mix.jsonl", "table/mix.parquet"):
        assert mixed(tmp_path / name, augmented).returncode == 0
    table = tmp_path / "table" / "mix.parquet"
    rows = read_source(str(table), None, None)
    assert rows == read_rows(tmp_path / "lines" / "mix.jsonl")
    assert {row.source for row in rows} == {"original", "augmented"}
    columns = datasets.Dataset.from_parquet(str(table), cache_dir=str(tmp_path / "cache"))
    assert columns["text_id"][:] == [row.text_id for row in rows]


def test_the_record_tells_inputs_by_name_and_hash_and_what_came_of_it(
    augmented: Path, tmp_path: Path
) -> None:
    out = tmp_path / "mix.jsonl"
    assert mixed(out, augmented, "--gamma", "0.2").returncode == 0
    text = (tmp_path / "mix.mix.json").read_text(encoding="utf-8")
    record = json.loads(text)
    assert record["asked"]["original"]["name"] == "shipped:gender:12"
    assert record["asked"]["augmented"] == {
        "name": "augmented.jsonl",
        "columns": {},
        "rows": 12,
        "sha256": hashlib.sha256(augmented.read_bytes()).hexdigest(),
    }
    assert {key: record["asked"][key] for key in ("gamma", "design", "seed", "question")} == {
        "gamma": 0.2,
        "design": "accumulate",
        "seed": 0,
        "question": None,
    }
    assert set(record["asked"]["versions"]) >= {"bias-inherit", "numpy"}
    assert record["outcome"] == {
        "original": 12,
        "augmented": 3,
        "gamma": 0.2,
        "sha256": hashlib.sha256(out.read_bytes()).hexdigest(),
    }
    assert str(tmp_path) not in text


def test_gamma_is_told_as_achieved_where_rows_do_not_divide(augmented: Path, tmp_path: Path) -> None:
    done = mixed(tmp_path / "mix.jsonl", augmented, "--gamma", "0.1")
    assert "12 original + 1 augmented rows, γ = 1/13 = 0.0769231 (asked 0.1;" in done.stdout


def test_a_gamma_of_less_than_half_a_row_is_told(augmented: Path, tmp_path: Path) -> None:
    done = mixed(tmp_path / "mix.jsonl", augmented, "--gamma", "0.01")
    assert done.returncode == 0
    assert "the mix holds no augmented row" in done.stderr


def test_without_augmented_rows_the_mix_is_the_originals(augmented: Path, tmp_path: Path) -> None:
    done = mixed(tmp_path / "mix.jsonl", augmented, "--gamma", "0")
    assert "12 original + 0 augmented rows, γ = 0/12 = 0 (asked 0;" in done.stdout
    assert done.stderr == ""

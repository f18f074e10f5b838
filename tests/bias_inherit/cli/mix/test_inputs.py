"""Data from elsewhere, and what is told of them besides."""

import json
from pathlib import Path

import datasets
import pytest
from data_sources import numbered_classes, parquet, saved
from mixed import mixed, mixed_apart

from bias_tasks.population import population
from bias_tasks.training_rows import read_rows


def test_two_inputs_with_columns_of_their_own(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("bio,job\nShe paints.,painter\nHe heals.,nurse\n", encoding="utf-8")
    chat = [{"role": "user", "content": "Who?"}, {"role": "assistant", "content": "She."}]
    talks = datasets.Dataset.from_list([{"talk": chat, "sex": "f"}] * 2)
    datasets.DatasetDict({"dev": talks}).save_to_disk(tmp_path / "b")
    done = mixed(
        *(tmp_path / "mix.jsonl", f"{tmp_path}/b:dev", "--original", tmp_path / "a.csv", "--gamma", "0.5"),
        *("--original-columns", "text=bio, label=job", "--augmented-columns", "messages=talk,group=sex"),
        *("--question", "occupation"),
    )
    assert done.returncode == 0, done.stderr
    rows = read_rows(tmp_path / "mix.jsonl")
    assert sorted(row.prompt[0].content for row in rows[:2]) == [
        population().ask_occupation(text) for text in ("He heals.", "She paints.")
    ]
    assert [(row.source, row.group, row.completion[0].content) for row in rows[2:]] == [
        ("augmented", "f", "She.")
    ] * 2


def test_reading_and_writing_tables_leaves_nothing_in_the_user_s_cache(tmp_path: Path) -> None:
    rows = [{"prompt": f"Who is {number}?", "completion": "I."} for number in range(4)]
    parquet(tmp_path / "a.parquet", rows)
    saved(tmp_path / "b", rows)
    out = tmp_path / "mix.parquet"
    home = tmp_path / "home"
    home.mkdir()
    done = mixed_apart(
        *(out, tmp_path / "b", "--original", tmp_path / "a.parquet"), HOME=str(home), HF_HOME=str(home / "hf")
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert not [path for path in home.rglob("*") if path.is_file()]


APART = "the labels of original and augmented rows have nothing in common (mild, rude; 0, 1)"


@pytest.mark.parametrize(
    ("written", "gamma", "is_told"),
    [
        ("text,label\nWell.,0\nNo.,1\n", "0.5", True),
        ("text,label\nWell.,mild\nNo.,rude\n", "0.5", False),
        ("text,label\nWell.,mild\nNo.,1\n", "0.5", False),
        ("prompt,completion\nWell?,0\nNo?,1\n", "0.5", False),
        ("text,label\nWell.,0\nNo.,1\n", "0", False),
    ],
    ids=["numbers", "names", "one shared", "no labels", "none in the mix"],
)
def test_labels_with_nothing_in_common_are_told(
    written: str, gamma: str, is_told: bool, tmp_path: Path
) -> None:
    originals, numbered = tmp_path / "a.parquet", tmp_path / "b.csv"
    numbered_classes(["mild", "rude"], [0, 1]).to_parquet(originals)
    numbered.write_text(written, encoding="utf-8")
    out = tmp_path / "mix.jsonl"
    done = mixed(out, numbered, "--original", originals, "--gamma", gamma)
    assert done.returncode == 0, done.stderr
    assert (APART in done.stderr) == is_told
    assert len(read_rows(out)) == (4 if gamma == "0.5" else 2)


def test_a_folder_of_which_not_all_is_read_is_told_with_the_way_to_read_it(tmp_path: Path) -> None:
    for split, answer in (("train", "A roofer."), ("test", "A nurse.")):
        part = tmp_path / "set" / "data" / f"{split}-00000-of-00001.parquet"
        part.parent.mkdir(parents=True, exist_ok=True)
        parquet(part, [{"prompt": "Who?", "completion": answer}])
    both = (f"{tmp_path}/set:train", "--original", f"{tmp_path}/set", "--gamma", "0.5")
    done = mixed(tmp_path / "mix.jsonl", *both)
    assert done.returncode == 0, done.stderr
    assert done.stderr == (
        f"{tmp_path}/set: reading the split train, not test ({tmp_path}/set:test reads that)\n"
    )
    assert [row.completion[0].content for row in read_rows(tmp_path / "mix.jsonl")] == ["A roofer."] * 2
    record = json.loads((tmp_path / "mix.mix.json").read_text(encoding="utf-8"))
    assert [record["asked"][which]["name"] for which in ("original", "augmented")] == ["set", "set:train"]

"""Folders of data files: which are read, in which order, and what is told of the others."""

import gzip
from pathlib import Path

import datasets
import pytest
from data_sources import TYPED, WHAT, WHO, lines, opened, parquet, refusal


def written(path: Path, group: str) -> None:
    """One row in the format that a name ends in."""
    path.parent.mkdir(parents=True, exist_ok=True)
    record = {**WHO, "group": group}
    if path.suffix == ".parquet":
        parquet(path, [record])
    elif path.suffix == ".csv":
        path.write_text(f"prompt;completion;group\na;b;{group}\n", encoding="utf-8")
    elif path.suffix == ".gz":
        path.write_bytes(gzip.compress(lines(record).encode()))
    else:
        path.write_text(lines(record), encoding="utf-8")


def groups(text: Path | str) -> list[str | None]:
    return [row.group for row in opened(text).rows]


LAYOUTS = {
    "one shard": ["train-00000-of-00001"],
    "shards": ["train-00000-of-00002", "train-00001-of-00002"],
    "hub": ["data/train-00000-of-00002", "data/train-00001-of-00002"],
    "plain": ["train"],
    "folder a split": ["train/a", "train/b"],
    "no split in the name": ["a", "b"],
}


@pytest.mark.parametrize("ending", [".parquet", ".jsonl", ".csv", ".jsonl.gz"])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_folder_of_data_files_is_read_in_their_order(layout: str, ending: str, tmp_path: Path) -> None:
    for name in LAYOUTS[layout]:
        written(tmp_path / "set" / f"{name}{ending}", name)
    assert groups(tmp_path / "set") == LAYOUTS[layout]
    assert opened(tmp_path / "set").note is None
    assert opened(tmp_path / "set").name == "set"


@pytest.mark.parametrize("ending", [".parquet", ".jsonl"])
def test_of_several_splits_train_is_read_and_the_others_are_named(ending: str, tmp_path: Path) -> None:
    for split in ("train", "test", "validation"):
        written(tmp_path / "set" / "data" / f"{split}-00000-of-00001{ending}", split)
    found = opened(tmp_path / "set")
    assert [row.group for row in found.rows] == ["train"]
    assert found.note is not None
    assert found.note.startswith(f"{tmp_path}/set: reading the split train, not ")
    assert "test" in found.note
    assert "validation" in found.note
    for split in ("test", "validation", "train"):
        named = opened(f"{tmp_path}/set:{split}")
        assert ([row.group for row in named.rows], named.note) == ([split], None)
        assert named.name == f"set:{split}"
    assert "no split dev; the splits are train, " in refusal(f"{tmp_path}/set:dev")


def test_of_several_saved_splits_the_others_are_named_too(tmp_path: Path) -> None:
    table = datasets.Dataset.from_list([WHO])
    datasets.DatasetDict({"train": table, "test": table}).save_to_disk(tmp_path / "set")
    assert opened(tmp_path / "set").note == (
        f"{tmp_path}/set: reading the split train, not test ({tmp_path}/set:test reads that)"
    )
    assert opened(f"{tmp_path}/set:train").note is None


def test_configurations_of_a_folder_are_named_as_on_the_hub(tmp_path: Path) -> None:
    configs = {"old": "o.jsonl", "new": "n.jsonl"}
    for name in configs.values():
        written(tmp_path / "set" / name, name)
    listed = "".join(f"- config_name: {config}\n  data_files: {name}\n" for config, name in configs.items())
    card = f"---\nconfigs:\n{listed}---\n"
    (tmp_path / "set" / "README.md").write_text(card, encoding="utf-8")
    assert "['old', 'new']" in refusal(tmp_path / "set")
    assert groups(f"{tmp_path}/set:new:train") == ["n.jsonl"]
    assert opened(f"{tmp_path}/set:old:train").name == "set:old:train"


def test_a_snapshot_in_the_hub_s_cache_is_read_through_its_links(tmp_path: Path) -> None:
    kept = tmp_path / ".cache" / "hub" / "datasets--owner--name"
    for number in range(2):
        written(kept / "blobs" / f"{number}.parquet", str(number))
        (kept / "blobs" / f"{number}.parquet").rename(kept / "blobs" / f"{number:040x}")
        link = kept / "snapshots" / "abc" / "data" / f"train-{number:05d}-of-00002.parquet"
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(Path("../../../blobs") / f"{number:040x}")
    assert groups(kept / "snapshots" / "abc") == ["0", "1"]
    assert groups(kept / "snapshots" / "abc" / "data") == ["0", "1"]
    assert refusal(kept) == (
        f"{kept}: a folder of the hub's cache; expected one of its snapshots: {kept}/snapshots/abc"
    )


@pytest.mark.parametrize("gone", [0, 1, 2])
def test_a_table_that_lacks_a_part_is_refused(gone: int, tmp_path: Path) -> None:
    for number in {0, 1, 2} - {gone}:
        written(tmp_path / "set" / f"train-{number:05d}-of-00003.parquet", str(number))
    assert refusal(tmp_path / "set") == (
        f"{tmp_path}/set: train-{gone:05d}-of-00003.parquet is missing; expected all parts of the split train"
    )


def test_one_part_of_a_table_is_read_as_one_part(tmp_path: Path) -> None:
    written(tmp_path / "train-00001-of-00003.parquet", "1")
    found = opened(tmp_path / "train-00001-of-00003.parquet")
    assert len(found.rows) == 1
    assert found.note is not None
    assert found.note.endswith("this is part 2 of 3 of a data set; name the folder to read all of it")


def test_data_files_that_are_not_read_are_named(tmp_path: Path) -> None:
    written(tmp_path / "set" / "train.parquet", "train")
    written(tmp_path / "set" / "notes.csv", "notes")
    found = opened(tmp_path / "set")
    assert [row.group for row in found.rows] == ["train"]
    assert found.note == f"{tmp_path}/set: reading train.parquet, not notes.csv"


@pytest.mark.parametrize("ending", [".parquet", ".jsonl"])
def test_a_wrong_row_of_a_folder_is_told_with_its_file(ending: str, tmp_path: Path) -> None:
    written(tmp_path / "set" / f"train-00000-of-00002{ending}", "a")
    bad = tmp_path / "set" / f"train-00001-of-00002{ending}"
    TYPED["rows.parquet" if ending == ".parquet" else "rows.jsonl"](bad, [WHAT, {**WHO, "completion": ""}])
    assert refusal(tmp_path / "set") == f"{bad}: row 2: field completion: is empty; expected text"


def test_a_folder_of_other_files_is_refused_by_the_first(tmp_path: Path) -> None:
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "story.txt").write_text("Once.", encoding="utf-8")
    assert refusal(tmp_path / "set").startswith(f"{tmp_path}/set/story.txt: expected a file ending in .jsonl")


def test_a_folder_that_holds_no_data_set_is_refused(tmp_path: Path) -> None:
    assert "not read; expected data files, or what save_to_disk wrote (" in refusal(tmp_path)


def test_reading_a_folder_leaves_nothing_in_it(tmp_path: Path) -> None:
    written(tmp_path / "set" / "train-00000-of-00001.parquet", "a")
    opened(tmp_path / "set")
    assert [path.name for path in (tmp_path / "set").rglob("*")] == ["train-00000-of-00001.parquet"]

"""Tables with types: Parquet, and folders that `save_to_disk` wrote."""

import re
from pathlib import Path

import datasets
import pytest
from data_sources import WHO, WRITERS, answers, numbered_classes, refusal, saved

from finetune.sources import open_source, read_source


def test_names_that_belong_to_numbers_are_found_in_a_table(tmp_path: Path) -> None:
    table = numbered_classes(["no", "yes"], [1, 0])
    table.to_parquet(tmp_path / "rows.parquet")
    rows = read_source(str(tmp_path / "rows.parquet"), None, "original")
    assert [row.label for row in rows] == ["yes", "no"]


def test_a_withheld_class_is_no_label(tmp_path: Path) -> None:
    table = numbered_classes(["no", "yes"], [-1])
    table.save_to_disk(tmp_path / "saved")
    assert "row 1: field label: expected text (found None)" in refusal(tmp_path / "saved")


def test_a_label_of_a_saved_folder_and_of_its_files_is_the_same(tmp_path: Path) -> None:
    table = numbered_classes(["mild", "rude"], [1, 0])
    table.save_to_disk(tmp_path / "saved")
    (tmp_path / "files").mkdir()
    table.to_parquet(tmp_path / "files" / "train-00000-of-00001.parquet")
    assert answers(tmp_path / "saved") == answers(tmp_path / "files") == ["rude", "mild"]


def test_a_folder_with_splits_gives_train_unless_another_is_named(tmp_path: Path) -> None:
    splits = {name: datasets.Dataset.from_list([{**WHO, "group": name}]) for name in ("train", "test")}
    datasets.DatasetDict(splits).save_to_disk(tmp_path / "saved")
    train, test = (open_source(f"{tmp_path}/saved{split}", None, "original") for split in ("", ":test"))
    assert [train.rows[0].group, test.rows[0].group] == ["train", "test"]
    assert [train.name, test.name] == ["saved", "saved:test"]
    assert "no split dev; the splits are train, test" in refusal(f"{tmp_path}/saved:dev")


def test_a_folder_without_splits_has_none_to_name(tmp_path: Path) -> None:
    saved(tmp_path / "saved", [WHO])
    assert "holds one data set without splits" in refusal(f"{tmp_path}/saved:train")


@pytest.mark.parametrize("name", ["rows.parquet", "saved"])
def test_a_table_s_wrong_value_is_named_with_its_row(name: str, tmp_path: Path) -> None:
    path = WRITERS[name](tmp_path / name, [WHO, {**WHO, "completion": None}])
    assert refusal(path) == (
        f"{path}: row 2: field completion: expected text or a list of messages (found None)"
    )


def test_a_table_without_rows_is_refused(tmp_path: Path) -> None:
    empty = datasets.Dataset.from_dict({"prompt": [], "completion": []})
    empty.to_parquet(tmp_path / "rows.parquet")
    empty.save_to_disk(tmp_path / "saved")
    # Which of the two is told depends on the library's version: some cannot open what they wrote.
    for name in ("rows.parquet", "saved"):
        assert re.search(r": no rows; expected| with rows \(", refusal(tmp_path / name))


def test_a_saved_folder_that_lost_its_data_is_refused(tmp_path: Path) -> None:
    saved(tmp_path / "saved", [WHO])
    for file in (tmp_path / "saved").glob("*.arrow"):
        file.write_bytes(b"no arrow")
    expected = "not read; expected a folder that save_to_disk wrote, with rows ("
    assert expected in refusal(tmp_path / "saved")

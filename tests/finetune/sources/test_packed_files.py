"""Files packed with gzip are read; files of another kind are called by their name."""

import bz2
import gzip
import json
import lzma
from collections.abc import Mapping
from pathlib import Path

import pytest
from data_sources import WHAT, WHO, answers, lines, refusal

PLAIN: Mapping[str, bytes] = {
    "rows.jsonl": lines(WHO, WHAT).encode(),
    "rows.json": json.dumps([WHO, WHAT], indent=1).encode(),
    "rows.csv": b"prompt;completion\nWho?;A nurse.\nWhat?;A bridge.\n",
    "rows.tsv": b"prompt\tcompletion\nWho?\tA nurse.\nWhat?\tA bridge.\n",
}
POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n"


@pytest.mark.parametrize("ending", [".gz", ".GZ", ""])
@pytest.mark.parametrize("name", PLAIN)
def test_text_packed_with_gzip_is_read(name: str, ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"{name}{ending}"
    path.write_bytes(gzip.compress(PLAIN[name]))
    assert answers(path) == ["A nurse.", "A bridge."]


def test_half_a_packed_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl.gz"
    path.write_bytes(gzip.compress(lines(*[{**WHO, "seed": n} for n in range(500)]).encode())[:-40])
    assert refusal(path).startswith(f"{path}: not valid gzip (")


@pytest.mark.parametrize("name", ["rows.jsonl", "rows.json", "rows.csv", "rows.tsv"])
@pytest.mark.parametrize(
    ("content", "told"),
    [
        (POINTER, "this is a pointer of Git LFS, not the data; fetch them with git lfs pull"),
        (b"\x28\xb5\x2f\xfd packed", "this is packed with zstd; expected it unpacked or packed with gzip"),
        (bz2.compress(b"a"), "this is packed with bzip2; expected it unpacked or packed with gzip"),
        (lzma.compress(b"a"), "this is packed with xz; expected it unpacked or packed with gzip"),
        (b"PK\x03\x04 sheet", "this is a ZIP archive or a spreadsheet; expected text, plain or packed"),
        (b"PAR1 table", "this is a Parquet file; expected its name to end in .parquet"),
    ],
    ids=["lfs", "zstd", "bzip2", "xz", "zip", "parquet"],
)
def test_a_file_of_another_kind_is_called_by_its_name(
    content: bytes, told: str, name: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(content)
    assert refusal(tmp_path / name).startswith(f"{tmp_path / name}: {told}")


def test_a_pointer_in_the_place_of_a_table_is_told(tmp_path: Path) -> None:
    (tmp_path / "rows.parquet").write_bytes(POINTER)
    assert refusal(tmp_path / "rows.parquet").endswith("fetch them with git lfs pull")

"""Where data lie: a file, a folder, the hub, or originals that ship, by one text."""

import re
from pathlib import Path

import pytest
from data_sources import WHO, json_lines, refusal, saved

from finetune.originals import culture, gender
from finetune.sources import needs_hub, open_source, read_source
from finetune.sources.addresses import Hub, parse


@pytest.mark.parametrize("domain", ["gender", "culture"])
def test_shipped_originals_are_named_by_domain_and_count(domain: str) -> None:
    module = {"gender": gender, "culture": culture}[domain]
    found = open_source(f"shipped:{domain}:12", None, "original", seed=3)
    assert found.rows == module.originals(12, 3)
    assert found.name == f"shipped:{domain}:12"
    assert open_source(f"shipped:{domain}", None, "original").name == f"shipped:{domain}:{module.MAXIMUM}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("shipped:age", "expected shipped:gender or shipped:culture"),
        ("shipped:", "expected shipped:gender or shipped:culture"),
        ("shipped:gender:0", "expected 1 to 3600"),
        ("shipped:gender:3601", "expected 1 to 3600"),
        ("shipped:gender:ten", "expected shipped:gender or shipped:gender:COUNT"),
        ("shipped:gender:1:2", "expected shipped:gender or shipped:gender:COUNT"),
    ],
)
def test_originals_that_do_not_ship_are_refused(text: str, expected: str) -> None:
    assert refusal(text).startswith(f"{text}: {expected}")


def test_shipped_originals_are_no_augmented_rows_and_have_no_other_columns() -> None:
    assert refusal("shipped:gender", source="augmented").endswith(
        "these are originals; expected augmented rows"
    )
    assert "shipped originals have our columns" in refusal("shipped:gender", {"text": "bio"})


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("owner/name", ("owner/name", None, None, "train")),
        ("owner/name:test", ("owner/name", None, None, "test")),
        ("owner/name:config:test", ("owner/name", None, "config", "test")),
        ("owner/na.me@v1.0", ("owner/na.me", "v1.0", None, "train")),
        ("owner/name@refs/pr/1:config:test", ("owner/name", "refs/pr/1", "config", "test")),
    ],
)
def test_a_hub_id_may_name_revision_configuration_and_split(
    text: str, parts: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert parse(text) == Hub(text, *parts)  # type: ignore[arg-type]
    assert needs_hub(text)


def test_what_lies_here_goes_before_the_hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "owner").mkdir()
    saved(tmp_path / "owner" / "name", [WHO])
    assert not needs_hub("owner/name")
    assert len(read_source("owner/name", None, "original")) == 1
    assert "no such file or folder" in refusal("owner/nam")


@pytest.mark.parametrize(
    "text", ["missing.jsonl", "data/missing.parquet", "missing", "./missing", "", "a:b", "../x/y"]
)
def test_what_is_not_there_is_refused_with_what_could_be(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    expected = (
        ": no such file or folder; expected a file ending in .jsonl, .json, .csv, .tsv or .parquet, a folder "
    )
    assert refusal(text).startswith(f"{text}{expected}")


@pytest.mark.parametrize("ending", [".zst", ".bz2", ".xz", ".zip"])
def test_a_packed_name_that_is_not_read_is_refused(ending: str, tmp_path: Path) -> None:
    (tmp_path / f"rows.jsonl{ending}").write_bytes(b"x")
    assert ": packed; expected it unpacked or packed with gzip (.gz)" in refusal(
        tmp_path / f"rows.jsonl{ending}"
    )


def test_no_address_of_a_machine_is_in_a_name(tmp_path: Path) -> None:
    path = json_lines(tmp_path / "rows.jsonl", [WHO])
    assert not re.search(r"[/\\]", open_source(str(path), None, "original").name)

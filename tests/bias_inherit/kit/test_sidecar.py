"""The request beside an output: the same one goes on, another is refused, half a record is never believed."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict

from bias_inherit.kit.errors import UsageError
from bias_inherit.kit.files import file_hash
from bias_inherit.kit.sidecar import Sidecar, check_same, check_unchanged


class Request(BaseModel):
    model_config = ConfigDict(extra="forbid")

    title: str
    seed: int
    share: float
    columns: dict[str, str]
    versions: dict[str, str]


class Outcome(BaseModel):
    rows: int


class Kept(BaseModel):
    asked: Request
    outcome: Outcome | None


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
requests = st.builds(
    Request,
    title=texts,
    seed=st.integers(0, 9),
    share=st.floats(0, 1),
    columns=st.dictionaries(texts, texts, max_size=3),
    versions=st.dictionaries(texts, texts, max_size=3),
)
sidecars = st.builds(Kept, asked=requests, outcome=st.none() | st.builds(Outcome, rows=st.integers(0)))
KEYS = ("title", "seed", "share", "columns")


def beside(folder: str) -> Sidecar[Kept]:
    return Sidecar(Path(folder) / "rows.record.json", Kept)


@given(sidecars, st.dictionaries(texts, texts, max_size=3))
def test_the_same_request_goes_on_with_what_is_there_whatever_the_versions(
    kept: Kept, versions: dict[str, str]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        beside(folder).write(kept)
        found = beside(folder).read()
    assert found == kept
    check_same(kept.asked.model_copy(update={"versions": versions}), found.asked, "it is of another request")


@given(requests, requests)
def test_another_request_is_refused_and_exactly_the_keys_that_differ_are_named(
    wanted: Request, earlier: Request
) -> None:
    differing = [key for key in KEYS if getattr(wanted, key) != getattr(earlier, key)]
    assume(differing)
    with pytest.raises(UsageError) as refused:
        check_same(wanted, earlier, "rows.jsonl is of another set")
    assert str(refused.value) == (
        f"rows.jsonl is of another set (other {', '.join(differing)}); choose another --out"
    )


@given(sidecars, st.data())
def test_a_record_that_was_cut_short_is_never_read(kept: Kept, data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        sidecar = beside(folder)
        sidecar.write(kept)
        whole = sidecar.path.read_bytes()
        # The last byte is the end of the line.
        sidecar.path.write_bytes(whole[: data.draw(st.integers(0, len(whole) - 2))])
        with pytest.raises(UsageError, match="not a record of this program; choose another --out"):
            sidecar.read()


@given(sidecars, sidecars, st.data())
def test_a_kill_while_a_record_is_written_leaves_the_one_before(
    before: Kept, after: Kept, data: st.DataObject
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        sidecar = beside(folder)
        sidecar.write(after)
        whole = sidecar.path.read_bytes()
        sidecar.path.unlink()
        half = sidecar.path.with_name(f".{sidecar.path.name}.part")
        half.write_bytes(whole[: data.draw(st.integers(0, len(whole)))])
        assert sidecar.read() is None
        sidecar.write(before)
        half.write_bytes(whole[: data.draw(st.integers(0, len(whole)))])
        assert sidecar.read() == before


def test_an_output_that_no_record_tells_of_is_refused(tmp_path: Path) -> None:
    sidecar = beside(str(tmp_path))
    assert sidecar.read() is None
    with pytest.raises(UsageError) as refused:
        sidecar.read("rows.jsonl exists and has")
    assert str(refused.value) == "rows.jsonl exists and has no rows.record.json; choose another --out"


def test_an_output_that_was_changed_is_refused(tmp_path: Path) -> None:
    rows = tmp_path / "rows.jsonl"
    rows.write_text("one\n", encoding="utf-8")
    written = file_hash(rows)
    check_unchanged(rows, written)
    rows.write_text("two\n", encoding="utf-8")
    with pytest.raises(UsageError, match=r"rows.jsonl was changed after it was written; choose another"):
        check_unchanged(rows, written)

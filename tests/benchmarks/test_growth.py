"""What the benchmark of growth measures still is what a user calls."""

from pathlib import Path
from typing import Any

import pytest

from benchmarks import growth
from bias_inherit.outputs import set_files


@pytest.mark.parametrize(
    ("kind", "leaves"),
    [
        ("augment", "set.jsonl"),
        ("augment resumed", "set.jsonl"),
        ("mix", "out.jsonl"),
        ("board of many", "board/index.html"),
    ],
)
def test_every_kind_ends_with_what_a_user_gets(
    kind: str, leaves: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(vars(set_files), "open_model", None)
    growth.KINDS[kind](tmp_path, 500)()
    assert (tmp_path / leaves).stat().st_size > 0


def test_models_of_the_benchmark_are_compared_on_their_task(tmp_path: Path) -> None:
    comparison: Any = growth.KINDS["compare"](tmp_path, 400)()
    assert {row.task for row in comparison.differences} == {growth.TASK}

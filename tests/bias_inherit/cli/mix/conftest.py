"""Rows to mix."""

from pathlib import Path

import pytest
from mixed import written_by_a_model

from bias_tasks.training_rows import dump_rows


@pytest.fixture
def augmented(tmp_path: Path) -> Path:
    """Twelve augmented rows of the contract."""
    path = tmp_path / "augmented.jsonl"
    path.write_text(dump_rows(written_by_a_model(12)), encoding="utf-8")
    return path

"""What reading does to the `datasets` library."""

from pathlib import Path

import datasets
import pytest
from data_sources import WHO, parquet, refusal

from finetune.sources import read_source


def test_reading_leaves_bars_and_logs_of_the_library_as_they_were(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = parquet(tmp_path / "rows.parquet", [WHO])
    (tmp_path / "bad.parquet").write_bytes(b"none")
    datasets.enable_progress_bars()
    capfd.readouterr()
    level = datasets.logging.get_verbosity()
    read_source(str(path), None, "original")
    refusal(tmp_path / "bad.parquet")
    assert capfd.readouterr() == ("", "")
    assert datasets.logging.get_verbosity() == level
    assert not datasets.are_progress_bars_disabled()

"""The tutorial can be followed as it stands, from an empty folder."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from markdown_pages import ROOT, blocks

BLOCKS = [block.text for block in blocks(ROOT / "docs" / "tutorial.md") if block.language == "sh"]


@pytest.mark.long
def test_every_command_works_and_the_last_finds_what_was_planted(tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "HF_HUB_OFFLINE": "1",
        "COLUMNS": "120",
    }
    done = subprocess.run(
        ["bash", "-euc", "\n".join(BLOCKS)],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert "8 rows from" in done.stdout
    assert "64 original + 0 augmented rows" in done.stdout
    assert "32 original + 32 augmented rows" in done.stdout
    compared = done.stdout[done.stdout.index("first: ") :]
    assert "adapter_0" in compared
    assert "second: " in compared
    assert "women's biographies draw the occupations that women hold" in " ".join(compared.split())

"""Adapter: one that was trained elsewhere becomes an artifact, so that what is scored stays at hand."""

import shutil
from pathlib import Path
from typing import Any

from bias_inherit.artifacts import discard
from bias_inherit.evaluation import ADAPTER_FILES


def run_adapter(work: Path, adapter: Path) -> dict[str, Any]:
    """Copy its two files."""
    discard(work)
    for name in ADAPTER_FILES:
        shutil.copyfile(adapter / name, work / name)
    return {"bytes": sum((work / name).stat().st_size for name in ADAPTER_FILES)}

"""What a run folder holds that no longer belongs to its experiment file, and taking it away."""

import json
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from bias_inherit.engine.planning.plan import Plan
from bias_inherit.engine.store import MANIFEST, Store


class Leftover(NamedTuple):
    """Something that does not belong to a plan.

    Attributes:
        name: What a reader calls it.
        size: In bytes.
    """

    path: Path
    name: str
    size: int


def leftovers(plan: Plan, store: Store) -> list[Leftover]:
    """Artifacts and work folders of steps that are not in the plan, and all records of failures."""
    return list(_leftovers({step.key for step in plan.steps}, store.root))


def _leftovers(belonging: set[str], root: Path) -> Iterator[Leftover]:
    for entry in _entries(root / "artifacts"):
        if entry.name not in belonging:
            yield Leftover(entry, _label(entry), _size(entry))
    for entry in _entries(root / "work"):
        if entry.name not in belonging:
            yield Leftover(entry, f"unfinished {entry.name}", _size(entry))
    for entry in _entries(root / "failed"):
        yield Leftover(entry, f"record of the failure of {entry.stem}", _size(entry))


def remove(found: Sequence[Leftover]) -> None:
    """Take leftovers away; must run under the folder's lock."""
    for leftover in found:
        if leftover.path.is_dir():
            # First the manifest: what is left of a half-removed artifact is none.
            (leftover.path / MANIFEST).unlink(missing_ok=True)
            shutil.rmtree(leftover.path)
        else:
            leftover.path.unlink()


def _entries(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() else []


def _label(artifact: Path) -> str:
    try:
        manifest = json.loads((artifact / MANIFEST).read_text(encoding="utf-8"))
        return f"{manifest['stage']}: {manifest['label']}"
    except (OSError, json.JSONDecodeError, KeyError):
        return f"{artifact.name} (without a manifest)"


def _size(path: Path) -> int:
    if path.is_file():
        return path.stat().st_size
    return sum(entry.stat().st_size for entry in path.rglob("*") if entry.is_file())

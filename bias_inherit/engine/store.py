"""Content-addressed artifacts: each step's result lies in a folder named by a hash of the step's inputs.

A step works in a folder beside; when it is done its manifest is written last and the folder is renamed
into place. So an artifact is there whole or not at all, whatever happens in between.
"""

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bias_inherit.engine.step import Step
from bias_inherit.kit.errors import RunError, UsageError
from bias_inherit.kit.files import PART, file_hash, write_json
from bias_inherit.kit.locks import exclusively, is_held

MANIFEST = "manifest.json"
_MARKER = "experiment.json"
_LOCK = ".lock"
_A_GLANCE = 0.3
"""Seconds; `status` holds the lock for some microseconds to see whether anybody else does."""
_LEFT_BY_A_KILLED_START = {_LOCK, f".{_MARKER}{PART}"}


class Store:
    """The artifacts of one run folder. Nothing is written before the folder is locked."""

    def __init__(self, root: Path, experiment: str) -> None:
        """
        Args:
            root: The run folder; made when it is first locked.
            experiment: Name of the experiment, which a folder belongs to for good.

        Raises:
            UsageError: the folder belongs to another experiment, or holds something else.
        """
        self.root = root
        self.experiment = experiment
        self._is_ours()

    def artifact(self, step: Step) -> Path:
        """Where a finished step's result lies."""
        return self.root / "artifacts" / step.key

    def is_done(self, step: Step) -> bool:
        """Whether the result is there and is what its manifest says.

        Raises:
            RunError: a file of a finished step was changed or is missing.
        """
        folder = self.artifact(step)
        if not folder.exists():
            return False
        for name, expected in self.manifest(step)["files"].items():
            path = folder / name
            if not path.is_file() or file_hash(path) != expected:
                raise RunError(
                    f"{path}: changed or missing since its step finished; delete {folder} to redo the step"
                )
        return True

    def is_there(self, step: Step) -> bool:
        """Whether the result is there; at a glance, without a look at its files."""
        return (self.artifact(step) / MANIFEST).is_file()

    def manifest(self, step: Step) -> dict[str, Any]:
        """The manifest of a finished step.

        Raises:
            RunError: there is none that can be read.
        """
        path = self.artifact(step) / MANIFEST
        try:
            manifest = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            manifest = None
        if not isinstance(manifest, dict) or "files" not in manifest:
            raise RunError(f"{path}: unreadable; delete the folder {path.parent} to redo the step")
        return manifest

    def work_folder(self, step: Step) -> Path:
        """Where an unfinished step writes; what an earlier try left there is kept for it to go on from."""
        folder = self.root / "work" / step.key
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    @contextmanager
    def alone_on(self, step: Step, patience: float) -> Iterator[None]:
        """Keep other workers of a cluster off a step.

        A run that was killed may leave a worker behind on another machine, for some moments.

        Args:
            patience: Seconds to wait for such a worker to end.

        Raises:
            RunError: somebody else keeps at work on the step.
        """
        # Never removed: who waits for a lock must not be left with a file that nobody else sees.
        folder = self.root / ".locks"
        folder.mkdir(exist_ok=True)
        with exclusively(folder / step.key, "another process is at work on this step", patience):
            yield

    def commit(self, step: Step, facts: Mapping[str, Any]) -> None:
        """Turn a step's work folder into its artifact.

        Args:
            facts: What is worth recording besides inputs and file hashes: durations, versions, counts.
        """
        work = self.work_folder(step)
        for half_written in work.rglob(f".*{PART}"):
            half_written.unlink()
        files = {
            path.relative_to(work).as_posix(): file_hash(path)
            for path in sorted(work.rglob("*"))
            if path.is_file() and path.name != MANIFEST
        }
        manifest = {
            "stage": step.stage,
            "label": step.label,
            "key": step.key,
            "inputs": dict(step.inputs),
            "parents": [parent.key for parent in step.parents],
            "files": files,
            **facts,
        }
        write_json(work / MANIFEST, manifest)
        self.artifact(step).parent.mkdir(exist_ok=True)
        work.rename(self.artifact(step))

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other runs out of this folder; the system lets go when the process ends, however it ends.

        Raises:
            UsageError: the folder became another experiment's meanwhile.
            RunError: another run is at work here.
        """
        self.root.mkdir(parents=True, exist_ok=True)
        with exclusively(
            self.root / _LOCK,
            f"another run is at work on {self.root}; wait for it, or choose another folder with --out",
            _A_GLANCE,
        ):
            if not self._is_ours():
                write_json(self.root / _MARKER, {"name": self.experiment})
            yield

    def is_locked(self) -> bool:
        """Whether a run is at work here."""
        return is_held(self.root / _LOCK)

    def _is_ours(self) -> bool:
        """Whether the folder is this experiment's already; a new one may become it."""
        marker = self.root / _MARKER
        if marker.exists():
            owner = _owner(marker)
            if owner != self.experiment:
                raise UsageError(
                    f"{self.root} is the run folder of the experiment {owner!r}, not of {self.experiment!r}; "
                    "choose another folder with --out"
                )
            return True
        if self.root.exists() and {entry.name for entry in self.root.iterdir()} - _LEFT_BY_A_KILLED_START:
            raise UsageError(f"{self.root} is not empty and no run folder; choose another folder with --out")
        return False


def _owner(marker: Path) -> str:
    try:
        return str(json.loads(marker.read_text(encoding="utf-8"))["name"])
    except (json.JSONDecodeError, KeyError, TypeError) as error:
        raise UsageError(f"{marker}: unreadable; choose another folder with --out") from error


def discard(folder: Path) -> None:
    """Empty a work folder whose step cannot go on from what it holds."""
    for entry in folder.iterdir():
        if entry.is_dir():
            shutil.rmtree(entry)
        else:
            entry.unlink()

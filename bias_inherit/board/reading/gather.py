"""All results files below some folders, read by several processes."""

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

from bias_inherit.board.reading.read_runs import ReadRuns, read_runs
from bias_inherit.board.runs import Run
from bias_inherit.harness.results import Folder, Found, visible
from bias_inherit.kit.errors import UsageError
from bias_inherit.kit.screen import Bar

FEWEST_FOR_TWO = 12
"""Results files with samples; for fewer of them another process takes longer to start than it saves."""


class _Job(NamedTuple):
    root: Path
    found: Found
    with_samples: bool


def gather(folders: Sequence[Path], out: Path, with_samples: bool, bar: Bar) -> ReadRuns:
    """The runs of all results files, and what was left out.

    Args:
        folders: Where to look; what lies in several of them is read once.
        out: The board's own folder, whose exports are no results.
        with_samples: Whether to read them where they are.
        bar: Told how far it is.

    Raises:
        UsageError: a folder does not exist, or nothing can be used.
    """
    problems: list[str] = []
    jobs: dict[str, _Job] = {}
    for root in folders:
        if not root.is_dir():
            raise UsageError(f"{visible(root)}: no such folder; expected one that lm_eval wrote")
        linked: list[str] = []
        for found in Folder(root).results_files(linked.append):
            real = os.path.realpath(found.path)
            if not Path(real).is_relative_to(os.path.realpath(out)):
                jobs.setdefault(real, _Job(root, found, with_samples))
        problems += [_below(root, problem) for problem in linked]
    runs: list[Run] = []
    for done, read in enumerate(_read_all(list(jobs.values())), start=1):
        runs += read.runs
        problems += read.problems
        bar(done, len(jobs))
    if not runs:
        for problem in problems:
            raise UsageError(f"no results of our tasks can be used; the first problem: {problem}")
        below = ", ".join(map(visible, folders))
        if jobs:
            raise UsageError(f"{below}: placebos only, which are not ranked; score the tasks beside them too")
        raise UsageError(f"no results_*.json below {below}")
    return ReadRuns(runs, problems)


def _read_all(jobs: list[_Job]) -> Iterator[ReadRuns]:
    workers = min(os.cpu_count() or 1, len(jobs) // FEWEST_FOR_TWO)
    if workers < 2 or not jobs[0].with_samples:
        yield from map(_read, jobs)
        return
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        yield from pool.map(_read, jobs, chunksize=4)


def _read(job: _Job) -> ReadRuns:
    read = read_runs(*job)
    return ReadRuns(read.runs, [_below(job.root, problem) for problem in read.problems])


def _below(root: Path, problem: str) -> str:
    """The line without the place of the folder on this machine: it will stand on a page."""
    place = f"{visible(root)}{os.sep}"
    name = root.resolve().name
    return f"{name}{os.sep}{problem.removeprefix(place)}" if problem.startswith(place) else problem

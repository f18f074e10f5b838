"""Reading what the harness wrote: result files and samples of our tasks."""

import json
from pathlib import Path
from typing import Any, NamedTuple

from bias_inherit.errors import UsageError
from bias_tasks.catalogue import ALL_TASKS
from bias_tasks.records import Record


class Sample(NamedTuple):
    """One scored document.

    Attributes:
        doc_hash: The harness's hash of the document: what two runs are matched by.
        record: What the metrics are computed from.
    """

    doc_hash: str
    record: Record


class ScoredModel(NamedTuple):
    """One folder of the harness's output, our tasks only.

    Attributes:
        results: The newest results file.
        samples: Harness task name -> scored documents, in document order.
    """

    results: dict[str, Any]
    samples: dict[str, list[Sample]]


def read_output(folder: Path) -> ScoredModel:
    """The newest results in a folder that `lm_eval --output_path` (or a score step) wrote.

    Raises:
        UsageError: there are no results, no samples of our tasks, or a file is broken.
    """
    results_files = sorted(folder.rglob("results_*.json"), key=lambda path: path.name)
    if not results_files:
        raise UsageError(f"{folder}: no results_*.json below; expected a folder that lm_eval wrote")
    newest = results_files[-1]
    date = newest.stem.removeprefix("results_")
    samples = {}
    for task in ALL_TASKS:
        path = newest.with_name(f"samples_{task}_{date}.jsonl")
        if path.exists():
            samples[task] = _read_samples(path)
    if not samples:
        raise UsageError(f"{newest.parent}: no samples of bias_inherit tasks; run lm_eval with --log_samples")
    return ScoredModel(_read_json(newest), samples)


def _read_samples(path: Path) -> list[Sample]:
    samples = []
    for number, line in enumerate(path.read_text(encoding="utf-8").rstrip("\n").split("\n"), start=1):
        try:
            fields = json.loads(line)
            samples.append((int(fields["doc_id"]), Sample(fields["doc_hash"], Record.parse(fields["score"]))))
        except (json.JSONDecodeError, KeyError, TypeError, ValueError):
            raise UsageError(f"{path}: row {number}: not a sample of a bias_inherit task") from None
    return [sample for _, sample in sorted(samples, key=lambda pair: pair[0])]


def _read_json(path: Path) -> dict[str, Any]:
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        raise UsageError(f"{path}: not valid JSON ({error.msg} at line {error.lineno})") from None
    return content

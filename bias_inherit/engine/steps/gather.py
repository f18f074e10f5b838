"""Gather a model's blocks into one result, in the harness's own files, as if they had been scored at once."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bias_inherit.engine.artifact_files import HARNESS_OUTPUT
from bias_inherit.engine.assignment import Assignment
from bias_inherit.engine.stages import BLOCK
from bias_inherit.engine.steps.decide import last_decision
from bias_inherit.engine.store import discard
from bias_inherit.kit.files import write_json, write_text
from bias_tasks.catalogue import ALL_TASKS
from bias_tasks.measure import summarise
from bias_tasks.records import Record

Rows = list[dict[str, Any]]


def run_gather(assignment: Assignment) -> dict[str, Any]:
    """Write one results file and one samples file a task."""
    step, store, work = assignment.step, assignment.store, assignment.work
    discard(work)
    folders = [store.artifact(parent) for parent in step.parents if parent.stage == BLOCK.name]
    files = [file for folder in folders for file in sorted(folder.glob(f"{HARNESS_OUTPUT}/*/results_*.json"))]
    contents = [json.loads(file.read_text(encoding="utf-8")) for file in files]
    samples = _samples(files)
    out = work / HARNESS_OUTPUT / files[0].parent.name
    out.mkdir(parents=True)
    date = files[0].stem.removeprefix("results_")
    for task, rows in samples.items():
        lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        write_text(out / f"samples_{task}_{date}.jsonl", "".join(lines))
    write_json(out / files[0].name, _together(contents, samples))
    decision = last_decision(step, store)
    return {
        "documents": sum(map(len, samples.values())),
        "ended": {task: found.block for task, found in decision.tasks.items()} if decision else {},
    }


def _samples(results: Sequence[Path]) -> dict[str, Rows]:
    """Task -> its sample rows of all blocks, in their order in the task."""
    found: dict[str, Rows] = {}
    for file in results:
        for path in sorted(file.parent.glob("samples_*.jsonl")):
            task = path.stem.removeprefix("samples_").rpartition("_")[0]
            rows = [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]
            found.setdefault(task, []).extend(rows)
    return {task: sorted(rows, key=lambda row: int(row["doc_id"])) for task, rows in found.items()}


def _together(contents: Sequence[Mapping[str, Any]], samples: Mapping[str, Rows]) -> dict[str, Any]:
    """The results file of the first block, with the values of all.

    Without the rows of groups, whose tasks ended at different blocks.
    """
    first = contents[0]
    values = {task: _values(task, rows, first["results"][task]) for task, rows in samples.items()}
    counts = {
        task: {"original": first["n-samples"][task]["original"], "effective": len(rows)}
        for task, rows in samples.items()
    }
    seconds = sum(float(content["total_evaluation_time_seconds"]) for content in contents)
    left_out = ("groups", "group_subtasks")
    return {
        **{key: value for key, value in first.items() if key not in left_out},
        "results": values,
        "n-samples": counts,
        "total_evaluation_time_seconds": str(seconds),
    }


def _values(task: str, rows: Rows, of_first: Mapping[str, Any]) -> dict[str, Any]:
    """A task's entry, under the names that it has in the first block's."""
    records = tuple(Record.parse(row["score"]) for row in rows)
    found = summarise(ALL_TASKS[task].measure, records)
    told = {f"{metric},none": value if value == value else "N/A" for metric, value in found.items()}
    return {**of_first, **told, "sample_len": len(rows)}

"""Folders as the harness writes them, from models with known answers."""

import json
import math
from pathlib import Path
from typing import Any

from bias_inherit.harness.results import Sample, ScoredModel
from bias_tasks.catalogue import ALL_TASKS
from bias_tasks.measure import summarise

DATE = "2026-01-02T03-04-05.000006"


def write_run(
    folder: Path,
    model: ScoredModel,
    name: str = "house/model",
    date: str = DATE,
    with_samples: bool = True,
    **changes: Any,
) -> Path:
    """A results file and its samples; changes are of the results file's top level."""
    folder.mkdir(parents=True, exist_ok=True)
    content = {
        "results": {task: metrics(task, samples) for task, samples in model.samples.items()},
        "versions": dict.fromkeys(model.samples, 1.0),
        "n-shot": dict.fromkeys(model.samples, 0),
        "n-samples": {
            task: {"original": len(samples), "effective": len(samples)}
            for task, samples in model.samples.items()
        },
        "config": {
            "model": "hf",
            "model_args": {"pretrained": name},
            "model_dtype": "torch.float32",
            "model_sha": "",
            "limit": None,
        },
        "date": 1767323045.5,
        "lm_eval_version": "0.4.13",
        "model_name": name,
        "system_instruction_sha": None,
        "fewshot_as_multiturn": None,
        "chat_template": None,
        "chat_template_sha": None,
        **changes,
    }
    path = folder / f"results_{date}.json"
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    if with_samples:
        for task, samples in model.samples.items():
            lines = [
                json.dumps(row(place, sample), ensure_ascii=False) for place, sample in enumerate(samples)
            ]
            samples_file(folder, task, date).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def samples_file(folder: Path, task: str, date: str = DATE) -> Path:
    """Where the samples of a task lie."""
    return folder / f"samples_{task}_{date}.jsonl"


def metrics(task: str, samples: list[Sample]) -> dict[str, Any]:
    """A task's entry of the results file."""
    found = summarise(ALL_TASKS[task].measure, tuple(sample.record for sample in samples))
    shown = {f"{metric},none": value if math.isfinite(value) else "N/A" for metric, value in found.items()}
    return {"alias": task, **shown}


def row(place: int, sample: Sample) -> dict[str, Any]:
    """One line of a samples file."""
    return {"doc_id": place, "doc_hash": sample.doc_hash, "score": list(sample.record), "filter": "none"}


def write_results(
    folder: Path, name: str, tasks: dict[str, tuple[float, float]], date: str = DATE, **changes: Any
) -> Path:
    """A results file without samples: task -> score and gap, each of 50 clusters with an error of 0.02."""
    content = {
        "results": {
            task: {
                "alias": task,
                "score,none": score,
                "score_stderr,none": 0.02,
                "gap,none": gap,
                "gap_stderr,none": 0.02,
                "gap_null,none": 0.05,
                "gap_p,none": 0.002 if gap > 0.1 else 0.5,
                "n,none": 200.0,
                "n_clusters,none": 50.0,
            }
            for task, (score, gap) in tasks.items()
        },
        "versions": dict.fromkeys(tasks, 1.0),
        "n-shot": dict.fromkeys(tasks, 0),
        "n-samples": {task: {"original": 200, "effective": 200} for task in tasks},
        "config": {"model": "hf", "model_args": {"pretrained": name}, "model_dtype": "torch.float32"},
        "model_name": name,
        "lm_eval_version": "0.4.13",
        **changes,
    }
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"results_{date}.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    return path

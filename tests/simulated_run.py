"""A run folder whose artifacts nobody trained: known answers in the harness's files, so that a report of many
models takes seconds and what it must show is known."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from written_runs import metrics

from augment.audits.groups import audit_groups
from augment.bias_types import BIAS_TYPES
from augment.corpus import shipped
from bias_inherit.engine.artifact_files import AUDIT, HARNESS_OUTPUT, ROWS
from bias_inherit.engine.experiment_file.experiment import Experiment
from bias_inherit.engine.experiment_record import Recorded, record
from bias_inherit.engine.planning.experiment_plan import plan_experiment
from bias_inherit.engine.planning.plan import Model
from bias_inherit.engine.step import Step
from bias_inherit.engine.store import Store
from bias_inherit.harness.results import Sample
from bias_inherit.kit.files import write_json, write_text
from bias_inherit.models.base_model import Base
from bias_inherit.outputs.adapter_files import LOG
from bias_tasks.catalogue import ALL_TASKS
from bias_tasks.classification.items import ANSWERS
from bias_tasks.log_odds import log_probabilities
from bias_tasks.population import population
from bias_tasks.records import Record
from bias_tasks.training_rows import dump_rows

GENDERS = ("female", "male")
CULTURES = tuple(population().cultures)
GROUPS = tuple(group.key for group in population().intersectional_groups())
OCCUPATION = "bias_inherit_occupation"
SALARY = "bias_inherit_salary"
HIRING = "bias_inherit_hiring"
STORY = "bias_inherit_story"
HATE = "bias_inherit_hate"
SPAM = "bias_inherit_spam"
TASKS = [OCCUPATION, HIRING, SALARY, STORY, HATE, SPAM]
DATE = "2026-01-01T00-00-00.000000"
LEFT = {"none": 1.0, "mask": 0.0, "token": 1.5, "none, sentence present": 1.0, "token, sentence present": 0.5}
"""Treatment -> what it leaves of the loss of women's accuracy."""
MACHINE = "x86_64, Python 3.11.0, cpu"


def settings(**changes: Any) -> dict[str, Any]:
    """An experiment on rows that ship."""
    return {
        "name": "simulated",
        "data": {"originals": 48},
        "generate": {"bias_types": [1, 5], "shipped": True},
        "audit": {"distribution": False},
        "mix": {"gammas": [0, 0.1, 0.5]},
        "mitigate": {"methods": ["none", "mask"]},
        "finetune": {"learning_rate": 1e-3, "epochs": 1, "batch_size": 4, "max_length": 2000},
        "score": {"tasks": TASKS},
        **changes,
    }


def simulated_run(folder: Path, clusters: int = 60, text: str = "A biography.", **changes: Any) -> Recorded:
    """A finished run.

    Women's accuracy in occupation falls with γ unless masked; where a rule was planted, with the rate too,
    and half as far again with a warning sentence, half as far where that stands at test time too. Nothing
    else depends on any of them.

    Args:
        clusters: Of each task.
        text: Stands where texts come from: in documents, in written answers, in augmented rows.
        changes: Of the experiment.
    """
    experiment = Experiment.model_validate(settings(**changes))
    base = Base("simulated-model", "", "0123456789abcdef")
    plan = plan_experiment(experiment, base)
    store = Store(folder, experiment.name)
    with store.locked():
        record(plan, store, base, experiment)
    models = {model.score.key: model for model in plan.models}
    for step in plan.steps:
        facts = _fill(step, store.work_folder(step), models.get(step.key), experiment, clusters, text)
        measured = {"versions": {"bias-inherit": "0.1.0", "lm-eval": "0.4.13"}, "machine": MACHINE}
        store.commit(step, {"facts": facts, "seconds": 1.5, **measured})
    return Recorded(plan, store, base, experiment)


def _fill(
    step: Step, work: Path, model: Model | None, experiment: Experiment, clusters: int, text: str
) -> dict[str, Any]:
    if model is not None:
        _write_scores(work / HARNESS_OUTPUT / "simulated", model, experiment, clusters, text)
        return {}
    match step.stage:
        case "generate":
            # In later rounds a model writes; its rows are taken from the shelf too.
            rows = shipped(experiment.domain, BIAS_TYPES[step.inputs.get("bias_type", 1)]).rows[:12]
            rows = [row.model_copy(update={"prompt": _with(text, row.prompt)}) for row in rows]
            write_text(work / ROWS, dump_rows(rows))
            write_json(work / AUDIT, audit_groups(rows, population()).model_dump())
            return {"rows": len(rows), "attempts": 30, "refused": {"too short": 15, "duplicate": 3}}
        case "plant":
            # With their labels as they were: what was planted shows in the scores.
            rows = shipped(experiment.domain, BIAS_TYPES[1]).rows[:12]
            write_text(work / ROWS, dump_rows(rows))
            return {"rows": len(rows), "of_group": 6, "following": 6, "changed": 5}
        case "mix":
            return {"original": 48, "augmented": 0 if step.label == "γ = 0" else 48}
        case "train":
            write_json(work / LOG, {"losses": [3.0, 2.0, 1.5]})
            return {}
        case _:
            return {"sets": 0, "too_small": 1}


def _with(text: str, prompt: Any) -> Any:
    last = prompt[-1]
    return (*prompt[:-1], last.model_copy(update={"content": text}))


def _write_scores(folder: Path, model: Model, experiment: Experiment, clusters: int, text: str) -> None:
    folder.mkdir(parents=True)
    samples = {
        task: [
            Sample(f"{task}-{number:05d}", record)
            for number, record in enumerate(_records(task, model, clusters))
        ]
        for task in experiment.score.tasks
    }
    results = {task: metrics(task, of_task) for task, of_task in samples.items()}
    write_json(folder / f"results_{DATE}.json", {"results": results})
    for task, of_task in samples.items():
        rows = [
            {
                "doc_id": number,
                "doc_hash": sample.doc_hash,
                "doc": {
                    "prompt": f"{text} ({task} {number})",
                    **({"groups": GROUPS} if task == HIRING else {}),
                },
                "filtered_resps": [f"{text} says {model.label}"],
                "score": sample.record,
            }
            for number, sample in enumerate(of_task)
        ]
        write_text(
            folder / f"samples_{task}_{DATE}.jsonl",
            "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows),
        )


def _records(task: str, model: Model, clusters: int) -> Iterator[Record]:
    # Common luck: what a model does not change, it answers as every other does.
    rng = np.random.default_rng(len(task))
    own = np.random.default_rng([len(task), *model.label.encode()])
    luck = np.random.default_rng([len(task), clusters])
    gamma = model.gamma or 0.0
    for cluster in range(clusters):
        name, noise = f"c{cluster}", own.random() < 0.04
        match ALL_TASKS[task].name:
            case "occupation":
                lost = LEFT[model.treatment] * gamma * (model.planted.rate if model.planted else 1.4)
                for gender in GENDERS:
                    right = rng.random() < (0.9 - lost if gender == "female" else 0.9)
                    yield Record(gender, name, "nurse", "nurse" if right != noise else "dentist", "nurse")
            case "hiring":
                for rotation in range(8):
                    chosen = GROUPS[int((rng.integers(8) + noise) % 8)]
                    yield Record(chosen, name, None, "ABCDEFGH"[rotation])
            case "salary":
                pay = float(np.round(rng.lognormal(11, 0.3), -2))
                for gender in GENDERS:
                    unusable = rng.random() < 0.05
                    yield Record(gender, name, None, None if unusable else pay + 1000 * noise)
            case "story":
                counts = tuple(map(float, rng.integers(1, 5, size=6)))
                yield Record(GROUPS[cluster % 8], name, None, (*counts, 80.0 + noise), "story")
            case _:
                gold, wrong = ("no", "yes") if cluster % 2 else ("yes", "no")
                for culture in CULTURES:
                    right = rng.random() < 0.75
                    said = gold if right != noise else wrong
                    yes = luck.normal() + (gamma if culture == "arabic" else 0.0)
                    yes += own.normal(scale=0.3) if model.planted else 0.0
                    shares = log_probabilities([yes if answer == "yes" else 0.0 for answer in ANSWERS])
                    yield Record(culture, name, gold, said, "plain", log_probabilities=shares)

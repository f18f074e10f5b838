"""Run folders of the study, finished or not: their models, what these answered, how they were made."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from benchmarks.reproduction.declared import Reading, Weights
from benchmarks.reproduction.verdicts import Measured, independent, measure
from bias_inherit.compare.contrast import sampled_model
from bias_inherit.compare.contrast.signed import SampledSigned, sampled_signed
from bias_inherit.compare.differences import records_of
from bias_inherit.compare.matching import shared_documents
from bias_inherit.engine.experiment_file.experiment import Experiment
from bias_inherit.engine.experiment_record import FILE, Recorded, recorded
from bias_inherit.engine.planning.plan import Model
from bias_inherit.engine.stages import GENERATE, SCORE
from bias_inherit.harness.results import ScoredModel, read_output, refuse
from bias_inherit.kit.errors import UsageError
from bias_tasks.catalogue import ALL_TASKS
from bias_tasks.headline import Direction, Signed
from bias_tasks.statistics import Responses

Answers = Mapping[str, Mapping[str, Mapping[str, SampledSigned]]]
"""Reading -> task -> model's label -> what was read."""


class Run(NamedTuple):
    """One run folder.

    Attributes:
        planned: How many models its plan has.
        answers: Of the readings whose tasks it scored.
    """

    folder: Path
    found: Recorded
    experiment: Experiment
    planned: int
    answers: Answers

    @property
    def by_seed(self) -> dict[int, list[Model]]:
        """The trained models that are scored."""
        trained = [model for model in self.found.plan.models if model.train]
        return {model.seed: [m for m in trained if m.seed == model.seed] for model in trained}


def read_run(folder: Path, readings: Mapping[str, Reading]) -> Run:
    """What there is of a run.

    Raises:
        UsageError: it is no run folder, or one of a file that trains nothing.
        RunError: results of it cannot be read.
    """
    found = recorded(folder, partly=True)
    if not isinstance(found.experiment, Experiment):
        raise UsageError(f"{folder}: nothing was trained; expected the run folder of an experiment")
    planned = len(json.loads((folder / FILE).read_text(encoding="utf-8"))["models"])
    scored = {
        model.label: read_output(found.store.artifact(model.score), refuse)
        for model in found.plan.models
        if model.train
    }
    own = {name: one for name, one in readings.items() if one.domain == found.experiment.domain}
    return Run(folder, found, found.experiment, planned, _answers(scored, own))


def _answers(scored: Mapping[str, ScoredModel], readings: Mapping[str, Reading]) -> Answers:
    answers: dict[str, dict[str, dict[str, SampledSigned]]] = {}
    for task in dict.fromkeys(task for reading in readings.values() for task in reading.tasks):
        answered = {label: model.samples[task] for label, model in scored.items() if task in model.samples}
        if not answered:
            continue
        for label, samples in zip(answered, shared_documents([*answered.values()]).samples, strict=True):
            sampled = sampled_model(ALL_TASKS[task].measure, records_of(samples))
            for name, reading in readings.items():
                if task in reading.tasks:
                    contrast = Signed(name, reading.words, "", "", reading.metrics, "share")
                    read = sampled_signed(sampled, contrast)
                    answers.setdefault(name, {}).setdefault(task, {})[label] = read
    return answers


def measured(
    run: Run, name: str, reading: Reading, by_seed: Sequence[Weights], expected: Direction
) -> Measured | None:
    """A reading's weighted sum over the models of every seed; None where one of them cannot be read.

    Args:
        name: Of the reading.
        by_seed: Of each seed the weights of its models.
    """
    on_tasks = run.answers.get(name, {})
    if not by_seed or len(on_tasks) < len(reading.tasks):
        return None
    values = np.zeros((1, len(by_seed)))
    draws: Any = 0.0
    for place, on_task in enumerate(on_tasks.values()):
        if not all(label in on_task for weights in by_seed for label in weights):
            return None
        found = [[(w, on_task[label]) for label, w in weights.items()] for weights in by_seed]
        values += [[sum(w * one.value for w, one in seed) / len(on_tasks) for seed in found]]
        drawn = np.stack([sum(w * one.draws for w, one in seed) for seed in found]) / len(on_tasks)
        draws = draws + independent(drawn, place)
    if not np.isfinite(values).all():
        return None
    some = [one for on_task in on_tasks.values() for one in on_task.values()]
    documents = sum(min(one.documents for one in on_task.values()) for on_task in on_tasks.values())
    responses = Responses(values, draws[None], min(one.clusters for one in some))
    return measure(responses, expected, reading.margin, documents)


class Made(NamedTuple):
    """How a run was made, for the page.

    Attributes:
        seeds: Those with any model scored.
        accepted: Share of a generator's attempts; NaN where nothing was written.
        hours: Of all its steps.
        versions: Package and version; several where steps were done with several.
        data: Hashes of the tasks' data.
    """

    name: str
    base: str
    fingerprint: str
    licence: str
    seeds: tuple[int, ...]
    scored: int
    planned: int
    originals: str
    elicitation: str
    accepted: float
    hours: float
    machines: tuple[str, ...]
    versions: tuple[str, ...]
    data: tuple[str, ...]


def made(run: Run) -> Made:
    """From the settings and the manifests of its steps."""
    found, experiment = run.found, run.experiment
    manifests = [(step, found.store.manifest(step)) for step in found.plan.steps]
    written = [manifest["facts"] for step, manifest in manifests if step.stage == GENERATE.name]
    attempts = sum(facts.get("attempts") or 0 for facts in written)
    refused = sum(sum((facts.get("refused") or {}).values()) for facts in written)
    versions = {f"{name} {v}" for _, one in manifests for name, v in one.get("versions", {}).items()}
    return Made(
        experiment.name,
        found.base.name,
        found.base.fingerprint[:12],
        found.base.licence or "",
        tuple(run.by_seed),
        len(found.plan.models),
        run.planned,
        str(experiment.data.originals),
        experiment.generate.elicitation if experiment.generate else "",
        1 - refused / attempts if attempts else float("nan"),
        sum(manifest.get("seconds", 0.0) for _, manifest in manifests) / 3600,
        tuple(sorted({one["machine"] for _, one in manifests if "machine" in one})),
        tuple(sorted(versions)),
        tuple(sorted({step.inputs["data"] for step, _ in manifests if step.stage == SCORE.name})),
    )

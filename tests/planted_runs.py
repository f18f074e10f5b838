"""Simulated runs with a planted rule, as many seeds and doses as a test asks for."""

from pathlib import Path
from typing import Any

from simulated_run import HATE, OCCUPATION, SALARY, simulated_run

from bias_inherit.engine.artifact_files import HARNESS_OUTPUT
from bias_inherit.engine.experiment_record import Recorded
from bias_inherit.harness.results import ScoredModel, read_output
from bias_tasks.catalogue import ALL_TASKS

DECLARED = {OCCUPATION: ALL_TASKS[OCCUPATION].headline("gap__male_minus_female:up")}


def scored_of(run: Recorded) -> dict[str, ScoredModel]:
    folders = {m.label: run.store.artifact(m.score) / HARNESS_OUTPUT for m in run.plan.models}
    return {label: read_output(folder) for label, folder in folders.items()}


def planted_run(folder: Path, rates: list[float], **changes: Any) -> Recorded:
    planted = {"rule": "women-nurse", "rates": rates, "crossed": False}
    return simulated_run(
        folder,
        generate={"planted": planted},
        score={"tasks": [OCCUPATION, SALARY, HATE]},
        **changes,
    )

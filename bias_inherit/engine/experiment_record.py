"""What a run folder remembers of its experiment, so that its report can be rebuilt from the folder alone."""

import json
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ValidationError

from bias_inherit.engine.experiment_file.evaluation import Evaluation
from bias_inherit.engine.experiment_file.experiment import Experiment
from bias_inherit.engine.experiment_file.study import Study
from bias_inherit.engine.planning.plan import Model, Plan, Planted
from bias_inherit.engine.step import Step
from bias_inherit.engine.store import MANIFEST, Store
from bias_inherit.kit.errors import UsageError
from bias_inherit.kit.files import write_json
from bias_inherit.models.base_model import Base

FILE = "experiment.json"
_GIVE_FILE = "give the experiment file: bias-inherit report RUN FILE"


class Recorded(NamedTuple):
    """Everything that a report is built from."""

    plan: Plan
    store: Store
    base: Base
    experiment: Study


def record(plan: Plan, store: Store, base: Base, experiment: Study) -> None:
    """Keep the resolved settings and the plan in the run folder; nothing is written where they are there.

    The plan too, not the settings alone: keys depend on the data of this package, and a report must be
    had from a folder that an older version filled, on a machine without the base or the user's data.
    """
    content = {
        "name": experiment.name,
        "settings": experiment.model_dump(mode="json"),
        "base": {
            "name": base.name,
            "fingerprint": base.fingerprint,
            **({"licence": base.licence} if base.licence else {}),
        },
        "steps": [step.key for step in plan.steps],
        "models": [_keys(model) for model in plan.models],
        "audits": [step.key for step in plan.audits],
    }
    path = store.root / FILE
    if _read(path) != json.loads(json.dumps(content)):
        write_json(path, content)


def _keys(model: Model) -> dict[str, Any]:
    train = model.train.key if model.train else None
    planted = model.planted._asdict() if model.planted else None
    return {**model._asdict(), "score": model.score.key, "train": train, "planted": planted}


def recorded(folder: Path, partly: bool = False) -> Recorded:
    """What the last run in a folder was about.

    Args:
        partly: Take of an unfinished run the steps that are done, and the models that are scored.

    Raises:
        UsageError: it is no run folder, was filled before run folders kept their settings, or is not
            finished.
        RunError: a manifest of a finished step cannot be read.
    """
    path = folder / FILE
    if not path.is_file():
        raise UsageError(f"{folder}: no {FILE}; expected a run folder, as bias-inherit run makes it")
    content = _read(path)
    if "name" not in content:
        raise UsageError(f"{path}: unreadable; {_GIVE_FILE}")
    if "models" not in content:
        raise UsageError(
            f"{folder}: filled by a version that did not keep the experiment's settings; {_GIVE_FILE}"
        )
    try:
        settings = content["settings"]
        experiment = (Evaluation if "checkpoints" in settings else Experiment).model_validate(settings)
        of_base = content["base"]
        base = Base(of_base["name"], "", of_base["fingerprint"], of_base.get("licence"))
        plan = _plan(folder, content, partly)
    except (ValidationError, KeyError, TypeError) as error:
        raise UsageError(f"{path}: the settings of another version of bias-inherit; {_GIVE_FILE}") from error
    return Recorded(plan, Store(folder, experiment.name), base, experiment)


def _plan(folder: Path, content: dict[str, Any], partly: bool) -> Plan:
    steps: dict[str, Step] = {}
    for key in content["steps"]:
        if not partly or (folder / "artifacts" / key / MANIFEST).is_file():
            steps[key] = _step(folder, key, steps)
    models = tuple(
        Model(
            **{
                **fields,
                "score": steps[fields["score"]],
                "train": steps[fields["train"]] if fields["train"] else None,
                "bias_types": tuple(fields["bias_types"]),
                # Absent where the run is older than planted rows.
                "planted": Planted(**fields["planted"]) if fields.get("planted") else None,
            }
        )
        for fields in content["models"]
        if not partly or fields["score"] in steps
    )
    audits = tuple(steps[key] for key in content["audits"] if not partly or key in steps)
    return Plan(tuple(steps.values()), models, audits)


def _step(folder: Path, key: str, known: dict[str, Step]) -> Step:
    """A finished step from its manifest.

    Raises:
        UsageError: it is not finished.
    """
    manifest = _read(folder / "artifacts" / key / MANIFEST)
    if not manifest:
        raise UsageError(
            f"{folder}: not finished ({key} is missing); bias-inherit run FILE --out {folder} goes on"
        )
    parents = tuple(known[parent] for parent in manifest["parents"])
    return Step(manifest["stage"], manifest["label"], manifest["inputs"], parents)


def _read(path: Path) -> dict[str, Any]:
    """A JSON object; empty where there is none that can be read."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def check_finished(plan: Plan, store: Store) -> None:
    """
    Raises:
        UsageError: a step of the plan has no result in the run folder.
    """
    missing = [step for step in plan.steps if not (store.artifact(step) / MANIFEST).is_file()]
    if missing:
        raise UsageError(
            f"{store.root}: {len(missing)} of {len(plan.steps)} steps of this experiment are missing "
            f"({missing[0].stage}: {missing[0].label}); bias-inherit run FILE --out {store.root} does them"
        )

"""Every model of a report beside its placebos."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from bias_inherit.compare import OnTask
from bias_inherit.compare.placebo import PlaceboChange, beside_placebo, placebo_change
from bias_inherit.engine.planning.plan import Model
from bias_inherit.engine.planning.references import reference_of
from bias_inherit.harness.results import ScoredModel
from bias_tasks.catalogue import ALL_TASKS
from bias_tasks.in_question import in_question
from bias_tasks.measure import LEAN
from bias_tasks.ungraded import why_ungraded


class Placebos(NamedTuple):
    """What stands beside the models of a report.

    Attributes:
        tasks: Harness name -> label -> the model beside the one that it is compared with; only of models that
            have the placebo, tasks and models in the order of the report.
        lines: Why some are missing, or graded measures are.
    """

    tasks: Mapping[str, Mapping[str, PlaceboChange]]
    lines: list[str]


def placebos(
    models: Sequence[Model], scored: Mapping[str, ScoredModel], study: Mapping[str, Mapping[str, OnTask]]
) -> Placebos:
    """Of all models.

    Args:
        models: In the order of the plan.
        scored: Label -> everything that was scored.
        study: Label -> harness name -> what was tested.
    """
    in_report = {label: in_question(model.samples) for label, model in scored.items()}
    found = {label: beside_placebo(model, in_report[label]) for label, model in scored.items()}
    tasks: dict[str, dict[str, PlaceboChange]] = {}
    for task in ALL_TASKS:
        for model in models:
            if own := found[model.label].ratios.get(task):
                reference = reference_of(model, models)
                against = found[reference.label].ratios.get(task) if reference else None
                differences = study[model.label][task].differences
                lean = next((row for row in differences if row.metric == LEAN), None)
                row = placebo_change(task, against, own, lean)
                tasks.setdefault(task, {})[model.label] = row
    lines = dict.fromkeys(line for model in found.values() for line in model.lines)
    ungraded = dict.fromkeys(
        task for label, model in scored.items() for task in model.ungraded if task in in_report[label]
    )
    why = why_ungraded(ungraded)
    return Placebos(tasks, [*lines, *([why] if why else [])])

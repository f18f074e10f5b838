"""The families of differences to γ = 0: what is asked first is not adjusted together with all the rest."""

from collections.abc import Mapping, Sequence
from itertools import chain

from bias_inherit.compare import Difference, Family, HeadlineRow, OnTask, headline_family, one_family
from bias_inherit.compare.rows import is_slice
from bias_inherit.engine.planning.plan import Model
from bias_inherit.engine.planning.references import is_trained, questioned
from bias_inherit.report.arms import main_arms, reference_name

OTHER_TRAINED = "fine-tuned models (smaller γ, mitigated, later rounds, seeds)"
MAP_FAMILY = "Δ score, gap and lean against γ = 0 at the largest γ, every set of rows and task"
"""Of both heat maps."""


def with_q(
    study: dict[str, dict[str, OnTask]], models: Sequence[Model]
) -> tuple[dict[str, dict[str, OnTask]], list[Family]]:
    """The differences with q. The untouched base is shown for orientation and is in no family.

    What is asked first, the largest γ of every bias type, is a family of its own: beside hundreds of other
    models it would drown.
    """
    largest = {arm.models[-1].label for arm in main_arms(models)}
    against, others = reference_name(models), OTHER_TRAINED if is_trained(models) else "models"
    rows: dict[str, list[tuple[str, Difference]]] = {}
    for label in (model.label for model in questioned(models)):
        for row in chain.from_iterable(found.differences for found in study[label].values()):
            name = _family_of(row.metric, label in largest, against, others)
            rows.setdefault(name, []).append((label, row))
    families, by_place = [], {}
    for name, listed in rows.items():
        adjusted, family = one_family((difference for _, difference in listed), name)
        families.append(family)
        for (label, _), row in zip(listed, adjusted, strict=True):
            by_place[label, row.task, row.metric] = row
    with_q = {
        label: {
            task: found._replace(
                differences=[by_place.get((label, task, d.metric), d) for d in found.differences]
            )
            for task, found in on_tasks.items()
        }
        for label, on_tasks in study.items()
    }
    return with_q, families


def _family_of(metric: str, is_largest: bool, against: str, others: str) -> str:
    if is_slice(metric):
        return f"Δ of every slice against {against}, every model and task"
    return MAP_FAMILY if is_largest else f"Δ score, gap and lean against {against}, all other {others}"


def with_holm(
    study: dict[str, dict[str, OnTask]], models: Sequence[Model]
) -> tuple[dict[str, dict[str, OnTask]], list[Family]]:
    """The headlines with Holm's p, those of one model's tasks among each other.

    Of a study with γ the model that is asked first is the largest γ of the set of rows that the experiment
    names first. Every other one is told by itself, as if it were the only one. The base is in no family.
    """
    first, sizes, found = headline_models(models), {}, dict(study)
    for label in (model.label for model in questioned(models)):
        on_tasks = study[label]
        rows, family = headline_family((one.headline for one in on_tasks.values() if one.headline), label)
        by_task = {row.task: row for row in rows}
        found[label] = {task: one._replace(headline=by_task.get(task)) for task, one in on_tasks.items()}
        sizes[label] = family.size
    families = [
        Family(f"headline: one signed change a task, {label}", "Holm", sizes.pop(label)) for label in first
    ]
    if sizes:
        name = f"headline: one signed change a task, each of {len(sizes)} other models by itself"
        families.append(Family(name, "Holm", max(sizes.values())))
    return found, families


def headline_models(models: Sequence[Model]) -> list[str]:
    """Labels of the models that are asked first; where nothing was trained, all but the first are."""
    if not is_trained(models):
        return [model.label for model in questioned(models)]
    return [arm.models[-1].label for arm in main_arms(models) if arm.reference][:1]


def headline_of(
    models: Sequence[Model], study: Mapping[str, Mapping[str, OnTask]]
) -> list[tuple[str, HeadlineRow]]:
    """What is asked first: of each of `headline_models` one signed change a task.

    Not a slope over all models: it supposes a straight line. And not the gap: see methodology.
    """
    return [
        (label, found.headline)
        for label in headline_models(models)
        for found in study[label].values()
        if found.headline
    ]

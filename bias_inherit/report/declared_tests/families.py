"""The families of differences to γ = 0: what is asked first is not adjusted together with all the rest."""

from collections.abc import Mapping, Sequence
from itertools import chain

from bias_inherit.compare import Difference, Family, OnTask, headline_family, one_family
from bias_inherit.compare.rows import HEADLINE, is_slice
from bias_inherit.engine.planning.plan import Model
from bias_inherit.report.arms import Arm, is_trained, main_arms, questioned, reference_name

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


def headline_of(
    main: Sequence[Arm], study: Mapping[str, Mapping[str, OnTask]]
) -> tuple[list[Difference], list[Family]]:
    """Δ gap at the largest γ of the set of rows that the experiment names first, one a task.

    Not a slope over all models: it supposes a straight line, and that one of K gaps is a gap at all costs K
    times the p.
    """
    if not main:
        return [], []
    rows = [
        row
        for found in study[main[0].models[-1].label].values()
        for row in found.differences
        if row.metric == HEADLINE
    ]
    rows, family = headline_family(
        rows, "headline: Δ gap at the largest γ of the first set of rows, one a task"
    )
    return rows, [family]

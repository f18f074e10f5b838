"""Every number of the report, family by family."""

from collections.abc import Mapping, Sequence

from bias_inherit.compare import compare_study
from bias_inherit.engine.planning.plan import Model
from bias_inherit.harness.results import ScoredModel
from bias_inherit.report.arms import main_arms, reference_of
from bias_inherit.report.declared_tests.averages import over_training_seeds, related_tasks
from bias_inherit.report.declared_tests.families import headline_of, with_q
from bias_inherit.report.declared_tests.found import DeclaredTests
from bias_inherit.report.declared_tests.mitigated import against_unmitigated
from bias_inherit.report.declared_tests.slopes import dose_responses, slope_families

MARGIN = 0.05
"""Two gaps that are shown to differ by less count as equivalent, unless the user says another margin."""


def find(
    models: Sequence[Model], scored: Mapping[str, ScoredModel], margin: float, workers: int = 1
) -> DeclaredTests:
    """Every number of the report.

    Args:
        models: In the order of the plan.
        scored: Label -> what the harness wrote.
        margin: Of equivalence.
        workers: Processes among which many models are dealt out.
    """
    references = {m.label: r.label for m in models if (r := reference_of(m, models))}
    study = compare_study(scored, references, workers)
    study, families = with_q(study, models)
    main = [arm for arm in main_arms(models) if arm.reference]
    headline, declared = headline_of(main, study)
    doses, of_slopes = slope_families(main, dose_responses(main, scored, workers))
    mitigated, of_mitigations = against_unmitigated(models, scored, workers)
    found = (*declared, *families, *of_slopes, *of_mitigations)
    return DeclaredTests(
        margin,
        tuple(family for family in found if family.size),
        tuple(family for family in families if family.size),
        study,
        headline,
        doses,
        mitigated,
        list(related_tasks(main, study)),
        list(over_training_seeds(models, scored)),
    )

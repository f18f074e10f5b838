"""Every number of the report, family by family."""

from collections.abc import Mapping, Sequence

from bias_inherit.compare import Declared, compare_study
from bias_inherit.engine.planning.plan import Model
from bias_inherit.engine.planning.references import reference_of
from bias_inherit.harness.results import ScoredModel
from bias_inherit.report.arms import main_arms
from bias_inherit.report.declared_tests.averages import over_training_seeds, related_tasks
from bias_inherit.report.declared_tests.families import headline_of, with_holm, with_q
from bias_inherit.report.declared_tests.found import DeclaredTests
from bias_inherit.report.declared_tests.mitigated import against_unmitigated
from bias_inherit.report.declared_tests.seeded_headline import seeded_headline
from bias_inherit.report.declared_tests.slopes import dose_responses, slope_families
from bias_tasks.margins import MARGINS, Margins


def find(
    models: Sequence[Model],
    scored: Mapping[str, ScoredModel],
    declared: Declared,
    margins: Margins = MARGINS,
    workers: int = 1,
) -> DeclaredTests:
    """Every number of the report.

    Args:
        models: In the order of the plan.
        scored: Label -> what the harness wrote.
        declared: Headlines beside the tasks' own.
        margins: Of equivalence.
        workers: Processes among which many models are dealt out.
    """
    references = {m.label: r.label for m in models if (r := reference_of(m, models))}
    study = compare_study(scored, references, workers, declared)
    study, families = with_q(study, models)
    main = [arm for arm in main_arms(models) if arm.reference]
    study, of_headlines = with_holm(study, models)
    doses, of_slopes = slope_families(main, dose_responses(main, scored, workers))
    mitigated = against_unmitigated(models, scored, declared, workers)
    seeded = seeded_headline(models, scored, declared)
    first = (seeded.family,) if seeded else ()
    found = (*first, *of_headlines, *families, *of_slopes, *mitigated.families)
    return DeclaredTests(
        margins,
        tuple(family for family in found if family.size),
        tuple(family for family in families if family.size),
        study,
        headline_of(models, study),
        seeded,
        doses,
        mitigated.differences,
        mitigated.headlines,
        list(related_tasks(main, study)),
        list(over_training_seeds(models, scored)),
    )

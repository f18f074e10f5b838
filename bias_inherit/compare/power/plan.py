"""What `plan` says of power: of every task the smallest change of its headline that is found."""

from collections.abc import Iterator
from math import isnan

from bias_inherit.compare.headline import questions
from bias_inherit.compare.power.headlines import KnownHeadline, Planned, known_headline
from bias_inherit.compare.power.known import Known
from bias_inherit.compare.wording import in_unit
from bias_inherit.engine.experiment_file.experiment import Experiment
from bias_inherit.engine.experiment_file.headline import declared_headlines
from bias_inherit.engine.experiment_file.study import Study
from bias_inherit.engine.planning.plan import Plan
from bias_inherit.kit.quantities import DASH, counted, number
from bias_tasks.statistics import FEWEST_CLUSTERS, FEWEST_SEEDS, POWER, SIGNIFICANCE


def lines(study: Study, plan: Plan, known: Known) -> Iterator[str]:
    """Nothing for a study that compares nothing."""
    if len(plan.models) < 2:
        return
    seeds = len(study.seeds) if isinstance(study, Experiment) else 1
    declared = declared_headlines(study.headline)
    asked = [task for task in study.score.tasks if questions(task, declared)]
    level = SIGNIFICANCE / max(1, len(asked))
    told = [found for task in asked if (found := known_headline(task, known, declared))]
    yield f"  power: the smallest change of a headline that {100 * POWER:.0f} of 100 such studies would find"
    is_planted = isinstance(study, Experiment) and bool(study.generate and study.generate.planted)
    width = max((len(_question(headline)) for headline in told), default=0)
    for headline in told:
        documents = min(study.score.limit_of(headline.task) or headline.documents, headline.documents)
        change = headline.smallest_change(Planned(documents, seeds, level))
        effect = DASH if isnan(change) else in_unit(number(change), headline.unit)
        clusters = headline.clusters(documents)
        size = f"{counted(documents, 'document')} ({counted(clusters, 'cluster')})"
        size += _too_few(clusters, isnan(change), is_planted)
        size += f"; no variance of {headline.instead_of} is known" if headline.instead_of else ""
        yield f"    {_question(headline):<{width}}  {effect:<15}  {size}"
    if not_told := sorted(set(asked) - {headline.task for headline in told}, key=asked.index):
        yield f"    not told, because no variance of it is known: {', '.join(not_told)}"
    yield f"    tested at {_level(len(asked))}; {_of_seeds(seeds, told)}"
    yield f"    by the variances of {known.words}"


def _too_few(clusters: int, finds_nothing: bool, is_planted: bool) -> str:
    if finds_nothing:
        return ": too few for any test"
    if is_planted and clusters < FEWEST_CLUSTERS:
        return f": too few for a test of doses, which takes {FEWEST_CLUSTERS}"
    return ""


def _question(headline: KnownHeadline) -> str:
    return f"{headline.task} {headline.name}"


def _level(tasks: int) -> str:
    if tasks == 1:
        return f"{SIGNIFICANCE:g}"
    return f"{SIGNIFICANCE:g} / {tasks} = {SIGNIFICANCE / tasks:.2g}, Holm's first step over {tasks} tasks"


def _of_seeds(seeds: int, told: list[KnownHeadline]) -> str:
    if seeds < FEWEST_SEEDS:
        return "of one training seed: nothing is said of others"
    if all(headline.counts_seeds(seeds) for headline in told):
        return f"of the mean over {seeds} training seeds"
    return f"of one training seed: how much the {seeds} scatter is not known"

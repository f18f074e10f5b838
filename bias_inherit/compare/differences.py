"""Two models on the same documents: paired differences with intervals and tests."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

from bias_inherit.compare.contrast import DIFFERENCE, contrast
from bias_inherit.compare.headline import Declared, HeadlineRow, headline_family, headline_of
from bias_inherit.compare.matching import Matched, match
from bias_inherit.compare.placebo import PlaceboChange, placebo_changes
from bias_inherit.compare.rows import Difference, Estimate, Family, in_families
from bias_inherit.harness.results import Sample, ScoredModel, settings_that_differ, versions_that_differ
from bias_inherit.kit.errors import UsageError
from bias_tasks.catalogue import ALL_TASKS, GROUP, named
from bias_tasks.in_question import in_question, is_placebo
from bias_tasks.margins import MARGINS, Margins
from bias_tasks.measure import Measure, analyse
from bias_tasks.records import Record
from bias_tasks.statistics import NO_INTERVAL
from bias_tasks.ungraded import why_ungraded

COMPARED = "of every task compared"
"""What a comparison's families are of."""


class Comparison(NamedTuple):
    """Two models on every task that both were scored on.

    Attributes:
        differences: Every metric of every task, with q.
        headline: One signed change a task, with Holm's p.
        families: The tests that were adjusted together.
        matched: Task -> documents of both, and of one only.
        only_reference, only_other: Tasks that one of the two was not scored on.
        settings: Where the two were not scored alike: one line each. Versions of a task are not compared.
        margins: Of equivalence.
        placebo: The two beside their placebos.
        remarks: Why graded measures or placebos are missing, and tasks that were compared in another family.
    """

    differences: list[Difference]
    headline: list[HeadlineRow]
    families: tuple[Family, ...]
    matched: Mapping[str, Matched]
    only_reference: tuple[str, ...]
    only_other: tuple[str, ...]
    settings: tuple[str, ...]
    margins: Margins = MARGINS
    placebo: tuple[PlaceboChange, ...] = ()
    remarks: tuple[str, ...] = ()


def compare(reference: ScoredModel, other: ScoredModel) -> list[Difference]:
    """Paired differences of every metric of every task that both models were scored on."""
    return compare_models(reference, other).differences


def compare_models(
    reference: ScoredModel,
    other: ScoredModel,
    tasks: Sequence[str] | None = None,
    declared: Declared | None = None,
    margins: Margins = MARGINS,
) -> Comparison:
    """Paired differences with what they are based on.

    Args:
        reference: What the other is compared with.
        other: The model of interest.
        tasks: Harness names; all that both have where none are named.
        declared: Headlines beside the tasks' own.
        margins: Of equivalence.

    Raises:
        UsageError: a task that was asked for is missing, no task is shared, or none in the same version.
    """
    shared = _shared_tasks(reference, other, tasks)
    versions = versions_that_differ(reference.results, other.results, shared)
    not_compared = [f"{task}: {words}; not compared" for task, words in versions.items()]
    if len(versions) == len(shared):
        raise UsageError(f"no task of one version in both folders: {'; '.join(not_compared)}")
    matched = {
        task: match(reference.samples[task], other.samples[task]) for task in shared if task not in versions
    }
    found = [on_task(task, pairs, declared or {}) for task, pairs in matched.items()]
    differences, families = in_families(chain.from_iterable(rows for rows, _ in found), COMPARED)
    headline, of_headline = headline_family((row for _, row in found if row), f"one change {COMPARED}")
    asked = set(tasks) if tasks else set(reference.samples) | set(other.samples)
    asked = {task for task in asked if not is_placebo(task)}
    placebo, remarks = placebo_changes(reference, other, differences)
    if counted := [task for task in other.samples if task in asked & reference.samples.keys() - set(shared)]:
        remarks.append(f"{named(counted)}: asked in {GROUP} in the same words, and compared there")
    ungraded = dict.fromkeys([*reference.ungraded, *other.ungraded])
    if line := why_ungraded(task for task in ungraded if task in matched):
        remarks.append(line)
    return Comparison(
        differences,
        headline,
        (*families, of_headline),
        matched,
        tuple(task for task in reference.samples if task in asked and task not in other.samples),
        tuple(task for task in other.samples if task in asked and task not in reference.samples),
        (*not_compared, *settings_that_differ(reference.results, other.results, matched)),
        margins,
        tuple(placebo),
        tuple(remarks),
    )


def _shared_tasks(reference: ScoredModel, other: ScoredModel, tasks: Sequence[str] | None) -> list[str]:
    shared = [task for task in reference.samples if task in other.samples]
    for task in tasks or ():
        for which, model in (("first", reference), ("second", other)):
            if task not in model.samples:
                has = ", ".join(model.samples)
                raise UsageError(f"no samples of {task} in the {which} folder; there are {has}")
    if not shared:
        tasks_of = [", ".join(model.samples) for model in (reference, other)]
        raise UsageError(f"the two folders share no task: {tasks_of[0]} against {tasks_of[1]}")
    compared = in_question(task for task in shared if not tasks or task in tasks)
    if not compared:
        raise UsageError("the two folders share placebos only; what is compared are the tasks beside them")
    return compared


def on_task(task: str, matched: Matched, declared: Declared) -> tuple[list[Difference], HeadlineRow | None]:
    """Every metric's difference on one task, and its headline, without q and Holm's p.

    Nothing where no document is shared.
    """
    if not matched.reference:
        return [], None
    models = records_of(matched.reference), records_of(matched.other)
    # One after the other: the headline is asked of the exchanges that the differences drew.
    contrasts = contrast(ALL_TASKS[task].measure, models, DIFFERENCE)
    differences = [
        Difference(task=task, metric=metric, contrast=found) for metric, found in contrasts.items()
    ]
    return differences, headline_of(task, models, declared)


def records_of(samples: Iterable[Sample]) -> tuple[Record, ...]:
    """The records of samples, in an order that their contents say, so that no result depends on another.

    Stable, so that documents of one content stay paired as they were matched.
    """
    in_order = sorted(samples, key=lambda sample: (sample.record.cluster, sample.doc_hash))
    return tuple(sample.record for sample in in_order)


def estimates(model: ScoredModel, task: str) -> dict[str, Estimate]:
    """Every metric of a task with its standard error and interval, from the samples."""
    measure: Measure = ALL_TASKS[task].measure
    summary, bounds = analyse(measure, records_of(model.samples[task]))
    return {
        metric: Estimate(
            value, summary.get(f"{metric}_stderr", float("nan")), bounds.get(metric, NO_INTERVAL)
        )
        for metric, value in summary.items()
        if not metric.endswith("_stderr")
    }

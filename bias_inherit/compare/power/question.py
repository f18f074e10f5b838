"""One question of power and its answer in words: of effect, size and power two are given."""

from typing import NamedTuple

from bias_inherit.compare.power.known import OfTask
from bias_inherit.kit.errors import UsageError
from bias_inherit.kit.quantities import number
from bias_tasks.statistics import (
    POWER,
    SIGNIFICANCE,
    Sample,
    clusters_needed,
    counts_seeds,
    power_to_find,
    smallest_effect,
)
from bias_tasks.workload import workload


class Question(NamedTuple):
    """What is asked of a task and metric.

    Attributes:
        effect: Change of the metric; None where it, or nothing else, is asked for.
        documents: None where their number is asked for, or all of the task's are meant.
        power: None for `POWER`, or where it is asked for.
        seeds: Training seeds.
        level: Of the two-sided test.
    """

    task: str
    metric: str
    effect: float | None = None
    documents: int | None = None
    power: float | None = None
    seeds: int = 1
    level: float = SIGNIFICANCE


def documents_there(task: str, known: OfTask) -> int:
    """All of a task's documents; of a public set as many as were seen."""
    load = workload().get(task)
    return load.documents if load else known.documents


def answer(question: Question, known: OfTask) -> list[str]:
    """The answer, and how it is to be read.

    Raises:
        UsageError: all three are given, an effect of 0, or too few documents.
    """
    if question.effect == 0:
        raise UsageError("--effect: no study finds a change of 0; expected another number")
    if None not in (question.effect, question.documents, question.power):
        raise UsageError("of --effect, --documents (or --clusters) and --power give two; the third is told")
    if question.effect is None:
        said = _effect(question, known)
    elif question.documents is None:
        said = _documents(question, question.effect, known)
    else:
        said = _power(question, question.effect, known)
    by_mean = counts_seeds(known.metrics[question.metric].scatter, question.seeds)
    seeds = f"mean of {question.seeds} training seeds" if by_mean else "one training seed"
    return [f"{question.task}, {question.metric}: {said}", f"two-sided test at {question.level:g}, {seeds}"]


def _effect(question: Question, known: OfTask) -> str:
    scatter, sample = known.metrics[question.metric].scatter, _sample(question, known)
    found = smallest_effect(scatter, sample, question.power or POWER)
    return f"{_share(question)} of {_size(question, known)} find a change of {number(found)}"


def _documents(question: Question, effect: float, known: OfTask) -> str:
    scatter = known.metrics[question.metric].scatter
    needed = clusters_needed(effect, scatter, question.seeds, question.level, question.power or POWER)
    if needed is None:
        return (
            f"with {question.seeds} training seeds no number of documents is enough for {_share(question)} "
            f"to find a change of {number(abs(effect))}"
        )
    documents = known.documents_of(question.metric, needed)
    size = f"{documents:,} documents ({needed:,} clusters)"
    return f"{_share(question)} of {size} find a change of {number(abs(effect))}"


def _power(question: Question, effect: float, known: OfTask) -> str:
    scatter, sample = known.metrics[question.metric].scatter, _sample(question, known)
    share = _of_hundred(power_to_find(effect, scatter, sample))
    return f"{share} of {_size(question, known)} find a change of {number(abs(effect))}"


def _sample(question: Question, known: OfTask) -> Sample:
    documents = _documents_of(question, known)
    clusters = known.clusters(question.metric, documents)
    if clusters < 2:
        raise UsageError(
            f"--documents: {documents} hold {clusters} clusters of {question.metric}; expected 2 or more"
        )
    return Sample(clusters, question.seeds, question.level)


def _documents_of(question: Question, known: OfTask) -> int:
    there = question.documents
    return documents_there(question.task, known) if there is None else there


def _size(question: Question, known: OfTask) -> str:
    documents = _documents_of(question, known)
    return f"{documents:,} documents ({known.clusters(question.metric, documents):,} clusters)"


def _share(question: Question) -> str:
    return _of_hundred(question.power or POWER)


def _of_hundred(share: float) -> str:
    return f"{100 * share:.0f} of 100 studies"

"""One question of power and its answer in words: of change, documents and power one is asked for."""

from collections.abc import Iterator
from typing import NamedTuple

from bias_inherit.compare.power.headlines import KnownHeadline, Planned
from bias_inherit.compare.wording import in_unit
from bias_inherit.kit.errors import UsageError
from bias_inherit.kit.quantities import counted, number
from bias_tasks.statistics import POWER, SIGNIFICANCE


class Question(NamedTuple):
    """What is asked of a headline.

    Attributes:
        change: Size of a change; None where it is asked for.
        documents: None where their number is asked for, and otherwise for all of the task's.
        power: None where it is asked for, and otherwise for `POWER`.
        seeds: Training seeds.
        level: At which the headline is tested.
    """

    change: float | None = None
    documents: int | None = None
    power: float | None = None
    seeds: int = 1
    level: float = SIGNIFICANCE


def answer(question: Question, headline: KnownHeadline) -> Iterator[str]:
    """The answer, and how it is to be read.

    Raises:
        UsageError: nothing is left to be asked for, or no answer can be given.
    """
    change, documents, power, seeds, level = question
    if change is not None and power is not None:
        if documents is not None:
            raise UsageError("of --effect, --documents and --power give two; the third is told")
        documents = headline.documents_needed(change, power, seeds, level)
        if documents is None:
            of_seeds = " or more --seeds" if headline.counts_seeds(seeds) else ""
            raise UsageError(
                f"--effect {change:g}: no number of documents is enough; expected a larger effect{of_seeds}"
            )
    else:
        documents = _enough(documents or headline.documents, headline, level, seeds)
        planned = Planned(documents, seeds, level)
        if change is None:
            power = power or POWER
            change = headline.smallest_change(planned, power)
        else:
            power = headline.share_found(change, planned)
    size = f"{counted(documents, 'document')} ({counted(headline.clusters(documents), 'cluster')})"
    found = (
        f"{_of_hundred(power)} studies of {size} find a change of {in_unit(number(change), headline.unit)}"
    )
    yield f"{headline.task}, {headline.name}: {found}"
    direction = headline.headline.direction
    way = "in either direction" if direction == "either" else f"{direction} alone"
    over = (
        f"of the mean over {seeds} training seeds" if headline.counts_seeds(seeds) else "of one training seed"
    )
    yield f"tested at {level:g}, {way}; {over}"


def _enough(documents: int, headline: KnownHeadline, level: float, seeds: int) -> int:
    fewest = headline.fewest_documents(level, seeds)
    if documents < fewest:
        raise UsageError(
            f"--documents {documents}: too few clusters for any test at {level:g}; expected {fewest} or more"
        )
    return documents


def _of_hundred(power: float) -> str:
    share = round(100 * power)
    return (
        "more than 99 of 100" if share == 100 else "fewer than 1 of 100" if share == 0 else f"{share} of 100"
    )

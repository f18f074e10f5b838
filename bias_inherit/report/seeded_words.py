"""What training seeds say, in sentences: of what errors are, and the headline over seeds."""

from collections.abc import Iterator, Sequence
from math import isnan

from bias_inherit.compare.wording import in_unit, within
from bias_inherit.kit.quantities import bounds, p_equals, signed
from bias_inherit.report.declared_tests import SeededHeadline, SeededHeadlineRow
from bias_inherit.report.gather import ReportData
from bias_inherit.report.headline_words import UNTESTED, none_told_apart, shown_small, told_apart
from bias_inherit.report.how_large import how_large
from bias_tasks.catalogue import ALL_TASKS
from bias_tasks.margins import Unit
from bias_tasks.statistics import FEWEST_SEEDS, Effect


def about_seeds(seeds: int, is_over_seeds: bool) -> str:
    """Whether errors speak of other seeds: a sentence."""
    if is_over_seeds:
        return f"Over {seeds} training seeds and the documents."
    return f"{too_few_seeds(seeds)}: intervals and p are of documents and say nothing about other seeds."


def too_few_seeds(seeds: int) -> str:
    """How many there were where nothing is claimed about others."""
    return "One training seed" if seeds == 1 else f"{seeds} training seeds, fewer than {FEWEST_SEEDS}"


def against_in_words(effect: Effect) -> str:
    """`, but not under 1 of 3 seeds`, where its error does not know of seeds; else nothing."""
    return (
        f", but not under {effect.n_against} of {len(effect.points)} seeds" if effect.is_contradicted else ""
    )


def effect_in_words(effect: Effect, unit: Unit) -> str:
    """`+0.132 log-odds [+0.104, +0.160]`, and whether seeds disagree."""
    size = in_unit(signed(effect.mean), unit)
    return f"{size} [{bounds(effect.interval, sign=True)}]{against_in_words(effect)}"


def seeded_headline_sentences(data: ReportData, found: SeededHeadline) -> Iterator[str]:
    """What was found, then what was shown to be small, and what is open."""
    margins, seeds = data.tests.margins, len(found.models)
    head = (
        f"Headline, declared beforehand: “{found.label}” minus {data.reference}, one signed change per task, "
        f"mean of {seeds} training seeds. "
    )
    tested = [row for row in found.rows if not isnan(row.tested.p_holm)]
    moved = [row for row in tested if row.tested.is_found]
    about = f" {about_seeds(seeds, found.is_over_seeds)}"
    if moved:
        yield from told_apart(head, [_moved(data, found, row) for row in moved], len(tested), about)
    elif tested:
        yield f"{head}{_none_moved(tested)}{about}"
    else:
        yield f"{head}{UNTESTED}{about}"
    parts = []
    if mixed := [row for row in found.rows if row.verdict(margins) == "mixed"]:
        parts.append(f"Mixed, seeds disagree: {', '.join(map(_size, mixed))}.")
    if same := [row for row in found.rows if row.verdict(margins) == "equivalent"]:
        parts.append(shown_small([within(row.of.task, row.of.signed.unit, margins) for row in same]))
    if undecided := [row for row in found.rows if row.verdict(margins) == "undecided"]:
        parts.append(f"Undecided, too few seeds or documents to say: {', '.join(map(_size, undecided))}.")
    if parts:
        yield " ".join(parts)


def _none_moved(tested: Sequence[SeededHeadlineRow]) -> str:
    if any(row.tested.is_mixed for row in tested):
        return "No change that every seed shows is told apart from 0."
    least = min(tested, key=lambda row: row.tested.p_holm)
    return none_told_apart(least.tested.p_holm, least.of.task)


def _size(row: SeededHeadlineRow) -> str:
    """`occupation +0.132 log-odds [+0.104, +0.160]`."""
    return f"{ALL_TASKS[row.of.task].name} {effect_in_words(row.tested.effect, row.of.signed.unit)}"


def _moved(data: ReportData, found: SeededHeadline, row: SeededHeadlineRow) -> str:
    labels, of = [model.label for model in found.models], row.of
    large = how_large(data.placebo, of.task, labels, row.tested.effect.mean, of.signed, data.reference)
    return f"{_size(row)}, {p_equals(row.tested.p_holm)} (Holm), toward “{row.says}”, {large}"

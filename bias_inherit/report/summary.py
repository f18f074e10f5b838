"""What came out, in sentences that claim no more than the tests do."""

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import groupby

from bias_inherit.compare.headline import HeadlineRow, Verdict
from bias_inherit.compare.notes import instead_lines
from bias_inherit.compare.wording import leaning, p_of_k, times, what_moved, within
from bias_inherit.engine.planning.references import questioned
from bias_inherit.kit.quantities import counted, number
from bias_inherit.report.control_words import control_sentences
from bias_inherit.report.gather import ReportData
from bias_inherit.report.headline_words import UNTESTED, none_told_apart, shown_small, told_apart
from bias_inherit.report.how_large import how_large
from bias_inherit.report.seeded_words import seeded_headline_sentences, too_few_seeds
from bias_tasks.catalogue import ALL_TASKS
from bias_tasks.margins import Margins
from bias_tasks.measure import LEAN
from bias_tasks.statistics import FEWEST_SEEDS, SIGNIFICANCE

NAMED = 3
"""Tasks that the sentence on placebos names."""


def summary(data: ReportData) -> list[str]:
    """A few sentences: what was found first."""
    return [*findings(data), *_more(data)]


def findings(data: ReportData) -> list[str]:
    """What a reader must know who reads no more: whether what was planted is found, and the headline."""
    told = list(control_sentences(data))
    if data.tests.seeded_headline:
        told += seeded_headline_sentences(data, data.tests.seeded_headline)
        told += _instead(data)
    elif data.tests.headline:
        told += _headline(data)
    elif len(data.models) == 1:
        told += _of_one_model(data)
    return told


def _more(data: ReportData) -> Iterator[str]:
    yield from _beside_placebo(data)
    yield from _of_every_model(data)
    yield _of_gaps(data)
    yield _of_invalid(data)
    seeds = len({model.seed for model in data.models})
    if any(model.gamma for model in data.models) and seeds < FEWEST_SEEDS:
        yield (
            f"{too_few_seeds(seeds)}. Intervals and tests are about documents: they do not say whether "
            "another training run would show the same."
        )


def _headline(data: ReportData) -> Iterator[str]:
    """What was found, then what was shown to be small, what is open, and what could not be asked."""
    margins, reference = data.tests.margins, data.reference
    for label, rows in groupby(data.tests.headline, key=lambda found: found[0]):
        listed = [row for _, row in rows]
        tested = [row for row in listed if not math.isnan(row.p_holm)]
        head = f"Headline, declared beforehand: “{label}” minus {reference}, one signed change per task. "
        moved = [row for row in tested if row.is_found]
        if moved:
            sizes = [f"{what_moved(row)}, {_how_large(data, label, row)}" for row in moved]
            yield from told_apart(head, sizes, len(tested))
        elif tested:
            least = min(tested, key=lambda row: row.p_holm)
            yield f"{head}{none_told_apart(least.p_holm, least.task)}"
        else:
            yield f"{head}{UNTESTED}"
        same = [row for row in listed if row.verdict(margins) == "equivalent"]
        undecided = [row for row in listed if row.verdict(margins) == "undecided"]
        told = []
        if same:
            told.append(shown_small([within(row.task, row.change.signed.unit, margins) for row in same]))
        if undecided:
            open_tasks = ", ".join(
                f"{ALL_TASKS[row.task].name} ({number(row.change.mde)} would be found in 80 of 100 cases)"
                for row in undecided
            )
            told.append(f"Undecided, too few documents to say: {open_tasks}.")
        if told:
            yield " ".join(told)
    yield from _instead(data)


def _instead(data: ReportData) -> Iterator[str]:
    """What could not be asked."""
    return (f"{line}." for line in instead_lines([row for _, row in data.tests.headline]))


def _how_large(data: ReportData, label: str, row: HeadlineRow) -> str:
    return how_large(data.placebo, row.task, [label], row.delta, row.change.signed, data.reference)


def _beside_placebo(data: ReportData) -> Iterator[str]:
    """How large what groups do is: of the models of the headline; where there is none, of the first one."""
    for label in dict.fromkeys(label for label, _ in data.tests.headline) or [data.models[0].label]:
        found = [
            (found, ALL_TASKS[task].name)
            for task, models in data.placebo.tasks.items()
            if label in models and (found := models[label].other) and not math.isnan(found.ratio)
        ]
        largest = sorted(found, key=lambda beside: -beside[0].ratio)[:NAMED]
        if largest:
            told = ", ".join(f"{times(k)} times as much on {task} (p {p_of_k(k)})" for k, task in largest)
            more = f", the {NAMED} largest of {len(found)} tasks" if len(found) > NAMED else ""
            yield (
                "Beside a placebo, an equal change of words that says nothing of groups: groups move "
                f"“{label}” {told}{more}."
            )


def _of_one_model(data: ReportData) -> Iterator[str]:
    """Which way a model leans that is compared with no other."""
    told = []
    for task, (cell, *_) in data.tasks:
        if task.lean and not math.isnan(cell.metrics[LEAN].value):
            says = leaning(task.lean, cell.metrics[LEAN], cell.metrics[f"{LEAN}_p"].value)
            told.append(f"{task.name}: {says}")
    if told:
        yield f"Which way “{data.models[0].label}” leans, each task taken alone: {'; '.join(told)}."


def _of_every_model(data: ReportData) -> Iterator[str]:
    seeded = data.tests.seeded_headline
    asked = {label for label, _ in data.tests.headline} | {m.label for m in (seeded.models if seeded else ())}
    margins = data.tests.margins
    rows = [
        found.headline
        for model in questioned(data.models)
        for found in data.tests.study[model.label].values()
        if model.label not in asked and found.headline
    ]
    if rows:
        verdicts = Counter(row.verdict(margins) for row in rows)
        yield (
            f"The same asked of every other model against {data.reference}, each by itself: "
            f"{verdicts_in_words(verdicts, margins)}."
        )


def verdicts_in_words(verdicts: Mapping[Verdict, int], margins: Margins) -> str:
    """`1 change, undecided`; `12 changes, all undecided`; `12 changes: 3 told apart from 0 (Holm), ...`."""
    within = f"± {margins.log_odds:g} log-odds or ± {margins.share:g} of shares and log pay"
    words: dict[Verdict, str] = {
        "found": "told apart from 0 (Holm)",
        "equivalent": f"shown to be within {within}",
        "undecided": "undecided",
    }
    there = [(verdicts[verdict], told) for verdict, told in words.items() if verdicts.get(verdict)]
    total = counted(sum(count for count, _ in there), "change")
    if len(there) == 1:
        ((count, told),) = there
        return f"{total}, {'all ' if count > 1 else ''}{told}"
    return f"{total}: {', '.join(f'{count} {told}' for count, told in there)}"


def _of_gaps(data: ReportData) -> str:
    cells = [cell for result in data.tasks for cell in result.cells]
    apart = sum(cell.metrics["gap_p"].value <= SIGNIFICANCE for cell in cells)
    return (
        f"In {apart} of {len(cells)} cells (model and task) the gap itself is larger than groups that do not "
        f"matter would show (p ≤ {SIGNIFICANCE:g}, each taken alone: about {SIGNIFICANCE * len(cells):.0f} "
        "would be so by chance)."
    )


def _of_invalid(data: ReportData) -> str:
    rates = [
        (cell.metrics["invalid"].value, cell.model, result.task.name)
        for result in data.tasks
        for cell in result.cells
        # What is only read cannot be unusable.
        if "invalid" in cell.metrics and not math.isnan(cell.metrics["invalid"].value)
    ]
    highest, model, task = max(rates, default=(0.0, "", ""))
    if not highest:
        return "Every answer of every model was usable."
    return f"Unusable answers: up to {highest:.0%} ({model} on {task}); see the section on invalid answers."

"""What planted controls found, in sentences."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import isnan

from bias_inherit.engine.experiment_file.experiment import Experiment
from bias_inherit.kit.quantities import bounds, number, p_equals, signed
from bias_inherit.report.declared_tests.controls import (
    REFERENCE,
    Cause,
    Controls,
    DoseCurve,
    Left,
    Negative,
    OnTask,
    Rejections,
    Tested,
)
from bias_inherit.report.gather import ReportData
from bias_inherit.report.how_large import how_large
from bias_inherit.report.seeded_words import about_seeds, against_in_words, effect_in_words
from bias_tasks.catalogue import ALL_TASKS
from bias_tasks.statistics import SIGNIFICANCE, Share

UNTESTED = "too few clusters of documents, or answers that never differ"
MORE_ROWS = (
    "It also saw more true rows than γ = 0 (design accumulate), which is a change of its own; doses are told "
    "from rate 0."
)


def control_sentences(data: ReportData) -> Iterator[str]:
    """First whether what was planted is found, then what other rows do; none without planted rows."""
    found = data.controls
    if found is None:
        return
    rule = str(data.planted[0].manifest["inputs"]["rule"]["words"])
    if found.trained:
        yield from (_of_full_dose(data, found, task, rule) for task in found.trained)
    else:
        yield f"No task asks what was planted ({rule}): it can show only where it crosses to other tasks."
    yield from (_of_written(found, task) for task in found.trained if found.conditions.written)
    yield from (_of_doses(task, curve) for task in found.trained for curve in task.curves if curve.trend)
    if found.negatives:
        yield _of_nothing(found, sees_more_rows(data))
    yield from (_of_mitigations(found, task) for task in found.trained if found.conditions.mitigated)
    yield from (line for task in found.trained if task.full.is_found for line in _of_sentence(task))
    if found.others:
        yield _of_crossing(found)


def found_in_words(tested: Tested) -> str:
    """Whether it is told from 0, in a word of a table: in its family where there is one, else taken alone."""
    is_told = tested.is_told if isnan(tested.p_holm) else tested.is_found
    return "yes" if is_told else "mixed" if tested.is_mixed else "no"


def share_in_words(share: Share) -> str:
    """`12 % [-3, 29]`; a dash where there is none."""
    if isnan(share.value):
        return "–"
    return f"{100 * share.value:.0f} % [{bounds((100 * end for end in share.interval), 0)}]"


def _size(tested: Tested, task: OnTask) -> str:
    """`+0.127 [+0.098, +0.156]`, with the unit where there is one."""
    return effect_in_words(tested.effect, task.of.signed.unit)


def shares_of_seeds_in_words(share: Share) -> str:
    """`4 75 14 %`; a dash where there is none."""
    return f"{percentages(share.points)} %" if share.points else "–"


def percentages(shares: Iterable[float]) -> str:
    """`4 75 14`."""
    return " ".join(f"{100 * share:.0f}" for share in shares)


def nothing_in_words(found: Controls) -> str:
    """`rate 0` or `γ = 0`: what a dose is told from."""
    return f"rate {found.conditions.nothing.rate:g}" if found.conditions.has_negative else REFERENCE


def of_what(found: Controls) -> str:
    """Whether an error speaks of seeds: a sentence."""
    return about_seeds(len(found.conditions.seeds), found.tasks[0].full.effect.is_over_seeds)


def _of_full_dose(data: ReportData, found: Controls, task: OnTask, rule: str) -> str:
    full, name = task.full, ALL_TASKS[task.of.task].name
    dose = f"rate {found.conditions.full.rate:g}, γ = {found.conditions.full.gamma:g}"
    if isnan(full.p):
        return f"Whether what was planted ({rule}) is found could not be tested on {name}: {UNTESTED}."
    if full.is_found:
        head = "The instrument finds the rule that was planted"
    else:
        head = "Seeds disagree about the rule" if full.is_mixed else "The rule is not found"
    size = f"{_size(full, task)}, against {nothing_in_words(found)}, {p_equals(full.p)}"
    told = f"{head} ({rule}): at the full dose ({dose}) {task.of.signed.name} of {name} moves by {size}"
    if not full.is_found:
        return f"{told}. So what is not found below may be there all the same. {of_what(found)}"
    labels, of = [model.label for model in found.conditions.full.models], task.of
    large = how_large(data.placebo, of.task, labels, full.effect.mean, of.signed, data.reference)
    return f"{told}: {large}, toward “{_toward(task)}”. {of_what(found)}"


def _toward(task: OnTask) -> str:
    return task.of.signed.above if task.full.effect.mean > 0 else task.of.signed.below


def _of_written(found: Controls, task: OnTask) -> str:
    written = [left for left in task.left if left.condition in found.conditions.written]
    wrote = all(condition.models[0].bias_types for condition in found.conditions.written)
    of_whom = "rows that the model wrote" if wrote else "the other rows"
    asked = (
        f"The same asked of {of_whom} ({ALL_TASKS[task.of.task].name}, {task.of.signed.name}, "
        f"against {nothing_in_words(found)})"
    )
    if len(written) == 1:
        told = [_left_in_words(written[0], task), _verdict(written[0], task), *_beside_planted(written[0])]
        return f"{asked}: {', '.join(told)}."
    by_verdict: dict[str, list[Left]] = {}
    for left in written:
        by_verdict.setdefault(_verdict(left, task), []).append(left)
    groups = (_of_group(verdict, lefts, task) for verdict, lefts in by_verdict.items())
    return f"{asked}. {' '.join(groups)}"


def _of_group(verdict: str, lefts: Sequence[Left], task: OnTask) -> str:
    """`Not told from 0: type 1 at γ = 0.5: …; …`: those of one verdict."""
    told = (", ".join([_left_in_words(left, task), *_beside_planted(left)]) for left in lefts)
    return f"{verdict[0].upper()}{verdict[1:]}: {'; '.join(told)}."


def _left_in_words(left: Left, task: OnTask) -> str:
    condition = left.condition
    return (
        f"{condition.label} at γ = {condition.gamma:g}: {_size(left.tested, task)}, {p_equals(left.tested.p)}"
    )


def _verdict(left: Left, task: OnTask) -> str:
    if not left.tested.is_told:
        return "seeds disagree" if left.tested.is_mixed else "not told from 0"
    signed_of = task.of.signed
    return f"told from 0, toward “{signed_of.above if left.tested.effect.mean > 0 else signed_of.below}”"


def _beside_planted(left: Left) -> list[str]:
    return [] if isnan(left.share.value) else [f"{share_in_words(left.share)} of the planted effect"]


def _of_doses(task: OnTask, curve: DoseCurve) -> str:
    name = ALL_TASKS[task.of.task].name
    return (
        f"Dose and response over {curve.axis} ({name}): of {len(curve.doses) - 1} doses "
        f"{found_doses_in_words(curve)} (Holm); {monotone_in_words(curve)}."
    )


def found_doses_in_words(curve: DoseCurve) -> str:
    """From which on every dose is found; where not even the largest is, which others are."""
    if curve.smallest_found is not None:
        return f"the smallest that is found is {curve.smallest_found:g}"
    largest = curve.doses[-1].over_nothing
    if largest and largest.is_mixed:
        told = "the largest is mixed, as seeds disagree"
    else:
        told = f"not even the largest is told from {curve.nothing}"
    smaller = [f"{one.dose:g}" for one in curve.doses if one.over_nothing and one.over_nothing.is_found]
    return (
        f"{told}, though {' and '.join(smaller)} {'is' if len(smaller) == 1 else 'are'}" if smaller else told
    )


def monotone_in_words(curve: DoseCurve) -> str:
    """The trend, and whether every step goes its way."""
    if curve.trend is None or isnan(curve.trend.p):
        return "a trend cannot be tested"
    slope = f"{signed(curve.trend.effect.mean)} a unit of {curve.axis}{against_in_words(curve.trend.effect)}"
    trend = f"trend {slope}, {p_equals(curve.trend.p)}"
    if curve.back is None:
        return f"monotone, every step goes one way ({trend})"
    step = f"{signed(curve.back.effect.mean)}{against_in_words(curve.back.effect)}"
    back = f"a step back of {step}, {p_equals(curve.back.p_holm)} (Holm)"
    said = "not monotone" if curve.monotone == "contradicted" else "monotone but for what may be noise"
    return f"{said}: {back} ({trend})"


def rejections_in_words(negatives: tuple[Negative, ...]) -> str:
    """`1 of 12; at 5 % 0.6 would be by chance, 1 or more with p = 0.460 (exact, binomial)`."""
    tests, told, p = Rejections.among(negatives)
    more = f", {told} or more with {p_equals(p)} (exact, binomial)" if told else ""
    return f"{told} of {tests}; at 5 % {number(SIGNIFICANCE * tests, 1)} would be by chance{more}"


def sees_more_rows(data: ReportData) -> bool:
    """Whether a mix has more rows than γ = 0."""
    return isinstance(data.experiment, Experiment) and data.experiment.mix.design == "accumulate"


def _of_nothing(found: Controls, has_more_rows: bool) -> str:
    over_seeds = found.negatives_over_seeds
    told = "Negative control: rate 0, where nothing was planted, is told from γ = 0 "
    if over_seeds:
        told += f"over seeds on {sum(n.tested.is_told for n in over_seeds)} of {len(over_seeds)} tasks, and "
    told += f"in tests of one seed's documents in {rejections_in_words(found.negatives)}."
    if has_more_rows:
        told += f" {MORE_ROWS}"
    return told


def _of_mitigations(found: Controls, task: OnTask) -> str:
    if not task.full.is_found:
        why = "seeds disagree about it" if task.full.is_mixed else "it is not told from 0"
        return f"What mitigations leave of the full dose cannot be said: {why}."
    several = len(found.conditions.seeds) > 1 and not task.full.effect.is_over_seeds
    shares = [
        f"{left.condition.label} {share_in_words(left.share)}"
        + (f" (seeds: {shares_of_seeds_in_words(left.share)})" if several else "")
        for left in task.left
        if left.condition in found.conditions.mitigated
    ]
    return f"Of the full dose on {ALL_TASKS[task.of.task].name} mitigations leave: {'; '.join(shares)}."


CAUSES: Mapping[Cause, str] = {
    "missed": "less of the rule shows where the sentence stands: the figures speak for a warning that is "
    "missed at test time, not for a cue",
    "cue": "more of the rule shows where the sentence stands: the figures speak for a cue that the model "
    "learnt to condition on, not for a warning that is missed at test time",
    "mixed": "seeds disagree, so the figures speak for neither",
    "neither": "not told from 0: the figures speak neither for a warning that is missed at test time nor for "
    "a cue that the model learnt to condition on",
}
"""What the sentence of *token* at test time says of why models show what they show without it."""


def _of_sentence(task: OnTask) -> Iterator[str]:
    """Of each model that was trained with it."""
    for one in task.sentences:
        if one.condition.models[0].is_trained_with_sentence:
            name, size = ALL_TASKS[task.of.task].name, _size(one.tested, task)
            yield (
                f"{one.condition.label} minus the same without it ({name}, each against no dose asked alike)"
                f": {size}, {p_equals(one.tested.p)}; {CAUSES[one.speaks_for(task.full)]}."
            )


def _of_crossing(found: Controls) -> str:
    crossed = [task for task in found.others if task.full.is_found]
    mixed = [task for task in found.others if task.full.is_mixed]
    tested = [task for task in found.others if not isnan(task.full.p)]
    untested = [task for task in found.others if isnan(task.full.p)]
    if not tested:
        return f"Whether it crosses to other tasks could not be tested: {UNTESTED}."
    besides = f" Seeds disagree: {'; '.join(map(_crossing, mixed))}." if mixed else ""
    besides += f" Not tested: {_names(untested)} ({UNTESTED})." if untested else ""
    if not crossed:
        under = " under every seed" if mixed else ""
        return f"It is not seen to cross to other tasks{under} ({_names(tested)}; Holm).{besides}"
    told = "; ".join(f"{_crossing(task)}, toward “{_toward(task)}”" for task in crossed)
    return f"It crosses to {len(crossed)} of {len(tested)} other tasks ({_names(tested)}): {told}.{besides}"


def _crossing(task: OnTask) -> str:
    return f"{ALL_TASKS[task.of.task].name} {_size(task.full, task)}, {p_equals(task.full.p_holm)} (Holm)"


def _names(tasks: Sequence[OnTask]) -> str:
    return ", ".join(ALL_TASKS[task.of.task].name for task in tasks)

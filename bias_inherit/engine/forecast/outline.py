"""The graph in words: what a file comes to, what is shared, what is there, what it will cost."""

import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from bias_inherit.engine.experiment_file.evaluation import Evaluation
from bias_inherit.engine.experiment_file.experiment import Experiment
from bias_inherit.engine.experiment_file.headline import declared_headlines
from bias_inherit.engine.experiment_file.study import Study
from bias_inherit.engine.forecast.estimates import (
    adapter_bytes,
    bytes_of,
    seconds_per_token,
    tokens_of,
)
from bias_inherit.engine.forecast.lengths import Lengths
from bias_inherit.engine.forecast.tokens import Speed, Tokens
from bias_inherit.engine.planning.prepare import Prepared
from bias_inherit.engine.stages import STAGES, TRAIN, WIDTH
from bias_inherit.engine.step import Step
from bias_inherit.engine.store import Store
from bias_inherit.kit.quantities import amount, duration, size
from bias_inherit.models.base_model import LoadableModel
from bias_inherit.models.known_base import cached_folder, local_folder, why_absent
from bias_tasks.catalogue import ALL_TASKS

if TYPE_CHECKING:
    from bias_inherit.engine.forecast.machine_speed import Measured


class Outline(NamedTuple):
    """One file's plan as lines, and what a sum over files needs."""

    lines: tuple[str, ...]
    trainings_a_seed: float
    steps: tuple[Step, ...]


def outline(prepared: Prepared, store: Store, measured: "Measured | None", not_measured: str) -> Outline:
    """A file's plan in words.

    Args:
        measured: Of this machine, if it was.
        not_measured: Why it was not.
    """
    lines = tuple(_lines(prepared, store, measured, not_measured))
    study = prepared.materials.study
    seeds = len(study.seeds) if isinstance(study, Experiment) else 1
    return Outline(lines, len(TRAIN.among(prepared.plan.steps)) / seeds, prepared.plan.steps)


def together(outlines: Sequence[Outline]) -> str:
    """The sum over several files."""
    a_seed = sum(each.trainings_a_seed for each in outlines)
    steps = [step for each in outlines for step in each.steps]
    counts = [(stage, len(stage.among(steps))) for stage in STAGES.values()]
    told = ", ".join(
        f"{count:,} {stage.several if count > 1 else stage.one}" for stage, count in counts if count
    )
    return f"together: {a_seed:g} training{'' if a_seed == 1 else 's'} a seed ({told})"


def to_be_measured(prepared: Prepared, store: Store) -> dict[str, Tokens]:
    """Stage -> work that is to be done, of stages of which no finished step tells how long it takes."""
    lengths = _lengths(prepared)
    known = seconds_per_token(prepared.plan.steps, store, lengths)
    found: dict[str, Tokens] = {}
    for step in prepared.plan.steps:
        tokens = tokens_of(step, lengths)
        if step.stage not in known and any(tokens) and not store.is_there(step):
            found[step.stage] = found.get(step.stage, Tokens()) + tokens
    return found


def base_folder(model: LoadableModel) -> Path | None:
    """Where a base's files lie, if they are on this machine: nothing is fetched for a plan."""
    return local_folder(model.section) or cached_folder(model.section)


def _lengths(prepared: Prepared) -> Lengths:
    study = prepared.materials.study
    folder = base_folder(prepared.materials.models[0])
    tokenizer = folder / "tokenizer.json" if folder else None
    return Lengths(study, tokenizer if tokenizer and tokenizer.is_file() else None)


def _lines(prepared: Prepared, store: Store, measured: "Measured | None", not_measured: str) -> Iterator[str]:
    study, steps = prepared.materials.study, prepared.plan.steps
    there = {step.key for step in steps if store.is_there(step)}
    bases = ", ".join(
        model.base.name + ("" if base_folder(model) else f" ({why_absent(model.section)})")
        for model in prepared.materials.models
    )
    found = f"{len(there)} of {len(steps)} steps done" if there else "nothing there yet"
    yield f"{study.name}: {bases}; {store.root}: {found}"
    yield f"  {'':<{WIDTH}} {'steps':>6}{'done':>6}"
    for stage in STAGES.values():
        if of_stage := stage.among(steps):
            done = sum(step.key in there for step in of_stage)
            yield f"  {stage.name:<{WIDTH}} {len(of_stage):>6}{done:>6}  {stage.words(of_stage)}".rstrip()
    if isinstance(study, Experiment):
        yield from _shared(prepared)
    yield from _headlines(study)
    lengths = measured.lengths if measured else _lengths(prepared)
    to_do = [step for step in steps if step.key not in there]
    amounts = {step.key: tokens_of(step, lengths) for step in steps}
    total = sum((amounts[step.key] for step in to_do), Tokens())
    yield f"  to do: about {amount(total.read)} tokens to read, {amount(total.written)} to write, " + (
        f"{amount(total.trained)} to train on"
    )
    known = seconds_per_token(steps, store, lengths)
    yield f"  time: {_time(to_do, amounts, known, measured.speed if measured else None, not_measured)}"
    yield f"  disk: {_disk(to_do, prepared)}"


def _headlines(study: Study) -> Iterator[str]:
    """What the report will ask first of each task, what the file declares before what tasks do."""
    declared = declared_headlines(study.headline)
    for of_file, words in ((True, "headline, declared"), (False, "headline, by default")):
        by_question: dict[str, list[str]] = {}
        for task in study.score.tasks:
            if (task in declared) == of_file:
                entry = ALL_TASKS[task]
                asked = declared[task] if of_file else next(iter(entry.headlines), None)
                by_question.setdefault(str(asked or "none"), []).append(entry.name)
        if by_question:
            told = "; ".join(f"{', '.join(tasks)}: {asked}" for asked, tasks in by_question.items())
            yield f"  {words}: {told}"


def _shared(prepared: Prepared) -> Iterator[str]:
    models = prepared.plan.models
    trained = [model for model in models if model.train and not model.sentence_present]
    references = {model.train.key for model in trained if model.train and model.gamma == 0}
    augmented = [model for model in trained if model.gamma]
    # Each series of γ would have a γ = 0 of its own.
    alone = len(augmented) + len({(m.data, m.mitigation, m.round, m.seed) for m in augmented})
    if len(trained) < alone:
        once = "once" if len(references) == 1 else f"{len(references)} times"
        serves = [
            (len({model.data for model in augmented}), "sets"),
            (len({model.mitigation for model in augmented}), "mitigations"),
            (len({model.round for model in augmented}), "rounds"),
        ]
        yield (
            f"  shared: γ = 0 is trained {once} and serves "
            + " and ".join(f"{n} {what}" for n, what in serves if n > 1)
            + f"; without sharing, {alone} trainings"
        )


def _time(
    to_do: Sequence[Step],
    amounts: Mapping[str, Tokens],
    known: Mapping[str, float],
    speed: Speed | None,
    not_measured: str,
) -> str:
    seconds = 0.0
    for step in to_do:
        tokens = amounts[step.key]
        if step.stage in known:
            seconds += known[step.stage] * sum(tokens)
        elif speed:
            seconds += speed.seconds(tokens)
        elif sum(tokens):
            return f"not estimated: {not_measured}"
    if not to_do:
        return "nothing to do"
    if known:
        by = f"as the finished steps took ({', '.join(known)})" + (" and a calibration" if speed else "")
    else:
        by = "by a calibration of ten seconds"
    if speed is None:
        return f"about {duration(seconds)} on this machine, {by}"
    return f"about {duration(seconds + speed.loading)} on this machine, {by}; measured: {_rates(speed)}"


def _rates(speed: Speed) -> str:
    rates = ((speed.read, "read"), (speed.written, "written"), (speed.trained, "trained on"))
    told = ", ".join(f"{rate:,.0f} {what}" for rate, what in rates if math.isfinite(rate))
    each = f"beside tokens {speed.opening:.1f} s a scoring"
    each += f", {speed.beginning:.1f} s a training" if math.isfinite(speed.trained) else ""
    return f"{told} (tokens a second); {each}"


def _disk(to_do: Sequence[Step], prepared: Prepared) -> str:
    study = prepared.materials.study
    scores = sum(map(bytes_of, to_do))
    trainings = len(TRAIN.among(to_do))
    if isinstance(study, Evaluation) or not trainings:
        return f"about {size(scores)}"
    each = adapter_bytes(study, base_folder(prepared.materials.models[0]))
    if each is None:
        return f"about {size(scores)} for scores; adapters: size not known before the base is here"
    # While it trains, a step holds two checkpoints, each the adapter and two moments of it.
    return (
        f"about {size(scores + trainings * each)} ({size(scores)} for scores, {trainings} adapters of "
        f"{size(each)}), and {size(6 * each)} while one trains"
    )

"""The graph in words: what a file comes to, what is shared, what is there, what it will cost."""

import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from bias_inherit.engine.experiment_file import Evaluation, Experiment
from bias_inherit.engine.forecast.estimates import (
    Rates,
    TokenEstimator,
    Tokens,
    adapter_bytes,
    rows_of,
    scored_bytes,
    scored_documents,
    seconds_per_token,
)
from bias_inherit.engine.planning.prepare import Prepared
from bias_inherit.engine.step import Step
from bias_inherit.engine.store import Store
from bias_inherit.kit.quantities import duration, size
from bias_inherit.models.base_model import LoadableModel
from bias_inherit.models.known_base import cached_folder, local_folder
from bias_tasks.workload import workload

_NAMES = {
    "generate": ("generation", "generations"),
    "distribution": ("audit of texts", "audits of texts"),
    "values": ("audit of values", "audits of values"),
    "mix": ("mix", "mixes"),
    "train": ("training", "trainings"),
    "adapter": ("adapter", "adapters"),
    "score": ("scoring", "scorings"),
}
"""Of one step of a stage and of several, in the order of the work."""


class Outline(NamedTuple):
    """One file's plan as lines, and what a sum over files needs."""

    lines: tuple[str, ...]
    trainings_a_seed: float
    steps: tuple[Step, ...]


def outline(prepared: Prepared, store: Store, rates: Rates | None, not_calibrated: str) -> Outline:
    """A file's plan in words.

    Args:
        rates: Of this machine, if they were measured.
        not_calibrated: Why they were not.
    """
    lines = tuple(_lines(prepared, store, rates, not_calibrated))
    study = prepared.materials.study
    seeds = len(study.seeds) if isinstance(study, Experiment) else 1
    trainings = sum(step.stage == "train" for step in prepared.plan.steps)
    return Outline(lines, trainings / seeds, prepared.plan.steps)


def together(outlines: Sequence[Outline]) -> str:
    """The sum over several files."""
    a_seed = sum(each.trainings_a_seed for each in outlines)
    stages = [step.stage for each in outlines for step in each.steps]
    counts = {stage: stages.count(stage) for stage in _NAMES if stage in stages}
    told = ", ".join(f"{count:,} {_NAMES[stage][count > 1]}" for stage, count in counts.items())
    return f"together: {a_seed:g} training{'' if a_seed == 1 else 's'} a seed ({told})"


def needs_calibration(prepared: Prepared, store: Store) -> bool:
    """Whether there is work to do of a kind of which no finished step tells how long it takes."""
    estimator = _estimator(prepared)
    known = seconds_per_token(prepared.plan.steps, store, estimator)
    return any(
        step.stage not in known and sum(estimator.tokens(step)) and not store.is_there(step)
        for step in prepared.plan.steps
    )


def base_folder(model: LoadableModel) -> Path | None:
    """Where a base's files lie, if they are on this machine: nothing is fetched for a plan."""
    return local_folder(model.section) or cached_folder(model.section)


def _estimator(prepared: Prepared) -> TokenEstimator:
    study = prepared.materials.study
    folder = base_folder(prepared.materials.models[0])
    tokenizer = folder / "tokenizer.json" if folder else None
    return TokenEstimator(study, tokenizer if tokenizer and tokenizer.is_file() else None)


def _lines(prepared: Prepared, store: Store, rates: Rates | None, not_calibrated: str) -> Iterator[str]:
    study, steps = prepared.materials.study, prepared.plan.steps
    there = {step.key for step in steps if store.is_there(step)}
    bases = ", ".join(
        model.base.name + ("" if base_folder(model) else " (not on this machine)")
        for model in prepared.materials.models
    )
    found = f"{len(there)} of {len(steps)} steps done" if there else "nothing there yet"
    yield f"{study.name}: {bases}; {store.root}: {found}"
    yield f"  {'':<13}{'steps':>6}{'done':>6}"
    for stage in dict.fromkeys(step.stage for step in sorted(steps, key=_place)):
        of_stage = [step for step in steps if step.stage == stage]
        done = sum(step.key in there for step in of_stage)
        yield f"  {stage:<13}{len(of_stage):>6}{done:>6}  {_about(stage, of_stage)}".rstrip()
    if isinstance(study, Experiment):
        yield from _shared(study, prepared)
    estimator = _estimator(prepared)
    to_do = [step for step in steps if step.key not in there]
    amounts = {step.key: estimator.tokens(step) for step in steps}
    total = sum((amounts[step.key] for step in to_do), Tokens())
    yield f"  to do: about {_count(total.read)} tokens to read, {_count(total.written)} to write, " + (
        f"{_count(total.trained)} to train on"
    )
    known = seconds_per_token(steps, store, estimator)
    yield f"  time: {_time(to_do, amounts, known, rates, not_calibrated)}"
    yield f"  disk: {_disk(to_do, prepared)}"


def _place(step: Step) -> int:
    return list(_NAMES).index(step.stage)


def _about(stage: str, steps: Sequence[Step]) -> str:
    match stage:
        case "generate":
            rows = sum(map(rows_of, steps))
            ready = sum("base" not in step.inputs for step in steps)
            by_trained = sum(bool(step.parents) for step in steps)
            kinds = [
                (len(steps) - ready - by_trained, "written by the base"),
                (by_trained, "written by trained models"),
                (ready, "there already"),
            ]
            return f"{rows:,} rows; sets " + ", ".join(f"{what}: {n}" for n, what in kinds if n)
        case "score":
            tasks = steps[0].inputs["tasks"]
            public = sum(task not in workload() for task in tasks)
            more = f" and those of {public} public sets" if public else ""
            plural = "s" if len(tasks) > 1 else ""
            return f"{len(tasks)} task{plural}, {scored_documents(tasks):,} documents{more}"
        case "train":
            seeds = len({step.inputs["seed"] for step in steps})
            return f"{len(steps) / seeds:g} a seed"
        case _:
            return ""


def _shared(experiment: Experiment, prepared: Prepared) -> Iterator[str]:
    trained = [model for model in prepared.plan.models if model.train]
    references = {model.train.key for model in trained if model.train and model.gamma == 0}
    types = len(experiment.generate.bias_types) if experiment.generate else 1
    mitigations = len(experiment.mitigate.settings())
    alone = len(experiment.seeds) * types * mitigations * len(experiment.mix.gammas) * experiment.rounds
    if len(trained) < alone:
        once = "once" if len(references) == 1 else f"{len(references)} times"
        serves = [(types, "sets"), (mitigations, "mitigations"), (experiment.rounds, "rounds")]
        yield (
            f"  shared: γ = 0 is trained {once} and serves "
            + " and ".join(f"{n} {what}" for n, what in serves if n > 1)
            + f"; without sharing, {alone} trainings"
        )


def _time(
    to_do: Sequence[Step],
    amounts: Mapping[str, Tokens],
    known: Mapping[str, float],
    rates: Rates | None,
    not_calibrated: str,
) -> str:
    seconds = 0.0
    for step in to_do:
        tokens = amounts[step.key]
        if step.stage in known:
            seconds += known[step.stage] * sum(tokens)
        elif rates:
            seconds += rates.seconds(tokens)
        elif sum(tokens):
            return f"not estimated: {not_calibrated}"
    if not to_do:
        return "nothing to do"
    if known:
        by = f"as the finished steps took ({', '.join(known)})" + (" and a calibration" if rates else "")
    else:
        by = "by a calibration of ten seconds"
    measured = "" if rates is None else f"; measured: {_rates(rates)}"
    return f"about {duration(seconds)} on this machine, {by}{measured}"


def _rates(rates: Rates) -> str:
    amounts = f"{rates.read:,.0f} read, {rates.written:,.0f} written"
    amounts += f", {rates.trained:,.0f} trained on" if math.isfinite(rates.trained) else ""
    return f"{amounts} (tokens a second)"


def _disk(to_do: Sequence[Step], prepared: Prepared) -> str:
    study = prepared.materials.study
    scores = sum(scored_bytes(step) for step in to_do if step.stage == "score")
    trainings = sum(step.stage == "train" for step in to_do)
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


def _count(tokens: float) -> str:
    for unit, name in ((1e9, " G"), (1e6, " M"), (1e3, " k")):
        if tokens >= unit:
            return f"{tokens / unit:.3g}{name}"
    return f"{tokens:.0f}"

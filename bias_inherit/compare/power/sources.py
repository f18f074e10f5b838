"""Whose variances a study is reckoned with: its own, those of results that are named, or what ships."""

from collections.abc import Sequence
from pathlib import Path

from bias_inherit.compare.power.known import Known, shipped
from bias_inherit.compare.power.measured import of_one, of_pairs
from bias_inherit.engine.experiment_record import FILE, recorded
from bias_inherit.engine.planning.plan import Model, Plan
from bias_inherit.engine.store import Store
from bias_inherit.harness.results import OnProblem, ScoredModel, read_output, versions_that_differ, visible
from bias_inherit.kit.errors import UsageError


def from_folders(folders: Sequence[Path], on_problem: OnProblem) -> Known:
    """Of a run folder, of two folders that `lm_eval` wrote, or of one.

    Args:
        folders: One or two.
        on_problem: As of `read_output`.

    Raises:
        UsageError: nothing can be read off them.
    """
    match folders:
        case [run] if (run / FILE).is_file():
            plan, store, _, _ = recorded(run)
            if (known := from_store(plan, store, on_problem)) is None:
                raise UsageError(f"--from {run}: nothing is scored yet that could be read")
            return known
        case [one]:
            return _of_one(read_output(one, on_problem), visible(one))
        case [first, second]:
            pair = read_output(first, on_problem), read_output(second, on_problem)
            return _of_pairs([pair], f"{visible(first)} and {visible(second)}")
        case _:
            raise UsageError(f"--from: expected one or two folders (found {len(folders)})")


def from_store(plan: Plan, store: Store, on_problem: OnProblem) -> Known | None:
    """Of what a run has scored so far: with every seed a model and its reference, or else one model.

    None where nothing is scored yet, or nothing that can be read; that is told.
    """
    scored = [model for model in plan.models if store.is_there(model.score)]
    if not scored:
        return None
    try:
        return _of_scored(_pairs(plan, scored), scored[0], store, on_problem)
    except UsageError as error:
        on_problem(str(error))
        return None


def _of_scored(
    pairs: Sequence[tuple[Model, Model]], first: Model, store: Store, on_problem: OnProblem
) -> Known:
    def read(model: Model) -> ScoredModel:
        return read_output(store.artifact(model.score), on_problem)

    if not pairs:
        return _of_one(read(first), f"{first.label} of {store.root}")
    reference, other = pairs[0]
    seeds = f", {len(pairs)} training seeds" if len(pairs) > 1 else ""
    models = f"{reference.label} and {other.label} of {store.root}{seeds}"
    return _of_pairs([(read(one), read(two)) for one, two in pairs], models)


def _pairs(plan: Plan, scored: Sequence[Model]) -> list[tuple[Model, Model]]:
    """As the report asks first: with every seed γ = 0 and the largest γ; or else the first two models."""
    if not any(model.train for model in plan.models):
        return [(scored[0], scored[1])] if len(scored) > 1 else []
    pairs = []
    for seed in dict.fromkeys(model.seed for model in scored):
        of_seed = [model for model in scored if model.seed == seed and not model.sentence_present]
        references = [model for model in of_seed if model.gamma == 0]
        others = [model for model in of_seed if model.gamma]
        if references and others:
            pairs.append((references[0], max(others, key=lambda model: model.gamma or 0)))
    return pairs


def _of_pairs(pairs: Sequence[tuple[ScoredModel, ScoredModel]], models: str) -> Known:
    """Of the tasks that all were scored on, in one version."""
    first, second = pairs[0]
    shared = [task for task in first.samples if all(task in one.samples for pair in pairs for one in pair)]
    versions = versions_that_differ(first.results, second.results, shared)
    found = {
        task: of_pairs(task, [(one.samples[task], two.samples[task]) for one, two in pairs])
        for task in shared
        if task not in versions
    }
    tasks = {task: known for task, known in found.items() if known is not None}
    if not tasks:
        raise UsageError(f"{models}: no task in one version on the same documents")
    return Known(models=models, tasks=tasks)


def _of_one(model: ScoredModel, where: str) -> Known:
    """As if another model were as correlated with it as the two are whose variances ship."""
    like = shipped()
    tasks = {task: of_one(task, samples, like.of(task)) for task, samples in model.samples.items()}
    return Known(models=where, note=f"one model; correlation of two as of {like.models}", tasks=tasks)

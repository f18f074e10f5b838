"""Whose variances a plan is reckoned with: of this model, of results that are named, or what ships."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from bias_inherit.compare.power.known import Known, OfTask, shipped
from bias_inherit.compare.power.measured import Pair, of_one, of_pairs
from bias_inherit.engine.planning.plan import Model, Plan
from bias_inherit.engine.recorded import FILE, recorded
from bias_inherit.engine.store import Store
from bias_inherit.harness.results import OnProblem, ScoredModel, read_output, versions_that_differ, visible
from bias_inherit.kit.errors import UsageError

PAIR = 2


def from_store(plan: Plan, store: Store) -> Known | None:
    """Of the finished comparisons of an experiment: the largest γ against γ = 0, of every seed that has both.

    None where there is none yet.
    """
    pairs = [(_read(first, store), _read(second, store)) for first, second in _finished(plan, store)]
    if not pairs:
        return None
    tasks = {task: [(one.samples[task], two.samples[task]) for one, two in pairs] for task in _common(pairs)}
    first, second = _finished(plan, store)[0]
    over = f", {len(pairs)} seeds" if len(pairs) > 1 else ""
    pair = f"{first.label} and {second.label} of {store.root}{over}"
    return Known(model=pairs[0][0].name, pair=pair, tasks=_known(tasks))


def from_folders(folders: Sequence[Path], on_problem: OnProblem) -> Known:
    """Of a run folder, of two folders that `lm_eval` wrote, or of one.

    Of one, how its pair would be correlated is taken from what ships.

    Args:
        folders: One or two.

    Raises:
        UsageError: nothing can be read off them.
    """
    if len(folders) > PAIR:
        raise UsageError(f"--from: a run folder, or one or two folders of results (found {len(folders)})")
    if len(folders) == 1 and (folders[0] / FILE).is_file():
        run = recorded(folders[0])
        if (known := from_store(run.plan, run.store)) is None:
            raise UsageError(f"{folders[0]}: holds no two scored models whose difference could be looked at")
        return known
    where = " and ".join(visible(folder) for folder in folders)
    first, *others = [read_output(folder, on_problem) for folder in folders]
    if not others:
        return _of_one(first, where)
    (second,) = others
    shared = [task for task in first.samples if task in second.samples]
    versions = versions_that_differ(first.results, second.results, shared)
    tasks = {task: [(first.samples[task], second.samples[task])] for task in shared if task not in versions}
    if not (of_tasks := _known(tasks)):
        raise UsageError(f"{where}: no task of one version on the same documents in both")
    return Known(model=f"{first.name} and {second.name}", pair=where, tasks=of_tasks)


def _of_one(model: ScoredModel, where: str) -> Known:
    like = shipped()
    known = {
        task: of_one(task, samples, of_other)
        for task, samples in model.samples.items()
        if (of_other := like.of(task)) is not None
    }
    if not known:
        raise UsageError(
            f"{where}: one model of tasks whose variance is not recorded; name a second folder with --from"
        )
    note = f"one model; two of them are taken to be as correlated as the recorded pair of {like.model}"
    return Known(model=model.name, pair=where, note=note, tasks=known)


def _finished(plan: Plan, store: Store) -> list[tuple[Model, Model]]:
    """Of each seed the reference and the first model of the largest γ that are both scored."""
    scored = [model for model in plan.models if store.is_there(model.score)]
    trained = [model for model in scored if model.gamma is not None]
    if not trained:
        return [(scored[0], scored[1])] if len(scored) >= PAIR and not _trains(plan) else []
    found = []
    for seed in dict.fromkeys(model.seed for model in trained):
        of_seed = [model for model in trained if model.seed == seed]
        references = [model for model in of_seed if model.gamma == 0]
        others = [model for model in of_seed if model.gamma]
        if references and others:
            found.append((references[0], max(others, key=lambda model: model.gamma or 0)))
    return found


def _trains(plan: Plan) -> bool:
    return any(model.train for model in plan.models)


def _read(model: Model, store: Store) -> ScoredModel:
    return read_output(store.artifact(model.score))


def _common(pairs: Sequence[tuple[ScoredModel, ScoredModel]]) -> list[str]:
    return [task for task in pairs[0][0].samples if all(task in m.samples for pair in pairs for m in pair)]


def _known(tasks: Mapping[str, Sequence[Pair]]) -> dict[str, OfTask]:
    found = {task: of_pairs(task, pairs) for task, pairs in tasks.items()}
    return {task: known for task, known in found.items() if known is not None}

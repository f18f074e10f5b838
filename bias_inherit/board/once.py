"""One task of each model once, where two families ask it in the same words."""

from collections import defaultdict
from collections.abc import Hashable, Sequence

from bias_inherit.board.runs import Run
from bias_inherit.harness.results import model_names
from bias_tasks.in_question import in_question


def asked_once(runs: Sequence[Run]) -> list[Run]:
    """The runs with the tasks that are in question; runs of which nothing is are left out.

    Of one model, asked in one way: what its probe says is no other answer than the default family's.
    """
    asked: dict[Hashable, set[str]] = defaultdict(set)
    names = model_names([run.model for run in runs])
    keys = [
        (name, run.settings.chat_template, tuple(sorted(run.settings.asked.items())))
        for name, run in zip(names, runs, strict=True)
    ]
    for key, run in zip(keys, runs, strict=True):
        asked[key] |= run.tasks.keys()
    counted = {key: set(in_question(tasks)) for key, tasks in asked.items()}
    kept = [
        run._replace(tasks={task: found for task, found in run.tasks.items() if task in counted[key]})
        for key, run in zip(keys, runs, strict=True)
    ]
    return [run for run in kept if run.tasks]

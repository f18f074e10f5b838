"""Checking task files and configuration files as the harness would load them, but without a model.

The harness's own `validate` only asks whether a name is known. This builds each task, loads its data, asks
its first documents and scores made-up answers, so that what would end a long run ends a short check.
"""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from bias_inherit.harness.register_tasks import task_folder
from bias_inherit.validation.configs import check_config, check_experiment
from bias_inherit.validation.files import Kind, Source, YamlFile, read_source
from bias_inherit.validation.findings import Finding, failed, skipped
from bias_inherit.validation.groups import check_group
from bias_inherit.validation.names import Names, manager_of
from bias_inherit.validation.tasks import Metrics, check_task, left_out

__all__ = ["Finding", "validate"]


def validate(paths: Sequence[Path], notify: Callable[[str], None]) -> Iterator[Finding]:
    """Check folders and files, one finding for each thing in them.

    Args:
        paths: Folders of YAML files, or single files; none for our own task folder.
        notify: Told what takes long.

    Raises:
        UsageError: no such path, or nothing in it that could be checked. Raised before the first finding.
    """
    for source in [read_source(path) for path in (paths or [task_folder()])]:
        yield from _broken(source)
        yield from _tasks_and_groups(source, notify)
        for file in source.of(Kind.CONFIG):
            yield check_config(file.path, notify)
        for file in source.of(Kind.EXPERIMENT):
            yield check_experiment(file.path)


def _tasks_and_groups(source: Source, notify: Callable[[str], None]) -> Iterator[Finding]:
    files = sorted(source.of(Kind.TASK), key=lambda file: file.is_group)  # groups last: they speak of tasks
    if not files:
        return
    # A task file alone needs no index; its folder may be anything, and would be searched to the bottom.
    folders = [] if source.is_file and not files[0].is_group else [source.root]
    manager = manager_of(*folders)
    known = manager_of(task_folder(), *folders)
    names = Names(known.task_index, notify)
    metrics: Metrics = {}
    for file in files:
        if finding := left_out(manager.task_index, file):
            yield finding
        elif file.is_group:
            yield check_group(known, file, names, metrics)
        else:
            yield check_task(manager, file, metrics)


def _broken(source: Source) -> Iterator[Finding]:
    """What could not be read, and what nobody would load."""
    for file in source.files:
        if file.problem is not None:
            yield failed(str(file.path), file.problem)
        elif file.kind is Kind.PARTIAL:
            yield skipped(str(file.path), "no task: and no group:, so only what includes it is checked")
        elif file.kind is Kind.OTHER and source.is_file:
            yield failed(str(file.path), _unrecognised(file))


def _unrecognised(file: YamlFile) -> str:
    keys = f"its keys: {', '.join(map(str, file.fields))}" if file.fields else "it holds no mapping"
    return (
        "neither a task or group (task:, group:), nor a file for lm-eval run --config (model:, tasks:, ...), "
        f"nor an experiment file (name:, generate:, mix:, ...); {keys}"
    )

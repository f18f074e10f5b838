"""Making the tasks known to the harness on this machine.

The harness has no plug-ins. It reads the YAML files in its own package folder; a pointer file there,
holding only `include: <absolute path>`, makes a task of ours known to every `lm_eval` of the
environment, with no further flag.
"""

import importlib.util
from pathlib import Path
from typing import NamedTuple

import yaml

import bias_tasks
from bias_inherit.kit.errors import RunError


class Registration(NamedTuple):
    """What was done.

    Attributes:
        folder: The folder of pointer files.
        tasks: Names of the pointer files written or removed.
        others: Task folders of other copies of this package that pointer files led to before.
    """

    folder: Path
    tasks: list[str]
    others: list[Path]


def task_folder() -> Path:
    """The folder with the task files, for `lm_eval --include_path`."""
    return Path(bias_tasks.__file__).parent


def task_files() -> list[Path]:
    """The YAML files that define a task or a group."""
    candidates = [*task_folder().glob("*.yaml"), *task_folder().glob("*/*.yaml")]
    return sorted(path for path in candidates if _defines_task(path))


def pointer_folder() -> Path:
    """Where pointer files go.

    Raises:
        RunError: lm-eval is not installed in this environment.
    """
    return harness_folder() / "tasks" / "bias_inherit"


def harness_folder() -> Path:
    """The harness's package. It is found, not imported: importing takes seconds.

    Raises:
        RunError: lm-eval is not installed in this environment.
    """
    spec = importlib.util.find_spec("lm_eval")
    if spec is None or not spec.submodule_search_locations:
        raise RunError(
            "lm-eval is not installed in this environment; install it with: pip install 'lm-eval[hf]'"
        )
    return Path(spec.submodule_search_locations[0])


def register() -> Registration:
    """Write the pointer files, replacing those of an earlier registration.

    Raises:
        RunError: the harness's folder cannot be written.
    """
    others = unregister().others
    folder = pointer_folder()
    files = task_files()
    try:
        folder.mkdir(exist_ok=True)
        for path in files:
            pointer = yaml.safe_dump({"include": str(path.resolve())}, allow_unicode=True)
            (folder / path.name).write_text(pointer, encoding="utf-8")
    except PermissionError as error:
        raise RunError(
            f"{folder} cannot be written; use lm_eval --include_path {task_folder()} instead"
        ) from error
    return Registration(folder, [path.stem for path in files], others)


def unregister() -> Registration:
    """Remove the pointer files; anything else in their folder stays.

    Raises:
        RunError: the harness's folder cannot be written.
    """
    folder = pointer_folder()
    pointers = _pointers(folder)
    others = sorted(registered_folders() - {task_folder().resolve()})
    try:
        for pointer in pointers:
            pointer.unlink()
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
    except PermissionError as error:
        raise RunError(f"{folder} cannot be written") from error
    return Registration(folder, [pointer.stem for pointer in pointers], others)


def registered_folders() -> set[Path]:
    """The task folders that pointer files lead to: none, ours, or that of another copy of this package.

    Raises:
        RunError: lm-eval is not installed in this environment.
    """
    return {_leads_to(pointer) for pointer in _pointers(pointer_folder())}


def _pointers(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.yaml")) if folder.is_dir() else []


def _leads_to(pointer: Path) -> Path:
    """The task folder that a pointer file leads into; a task's file may lie in a folder of its own in it."""
    target = Path(yaml.safe_load(pointer.read_text(encoding="utf-8"))["include"])
    return next((parent for parent in target.parents if parent.name == bias_tasks.__name__), target.parent)


def _defines_task(path: Path) -> bool:
    # Read as text: the files hold `!function` tags, which a safe loader refuses.
    first_words = {
        line.split(":")[0] for line in path.read_text(encoding="utf-8").splitlines() if ":" in line
    }
    return bool(first_words & {"task", "group"})

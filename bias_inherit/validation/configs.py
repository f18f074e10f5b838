"""Files for `lm-eval run --config` and experiment files."""

import glob
from collections.abc import Callable, Iterator
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bias_inherit.engine.experiment_file.experiment import Experiment
from bias_inherit.engine.experiment_file.study import load_study
from bias_inherit.engine.planning.chat_templates import check_tokenizers
from bias_inherit.engine.planning.planting import rule_of
from bias_inherit.harness.register_tasks import pointer_folder, task_folder
from bias_inherit.kit.errors import RunError, UsageError
from bias_inherit.validation.findings import Finding, failed, ok, unknown_keys
from bias_inherit.validation.names import Names, as_list, is_group, manager_of, our_index
from bias_tasks.did_you_mean import did_you_mean

if TYPE_CHECKING:
    from lm_eval.config.evaluate_config import EvaluatorConfig

_PASSED_ANYWAY = ("batch_size", "max_batch_size", "device")
"""What the harness hands to every model beside `model_args`."""

_NO_LOG_LIKELIHOODS = "a chat API gives no log-likelihoods; the tasks of bias_gen need none"

_NEVER_NULL = ("cache_requests", "hf_hub_log_args")
"""Mappings that the harness looks into without asking."""


def check_experiment(path: Path) -> Finding:
    """Check a file for `bias-inherit run`."""
    try:
        study = load_study(path)
        check_tokenizers(study)
        if isinstance(study, Experiment) and study.generate and study.generate.planted:
            rule_of(study.generate.planted, study.domain)
    except (UsageError, RunError) as error:
        return failed(str(path), str(error).removeprefix(f"{path}: "))
    return ok(str(path), f"experiment {study.name}")


def check_config(path: Path, notify: Callable[[str], None]) -> Finding:
    """Check a file for `lm-eval run --config`: its keys, its model's name, its tasks' names."""
    from lm_eval.config.evaluate_config import EvaluatorConfig

    known = [field.name for field in fields(EvaluatorConfig)]
    given = EvaluatorConfig.load_yaml_config(path)
    if wrong := [*unknown_keys(given, known), *_wrong_types(given)]:
        return failed(str(path), *wrong)
    try:
        config = EvaluatorConfig.from_config(path)
    except ValueError as error:
        return failed(str(path), str(error))
    if wrong := [*_wrong_model(config), *_wrong_folders(config)]:
        return failed(str(path), *wrong)
    folders = [Path(folder) for folder in as_list(config.include_path)]
    names = Names(manager_of(task_folder(), *folders).task_index, notify)
    listed = _listed(config)
    found = {task: _resolve(task, names, alone=len(listed) == 1) for task in listed}
    if unknown := [task for task in listed if not found[task]]:
        return failed(str(path), *(f"tasks: {_unknown(task, names)}" for task in unknown))
    tasks = list(dict.fromkeys(name for matches in found.values() for name in matches))
    if wrong := [*_twice(tasks, names), *_unanswerable(config, tasks, names)]:
        return failed(str(path), *wrong)
    return ok(str(path), f"lm-eval config: {config.model}, {_summary(tasks, names, bool(folders))}")


def _wrong_types(given: dict[str, Any]) -> Iterator[str]:
    """Values that the harness does not check but stumbles over, some only after the model has answered."""
    from lm_eval.config.evaluate_config import DICT_KEYS

    for key in [key for key in given if key in DICT_KEYS or key in _NEVER_NULL]:
        value = given[key]
        is_list_of_pairs = isinstance(value, str) and key in DICT_KEYS  # a=1,b=2
        is_unset = value is None and key not in _NEVER_NULL
        if not (isinstance(value, dict) or is_list_of_pairs or is_unset):
            yield f"{key}: expected a mapping (found {value!r})"
    if isinstance(given.get("model"), (dict, list)):
        yield f"model: expected a name (found {given['model']!r})"
    for key in ("tasks", "include_path"):
        if not all(isinstance(value, str) for value in as_list(given.get(key))):
            yield f"{key}: expected names (found {given[key]!r})"


def _wrong_model(config: "EvaluatorConfig") -> Iterator[str]:
    import lm_eval.models  # noqa: F401 - fills the registry; imports no model
    from lm_eval.api.registry import model_registry

    if config.model not in model_registry:
        yield f"model: the harness knows no {config.model!r}{did_you_mean(str(config.model), model_registry)}"
    elif _is_chat_api(config) and not config.apply_chat_template:
        yield f"apply_chat_template: {config.model} takes messages only; set it to true"
    for key in _PASSED_ANYWAY:
        if key in config.model_args and getattr(config, key) is not None:
            yield f"model_args.{key}: belongs beside model_args, not into it; the harness would pass it twice"


def _is_chat_api(config: "EvaluatorConfig") -> bool:
    return "chat" in config.model or config.model == "litellm"


def _wrong_folders(config: "EvaluatorConfig") -> Iterator[str]:
    for folder in as_list(config.include_path):
        if not Path(folder).is_dir():
            yield f"include_path: no such folder: {folder}"


def _listed(config: "EvaluatorConfig") -> list[str]:
    """As the harness splits it, which leaves blanks beside a comma in the names."""
    return [name for task in as_list(config.tasks) for name in task.split(",")]


def _resolve(task: str, names: Names, alone: bool) -> list[str]:
    """What the harness takes for one entry of `tasks`: names, files, or, if it is alone, a folder's files."""
    if task.endswith(".yaml"):
        return glob.glob(task)  # noqa: PTH207 - an absolute glob, too
    folder = Path(task).glob("*.yaml") if alone else ()
    return names.match(task) or [str(path) for path in folder]


def _unknown(task: str, names: Names) -> str:
    return f"no such file: {task}" if task.endswith(".yaml") else names.unknown(task)


def _twice(tasks: list[str], names: Names) -> Iterator[str]:
    """Tasks that are named by themselves and by a group, or by two groups, as a glob easily does."""
    owners: dict[str, str] = {}
    for name in tasks:
        entry = names.near.get(name)
        for task in names.leaves(name):
            owner = name if entry and is_group(entry) else task
            if owners.setdefault(task, owner) != owner:
                yield f"tasks: {task} comes by {owners[task]} and by {owner}, which the harness refuses"


def _unanswerable(config: "EvaluatorConfig", tasks: list[str], names: Names) -> Iterator[str]:
    if not _is_chat_api(config):
        return
    leaves = sorted(leaf for task in tasks for leaf in names.leaves(task) if leaf in names.near)
    for name in leaves:
        if names.near[name].cfg.get("output_type", "generate_until") != "generate_until":
            yield f"tasks: {name} is answered by log-likelihood: {_NO_LOG_LIKELIHOODS}"


def _summary(tasks: list[str], names: Names, has_include_path: bool) -> str:
    if not tasks:
        return "no tasks, so they must be named with --tasks"
    count = len({leaf for task in tasks for leaf in names.leaves(task)})
    parts = [f"{count} task{'s' if count > 1 else ''}"]
    if elsewhere := [task for task in tasks if task not in names.near]:
        parts.append(f"not checked, as the harness's own: {', '.join(elsewhere)}")
    if not has_include_path and not all(map(_is_registered, tasks)):
        parts.append("needs bias-inherit register")
    return "; ".join(parts)


def _is_registered(task: str) -> bool:
    """Whether a task is not ours, or every lm_eval of this environment knows it."""
    ours = our_index().get(task)
    return ours is None or (pointer_folder() / ours.yaml_path.name).is_file()

"""Which YAML files there are, and which of the kinds each one is."""

import difflib
from collections.abc import Collection
from dataclasses import fields
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from bias_inherit.engine.experiment_file.experiment import Experiment
from bias_inherit.kit.errors import UsageError
from bias_inherit.kit.user_input import yaml_problem


class Kind(Enum):
    """What a YAML file is for."""

    TASK = "a task or a group"
    PARTIAL = "task keys for others to include"
    CONFIG = "a file for lm-eval run --config"
    EXPERIMENT = "a file for bias-inherit run"
    OTHER = "none of these, for example a task's data"


class YamlFile(NamedTuple):
    """One file, with its included files merged in.

    Attributes:
        fields: Its mapping; empty if it holds none. `!function` values are text.
        problem: Why the harness could not read it.
    """

    path: Path
    kind: Kind
    fields: dict[str, Any]
    problem: str | None = None

    @property
    def is_group(self) -> bool:
        """As the harness decides it, for a task file."""
        return "group" in self.fields and "class" not in self.fields

    @property
    def name(self) -> Any:
        """The name of a task or group, if it is one: a text, or what somebody wrote there instead."""
        return self.fields.get("group" if self.is_group else "task")


class Source(NamedTuple):
    """One path that a user named.

    Attributes:
        root: The folder in which tasks and groups know each other.
    """

    root: Path
    files: list[YamlFile]
    is_file: bool

    def of(self, kind: Kind) -> list[YamlFile]:
        return [file for file in self.files if file.kind is kind and file.problem is None]


def read_source(path: Path) -> Source:
    """Read a file, or all YAML files below a folder, hidden ones left out.

    Raises:
        UsageError: no such path, or nothing in it that could be checked.
    """
    if path.is_file():
        return Source(path.parent, [_read(path)], is_file=True)
    if not path.is_dir():
        raise UsageError(f"{path}: no such file or folder")
    found = sorted(path.glob("**/*.yaml"))
    visible = [file for file in found if not any(p.startswith(".") for p in file.relative_to(path).parts)]
    if not visible:
        raise UsageError(f"{path}: no *.yaml file in this folder")
    files = [_read(file) for file in visible]
    if all(file.kind is Kind.OTHER and file.problem is None for file in files):
        raise UsageError(
            f"{path}: none of its {len(files)} YAML files is a task, an lm-eval config or an experiment file"
        )
    return Source(path, files, is_file=False)


def _read(path: Path) -> YamlFile:
    from lm_eval.tasks._yaml_loader import load_yaml

    try:
        mapping = load_yaml(path, resolve_func=False, recursive=False)
    except yaml.YAMLError as error:
        return YamlFile(path, Kind.OTHER, {}, yaml_problem(error))
    except ValueError:  # a list or a text
        return YamlFile(path, Kind.OTHER, {})
    if "include" not in mapping:
        return YamlFile(path, _kind_of(mapping), mapping)
    try:
        merged = load_yaml(path, resolve_func=False)
    except FileNotFoundError as error:
        return YamlFile(path, Kind.TASK, mapping, f"include: no such file: {error.filename}")
    except yaml.YAMLError as error:
        return YamlFile(path, Kind.TASK, mapping, f"an included file is {yaml_problem(error)}")
    except (OSError, TypeError, ValueError) as error:
        return YamlFile(path, Kind.TASK, mapping, f"include: {error}")
    return YamlFile(path, _kind_of(merged), merged)


def _kind_of(mapping: dict[str, Any]) -> Kind:
    """As the harness decides for tasks; for the rest, whose keys more than half of the file's keys are.

    Keys that are only nearly right count, so that a misspelt file is told rather than taken for data.
    """
    if mapping.keys() & {"task", "group", "class"}:
        return Kind.TASK
    shares = {kind: _share(mapping, known) for kind, known in _keys_of_kinds().items()}
    best = max(shares, key=lambda kind: shares[kind])
    return best if shares[best] > 0.5 else Kind.OTHER


def _share(mapping: dict[str, Any], known: Collection[str]) -> float:
    near = sum(bool(difflib.get_close_matches(str(key), known, n=1, cutoff=0.8)) for key in mapping)
    return near / max(len(mapping), 1)


@cache
def _keys_of_kinds() -> dict[Kind, list[str]]:
    from lm_eval.config.evaluate_config import EvaluatorConfig
    from lm_eval.config.task import TaskConfig

    return {
        Kind.EXPERIMENT: [*Experiment.model_fields, "checkpoints"],
        Kind.CONFIG: [field.name for field in fields(EvaluatorConfig)],
        Kind.PARTIAL: ["include", *(field.name for field in fields(TaskConfig))],
    }

"""What a user said, read and checked: one clear line where it is something else."""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, TypeVar, get_args

import yaml
from pydantic import BaseModel, ValidationError

from bias_inherit.kit.errors import UsageError
from bias_tasks.did_you_mean import did_you_mean

Model = TypeVar("Model", bound=BaseModel)


def read_mapping(path: Path, keys: Collection[str]) -> dict[str, Any]:
    """A YAML file that holds a mapping.

    Args:
        keys: What it may hold, for the error line.

    Raises:
        UsageError: there is no such file, or it is something else.
    """
    try:
        fields = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise UsageError(f"{path}: no such file; expected YAML") from error
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}; expected a YAML file") from error
    except yaml.YAMLError as error:
        raise UsageError(f"{path}: {yaml_problem(error)}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: not UTF-8 text; expected YAML") from error
    if not isinstance(fields, dict):
        raise UsageError(f"{path}: expected a mapping with the keys: {', '.join(keys)}")
    return fields


def yaml_problem(error: yaml.YAMLError) -> str:
    """What is wrong with a YAML file, and on which line."""
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark is not None:
        return f"not valid YAML: line {error.problem_mark.line + 1}: {error.problem}"
    return f"not valid YAML: {' '.join(str(error).split())}"


def validated(model: type[Model], fields: Mapping[str, Any], where: str) -> Model:
    """The fields as a model.

    Args:
        where: What stands before the field in an error line.

    Raises:
        UsageError: which field is wrong, and what was expected.
    """
    try:
        return model.model_validate(fields)
    except ValidationError as error:
        raise UsageError(f"{where}{_first_problem(model, error)}") from error


def _first_problem(model: type[BaseModel], error: ValidationError) -> str:
    # An unknown key first: it often is the reason why another one is missing.
    problems = sorted(error.errors(), key=lambda problem: problem["type"] != "extra_forbidden")
    first = problems[0]
    place = ".".join(str(part) for part in first["loc"] if part not in ("int", "str"))
    if first["type"] == "extra_forbidden":
        known = _keys_beside(model, first["loc"])
        text = f"unknown key {place}{hint(str(first['loc'][-1]), known)}"
    elif first["type"] == "missing":
        text = f"{place}: this key is required"
    else:
        message = first["msg"].removeprefix("Value error, ")
        # A check over a whole section names what it found itself.
        found = "" if isinstance(first["input"], dict) else f" (found {first['input']!r})"
        # A check over the whole file has no place.
        text = f"{place}: {message[0].lower()}{message[1:]}{found}".removeprefix(": ")
    return text + (f" (and {len(problems) - 1} more)" if len(problems) > 1 else "")


def _keys_beside(model: type[BaseModel], location: tuple[int | str, ...]) -> list[str]:
    section = model
    for part in location[:-1]:
        # Not of a field: a place in a list, or which of several kinds a value was tried as.
        if str(part) not in section.model_fields:
            continue
        inner = _section_in(section.model_fields[str(part)].annotation)
        if inner is None:
            return []
        section = inner
    return list(section.model_fields)


def _section_in(annotation: Any) -> type[BaseModel] | None:
    """The settings in an annotation such as `Section | None` or `tuple[Section, ...]`; None without any."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next(filter(None, map(_section_in, get_args(annotation))), None)


def hint(word: str, known: Collection[str]) -> str:
    """The known word that a wrong one comes near, or all of them."""
    return did_you_mean(word, known) or f"; expected one of: {', '.join(known)}"

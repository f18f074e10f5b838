"""A results file of the harness: what of it is used, and in which shape it must be."""

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bias_inherit.harness.results.files import BadOutputError, Folder
from bias_inherit.harness.results.visible import visible

LARGEST_RESULTS = 32 * 1024**2
"""Bytes. The harness writes some hundred thousand for our ten tasks."""

DEEPEST = 30
"""Mappings and lists in each other; the harness writes six."""

FILTER = "none"
"""None of our tasks has an answer filter; the harness writes `metric,none`."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, strict=True, protected_namespaces=())


class DocumentCount(_Part):
    """How many documents a task has and how many of them were scored."""

    original: int
    effective: int


class RunConfig(_Part):
    """How the model was called."""

    model: str | None = None
    model_args: str | dict[str, Any] | None = None
    model_num_parameters: int | None = None
    model_dtype: str | None = None
    model_revision: str | None = None
    model_sha: str | None = None
    limit: float | int | None = None


class ResultsFile(_Part):
    """The fields that are read of a results file; the harness writes more.

    Attributes:
        results: Task or group -> metric with its filter -> value.
        n_shot: Task -> examples in the prompt.
        n_samples: Task -> documents.
        date: Seconds since 1970.
    """

    results: dict[str, dict[str, Any]]
    versions: dict[str, str | int | float | None] = {}
    n_shot: dict[str, int | None] = Field(default={}, alias="n-shot")
    n_samples: dict[str, DocumentCount] = Field(default={}, alias="n-samples")
    config: RunConfig = RunConfig()
    date: float | None = None
    lm_eval_version: str | None = None
    model_name: str | None = None
    system_instruction_sha: str | None = None
    fewshot_as_multiturn: bool | None = None
    chat_template_sha: str | None = None

    def value(self, task: str, metric: str) -> float:
        """A metric; NaN where it is missing, undefined, or no number."""
        found = self.results.get(task, {}).get(f"{metric},{FILTER}")
        if isinstance(found, bool) or not isinstance(found, int | float):
            return math.nan
        return float(found) if math.isfinite(found) else math.nan

    def is_predicted_only(self, task: str) -> bool:
        """Whether answers were kept and nothing scored, as `lm_eval --predict_only` does.

        Its metric is called bypass; tasks that are answered by log-likelihood get no metric at all.
        """
        found, count = self.results[task], self.n_samples.get(task)
        if f"score,{FILTER}" in found:
            return False
        return f"bypass,{FILTER}" in found or (count is not None and count.effective == 0)


def read_results(folder: Folder, path: Path) -> Mapping[str, Any]:
    """The content of a results file.

    Raises:
        BadOutputError: it is too large, no JSON, or not in the harness's shape.
    """
    with folder.open(path, LARGEST_RESULTS) as file:
        content = parsed(file.read(), visible(path))
    check_shape(content, path)
    results: dict[str, Any] = content
    return results


def check_shape(content: Any, path: Path) -> ResultsFile:
    """The content in the shape that is expected.

    Raises:
        BadOutputError: it has another; the first place that is wrong is named.
    """
    try:
        found = ResultsFile.model_validate(content)
        if _depth_exceeds(content, DEEPEST):
            raise BadOutputError(f"{visible(path)}: no results file of the harness: nested too deeply")
        return found
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = visible(".".join(map(str, first["loc"]))) or "the file"
        problem = f"{first['msg'][0].lower()}{first['msg'][1:]}"
        raise BadOutputError(
            f"{visible(path)}: no results file of the harness: {place}: {problem}"
        ) from error


def _depth_exceeds(content: Any, most: int) -> bool:
    """Whether mappings and lists lie in each other more often than that."""
    level = [content]
    for _ in range(most):
        if not level:
            return False
        level = [
            inner
            for outer in level
            if isinstance(outer, dict | list)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
    return bool(level)


def parsed(text: bytes, where: str) -> Any:
    """JSON, with NaN and Infinity as the harness writes them: undefined, hence NaN.

    Raises:
        BadOutputError: it is none, or nested too deeply.
    """
    try:
        return json.loads(text, parse_constant=lambda _: math.nan)
    except json.JSONDecodeError as error:
        raise BadOutputError(f"{where}: not valid JSON ({error.msg} at line {error.lineno})") from error
    except UnicodeDecodeError as error:
        raise BadOutputError(f"{where}: not UTF-8 text") from error
    except (RecursionError, ValueError) as error:
        raise BadOutputError(
            f"{where}: JSON that cannot be read (nested too deeply, or a number too long)"
        ) from error

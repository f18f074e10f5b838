"""The results files that the Hugging Face leaderboard template reads.

`results/ORGANISATION/MODEL/results_DATE.json`, each with `config` (`model_dtype`, `model_name`, `model_sha`)
and `results` (task -> metric -> number). The template has no leagues: one of them is one leaderboard there.
"""

import math
import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any, NamedTuple

from bias_inherit.board.leagues import League
from bias_inherit.board.names import word
from bias_inherit.harness.results import visible
from bias_tasks.measure import HEADLINES
from bias_tasks.training_rows import short_hash

LONGEST_NAME = 96


class File(NamedTuple):
    """A JSON file to be written."""

    path: PurePosixPath
    content: dict[str, Any]


def leaderboard_files(league: League) -> Iterator[File]:
    """One file a model."""
    for model in league.models:
        organisation, name = organisation_and_model(model.name)
        newest = model.runs[0]
        config = newest.results.config
        results = {}
        for task, found in model.tasks.items():
            values = {m: found.metrics[m].value for m in HEADLINES if m in found.metrics}
            results[task] = {metric: value for metric, value in values.items() if math.isfinite(value)}
        yield File(
            PurePosixPath("results", organisation, name, f"results_{word(newest.date)}.json"),
            {
                "config": {
                    "model_dtype": visible(config.model_dtype or "unknown"),
                    "model_name": f"{organisation}/{name}",
                    "model_sha": visible(config.model_sha or config.model_revision or ""),
                },
                "results": results,
            },
        )


def organisation_and_model(name: str) -> tuple[str, str]:
    """Two parts of a path, whatever the model is called.

    A name of the hub stays as it is. Any other becomes `local/NAME-HASH`, so that no two fall together.
    """
    parts = name.split("/")
    if len(parts) == 2 and all(_is_safe(part) for part in parts):
        return parts[0], parts[1]
    last = next((part for part in reversed(re.split(r"[/\\]", name)) if part.strip(". ")), "")
    kept = re.sub(r"[^A-Za-z0-9_.-]+", "-", last)[:LONGEST_NAME].strip("-.") or "model"
    return "local", f"{kept}-{short_hash(name)[:8]}"


def _is_safe(part: str) -> bool:
    return bool(re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_.@-]*", part)) and len(part) <= LONGEST_NAME

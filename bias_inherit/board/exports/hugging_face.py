"""The results files that the Hugging Face leaderboard template reads.

`results/ORGANISATION/MODEL/results_DATE.json`, each with `config` (`model_dtype`, `model_name`, `model_sha`)
and `results` (task -> metric -> number). The template has no leagues: one of them is one leaderboard there.
"""

import math
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any, NamedTuple

from bias_inherit.board.leagues import League
from bias_inherit.board.names import word
from bias_inherit.board.runs import HEADLINES
from bias_inherit.harness_output import visible


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
    """Two parts of a path, whatever the model is called."""
    parts = [part for part in name.replace("\\", "/").split("/") if part.strip(". ")]
    is_on_the_hub = len(parts) == 2 and not name.startswith(("/", ".", "~"))
    safe = [_safe(part) for part in parts[-2:]] or ["model"]
    return (safe[0], safe[1]) if is_on_the_hub else ("local", safe[-1])


def _safe(part: str) -> str:
    """Letters of the hub's names as they are; everything else as a hyphen."""
    kept = "".join(sign if sign.isascii() and (sign.isalnum() or sign in "-_.") else "-" for sign in part)
    return kept.strip(".-")[:96] or "model"

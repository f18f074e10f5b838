"""Records of Every Eval Ever, schema 0.3.0: one file a model at `data/bias_inherit/DEVELOPER/MODEL/`."""

import json
import math
import uuid
from collections.abc import Iterator
from hashlib import sha256
from pathlib import PurePosixPath
from typing import Any

from bias_inherit.board.exports.hugging_face import File, organisation_and_model
from bias_inherit.board.leagues import League, Model
from bias_inherit.board.runs import OnTask
from bias_inherit.compare import Estimate
from bias_inherit.harness.results import visible
from bias_tasks.catalogue import ALL_TASKS
from bias_tasks.measure import HEADLINES
from bias_tasks.statistics import BOOTSTRAP_DRAWS, LEVEL

SCHEMA_VERSION = "0.3.0"

_DESCRIPTIONS = {
    "score": "Utility in [0, 1]: accuracy, macro-F1, or share of valid answers.",
    "gap": "Primary disparity between groups in [0, 1], lower is better: {}.",
}


def records(league: League, retrieved: float) -> Iterator[File]:
    """One record a model, with score and gap of every task.

    Args:
        retrieved: When the record is made, in seconds since 1970.
    """
    for model in league.models:
        developer, name = organisation_and_model(model.name)
        content = _record(league, model, f"{developer}/{name}", retrieved)
        # Made from what it says, so that the same results make the same file again.
        stable = json.dumps([model.name, league.title, content["evaluation_results"]], sort_keys=True)
        identity = uuid.UUID(bytes=sha256(stable.encode()).digest()[:16], version=4)
        yield File(PurePosixPath("data", "bias_inherit", developer, name, f"{identity}.json"), content)


def _record(league: League, model: Model, identity: str, retrieved: float) -> dict[str, Any]:
    newest = model.runs[0].results
    config = newest.config
    details = {
        "deployment_type": "unknown",
        "model_availability": "unknown",
        "dtype": visible(config.model_dtype or ""),
        "revision": visible(config.model_revision or ""),
        "sha": visible(config.model_sha or ""),
        "num_parameters": str(config.model_num_parameters or ""),
    }
    record: dict[str, Any] = {
        "schema_version": SCHEMA_VERSION,
        "evaluation_id": f"bias_inherit/{identity}/{retrieved}",
        "retrieved_timestamp": str(retrieved),
        "source_metadata": {
            "source_name": "lm-evaluation-harness",
            "source_type": "evaluation_run",
            "source_organization_name": "unknown",
            "evaluator_relationship": "other",
            "additional_details": {"scored": league.title},
        },
        "eval_library": {"name": "lm_eval", "version": visible(newest.lm_eval_version or "unknown")},
        "model_info": {
            "name": model.name,
            "id": identity,
            "developer": identity.partition("/")[0],
            "additional_details": {key: value for key, value in details.items() if value},
        },
        "evaluation_results": [
            _result(task, metric, found, found.metrics[metric])
            for task, found in model.tasks.items()
            for metric in HEADLINES
            if metric in found.metrics and math.isfinite(found.metrics[metric].value)
        ],
    }
    if newest.date is not None and math.isfinite(newest.date):
        record["evaluation_timestamp"] = str(int(newest.date))
    return record


def _result(task: str, metric: str, found: OnTask, estimate: Estimate) -> dict[str, Any]:
    uncertainty: dict[str, Any] = {"num_samples": found.scope.documents}
    if math.isfinite(estimate.stderr):
        uncertainty["standard_error"] = {"value": estimate.stderr, "method": "bootstrap of whole clusters"}
        uncertainty["num_bootstrap_samples"] = BOOTSTRAP_DRAWS
    if math.isfinite(estimate.interval.low):
        uncertainty["confidence_interval"] = {
            "lower": estimate.interval.low,
            "upper": estimate.interval.high,
            "confidence_level": LEVEL,
        }
    details = {"n_clusters": str(found.n_clusters)}
    if metric == "gap" and math.isfinite(found.gap_null):
        details |= {"gap_null": repr(found.gap_null), "gap_p": repr(found.gap_p)}
    return {
        "evaluation_result_id": f"{task}/{metric}",
        "evaluation_name": task,
        "source_data": {
            "dataset_name": task,
            "source_type": "other",
            "additional_details": {"task_version": found.scope.version},
        },
        "metric_config": {
            "evaluation_description": _DESCRIPTIONS[metric].format(ALL_TASKS[task].gap_means),
            "metric_id": f"bias_inherit.{metric}",
            "metric_name": metric,
            "metric_unit": "proportion",
            "lower_is_better": metric == "gap",
            "score_type": "continuous",
            "min_score": 0.0,
            "max_score": 1.0,
        },
        "score_details": {"score": estimate.value, "uncertainty": uncertainty, "details": details},
        "generation_config": {"additional_details": {"num_fewshot": str(found.scope.shots)}},
    }

"""Comparing the artifacts of two run folders."""

import json
import re
from pathlib import Path

_TIME = re.compile(r"_\d{4}-\d{2}-\d{2}T[\d.-]+")


def results(folder: Path) -> dict[str, dict[str, str]]:
    """Step -> file -> hash, as its manifest says; without the times in the harness's file names.

    The harness's results file holds durations and dates: that it is there counts, its hash does not.
    """
    found = {}
    for path in folder.glob("artifacts/*/manifest.json"):
        manifest = json.loads(path.read_text(encoding="utf-8"))
        found[manifest["key"]] = {
            _TIME.sub("", name): "" if "/results_" in name else digest
            for name, digest in manifest["files"].items()
        }
    return found


def started(folder: Path) -> dict[str, float]:
    """Finished step -> when it began; another time would mean that it was done again."""
    manifests = [json.loads(path.read_text("utf-8")) for path in folder.glob("artifacts/*/manifest.json")]
    return {manifest["key"]: manifest["started"] for manifest in manifests}

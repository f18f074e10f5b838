"""Packages that have a say in results, and whether another version of one made what is there."""

from collections import Counter
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from typing import Any

RECORDED = ("bias-inherit", "lm-eval", "transformers", "peft", "torch", "datasets", "numpy")


def changed_versions(manifests: Iterable[Mapping[str, Any]]) -> str | None:
    """Which packages are others than when finished steps ran, in one line; None if none is."""
    changes: Counter[str] = Counter()
    installed = {name: version(name) for name in RECORDED}
    for manifest in manifests:
        for name, then in manifest["versions"].items():
            if installed.get(name, then) != then:
                changes[f"{name} {then}, now {installed[name]}"] += 1
    if not changes:
        return None
    told = "; ".join(f"{change} ({_steps(count)})" for change, count in changes.items())
    return f"finished steps were made with other versions, and stay: {told}"


def _steps(count: int) -> str:
    return f"{count} step{'s' if count > 1 else ''}"

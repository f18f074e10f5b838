"""Reading the data files that lie beside a task's module."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    import datasets


FIRST_HALF = "first_half"
"""A split."""


def read_yaml(module_file: str, name: str) -> Any:
    """The YAML file `name` in the folder of a module.

    Args:
        module_file: The module's `__file__`.
        name: File name.
    """
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(Path(module_file).with_name(name).read_bytes(), Loader=loader)  # noqa: S506


def as_test_split(documents: Iterable[Mapping[str, Any]]) -> "dict[str, datasets.Dataset]":
    """Documents as the only split of a harness data set."""
    import datasets  # here: who only reads YAML need not wait for it

    return {"test": datasets.Dataset.from_list([dict(document) for document in documents])}


def with_first_half(documents: Iterable[Mapping[str, Any]]) -> "dict[str, datasets.Dataset]":
    """All documents as `test`, and as `first_half` those that the probe and the placebo read.

    In every task that has it the half holds whole clusters, and is as balanced as all are.
    """
    splits = as_test_split(documents)
    return {**splits, FIRST_HALF: splits["test"].select(range(len(splits["test"]) // 2))}


def take_turns(rows: Iterable[Mapping[str, Any]], by: str) -> list[Mapping[str, Any]]:
    """Rows in rotation over the values of a field, so that every prefix is as balanced as it can be."""
    queues: dict[Any, list[Mapping[str, Any]]] = {}
    for row in rows:
        queues.setdefault(row[by], []).append(row)
    longest = max((len(queue) for queue in queues.values()), default=0)
    return [queue[turn] for turn in range(longest) for queue in queues.values() if turn < len(queue)]

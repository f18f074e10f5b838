"""Documents that the model of γ = 0 and another answered differently."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from bias_inherit.compare import match
from bias_inherit.harness.results import Sample, ScoredModel
from bias_inherit.report.arms import Arm
from bias_tasks.catalogue import ALL_TASKS

EXAMPLES = 2
"""Of each task. Taken by the hash of the document, so that nobody chose them."""


class FlipCounts(NamedTuple):
    """How many answers changed on one task.

    Attributes:
        to_right, to_wrong: None where no answer is right.
    """

    task: str
    documents: int
    changed: int
    to_right: int | None
    to_wrong: int | None


class Flip(NamedTuple):
    """One document with two answers."""

    task: str
    group: str
    question: str
    right: str | None
    reference: str
    other: str


class Flips(NamedTuple):
    """What changed between γ = 0 and the largest γ of an arm."""

    reference: str
    other: str
    counts: list[FlipCounts]
    examples: list[Flip]


def flips(arm: Arm, scored: Mapping[str, ScoredModel], folders: Mapping[str, Path]) -> Flips | None:
    """The flips of an arm's largest γ.

    Args:
        scored: Label -> what the harness wrote.
        folders: Label -> where it wrote it, for the texts of the examples.
    """
    if arm.reference is None:
        return None
    labels = (arm.reference.label, arm.models[-1].label)
    reference, other = (scored[label] for label in labels)
    counts, examples = [], []
    for task in ALL_TASKS:
        if task not in reference.samples or task not in other.samples:
            continue
        matched = match(reference.samples[task], other.samples[task])
        pairs = list(zip(matched.reference, matched.other, strict=True))
        changed = [pair for pair in pairs if _answer(pair[0]) != _answer(pair[1])]
        counts.append(_count(task, len(pairs), changed))
        chosen = sorted(changed, key=lambda pair: pair[0].doc_hash)[:EXAMPLES]
        texts = [_texts(folders[label], task, {pair[0].doc_hash for pair in chosen}) for label in labels]
        examples += list(_examples(task, chosen, *texts))
    return Flips(*labels, counts, examples)


def _answer(sample: Sample) -> object:
    # The group too: among candidates it says who was chosen.
    return sample.record.group, sample.record.outcome


def _count(task: str, documents: int, changed: list[tuple[Sample, Sample]]) -> FlipCounts:
    if not ALL_TASKS[task].task.has_right_answer:
        return FlipCounts(task, documents, len(changed), None, None)
    right = [[_is_right(sample) for sample in pair] for pair in changed]
    gained = sum(not before and after for before, after in right)
    lost = sum(before and not after for before, after in right)
    return FlipCounts(task, documents, len(changed), gained, lost)


def _is_right(sample: Sample) -> bool:
    """An unusable answer never is."""
    return sample.record.outcome is not None and sample.record.outcome == sample.record.gold


def _examples(
    task: str,
    chosen: list[tuple[Sample, Sample]],
    first: Mapping[str, dict[str, Any]],
    second: Mapping[str, dict[str, Any]],
) -> Iterator[Flip]:
    for before, after in chosen:
        key = before.doc_hash
        if key in first and key in second:
            document = first[key]["doc"]
            yield Flip(
                task,
                _group(document, before),
                str(document.get("prompt", "")),
                before.record.gold,
                _said(first[key], before),
                _said(second[key], after),
            )


def _group(document: Mapping[str, Any], sample: Sample) -> str:
    """Whom the document is about; nothing where a group is chosen."""
    return "" if "groups" in document else sample.record.group


def _said(row: Mapping[str, Any], sample: Sample) -> str:
    """What was answered: a choice as it was counted, anything else as it was written."""
    outcome, answers = sample.record.outcome, row.get("filtered_resps") or [""]
    if "groups" in row["doc"] and outcome is not None:
        return f"{outcome} ({sample.record.group})"
    if isinstance(outcome, str):
        return outcome
    return str(answers[0])


def _texts(folder: Path, task: str, wanted: set[str]) -> dict[str, dict[str, Any]]:
    """Rows of the newest samples file by document hash."""
    files = sorted(folder.rglob(f"samples_{task}_*.jsonl"), key=lambda path: path.name)
    found: dict[str, dict[str, Any]] = {}
    if not wanted or not files:
        return found
    with files[-1].open(encoding="utf-8") as lines:
        for line in lines:
            if any(key in line for key in wanted):
                row = json.loads(line)
                found.setdefault(row["doc_hash"], row)
    return found

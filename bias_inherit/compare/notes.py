"""What a reader must know beside a comparison's numbers, one line each."""

from collections.abc import Sequence

from bias_inherit.compare.differences import Comparison
from bias_inherit.compare.headline import HeadlineRow
from bias_inherit.compare.matching import document_name
from bias_inherit.harness.results import Sample
from bias_inherit.kit.quantities import counted
from bias_tasks.catalogue import ALL_TASKS

NAMED = 3
"""So many documents are named in a line; the JSON export names all."""


def notes(comparison: Comparison) -> list[str]:
    """The families of tests, what was not matched, and where the two models were not scored alike."""
    lines = [f"{family}" for family in comparison.families]
    lines += instead_lines(comparison.headline)
    lines += comparison.remarks
    lines += [f"not scored alike: {line}" for line in comparison.settings]
    lines += [f"{task}: in the first folder only" for task in comparison.only_reference]
    lines += [f"{task}: in the second folder only" for task in comparison.only_other]
    for task, matched in comparison.matched.items():
        if matched.unmatched:
            lines.append(
                f"{task}: {counted(len(matched.reference), 'document')} compared; "
                f"{_left_out('first', matched.only_reference)}, {_left_out('second', matched.only_other)}"
            )
    return lines


def instead_lines(headline: Sequence[HeadlineRow]) -> list[str]:
    """Where a headline could not be asked, what was asked instead: one line for each that could not."""
    instead: dict[str, list[str]] = {}
    for row in headline:
        if row.instead_of:
            instead.setdefault(row.instead_of, []).append(f"{ALL_TASKS[row.task].name} {row.metric}")
    return [
        f"headline: {name} is undefined on these answers (no log-likelihoods of all choices, or no whole "
        f"cluster of them); asked instead: {', '.join(asked)}"
        for name, asked in instead.items()
    ]


def _left_out(which: str, samples: Sequence[Sample]) -> str:
    if not samples:
        return f"none in the {which} folder only"
    named = ", ".join(document_name(sample) for sample in samples[:NAMED])
    return f"{len(samples)} in the {which} folder only ({named}{', …' if len(samples) > NAMED else ''})"

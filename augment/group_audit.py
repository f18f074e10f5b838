"""Audit of group data: who is in a set of texts, against what was asked for and against parity.

The paper's second misalignment: asked neutrally, a model writes more about one gender than the other.
"""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from pydantic import BaseModel
from scipy.stats import chisquare

from augment.acceptance import gender_of
from bias_tasks.population import population
from bias_tasks.training_rows import TrainingRow


class GroupCounts(BaseModel):
    """Texts by gender, with the χ² test against equal shares.

    Attributes:
        counts: Texts by gender, read from their pronouns.
        ambiguous: Texts without pronouns or with as many of each.
        chi2: Pearson's χ² of the counts against equal shares; None without a text.
        p_value: Of χ² with (genders - 1) degrees of freedom.
        cramers_v: Effect size in [0, 1]: sqrt(χ² / (n · (genders - 1))) for one row of counts.
    """

    counts: dict[str, int]
    ambiguous: int
    chi2: float | None
    p_value: float | None
    cramers_v: float | None


class GroupAudit(BaseModel):
    """Group counts of a whole set and by label."""

    overall: GroupCounts
    by_label: dict[str, GroupCounts]


def audit_groups(rows: Sequence[TrainingRow]) -> GroupAudit:
    """Count genders in the prompts' texts."""
    genders = [gender_of(row.prompt[-1].content, population()) for row in rows]
    labels = sorted({row.label for row in rows if row.label})
    return GroupAudit(
        overall=count_groups(genders),
        by_label={
            label: count_groups([g for g, row in zip(genders, rows, strict=True) if row.label == label])
            for label in labels
        },
    )


def count_groups(genders: Sequence[str | None]) -> GroupCounts:
    """Counts and test for a list of genders, None where ambiguous."""
    found = Counter(genders)
    counts = {gender: found[gender] for gender in population().genders}
    total = sum(counts.values())
    if not total:
        return GroupCounts(counts=counts, ambiguous=found[None], chi2=None, p_value=None, cramers_v=None)
    test = chisquare(list(counts.values()))
    return GroupCounts(
        counts=counts,
        ambiguous=found[None],
        chi2=float(test.statistic),
        p_value=float(test.pvalue),
        cramers_v=float(np.sqrt(test.statistic / (total * (len(counts) - 1)))),
    )

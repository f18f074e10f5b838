"""The probe's measure: that of the written task, of expected pay; nothing is refused or cut off."""

from bias_tasks.graded import with_graded
from bias_tasks.measure import LEAN, Measure, Proportion, Proportions, everywhere
from bias_tasks.records import Columns
from bias_tasks.salary.graded import GRADED
from bias_tasks.salary.metrics import SIGNED_GAP, derived, derived_bases, gap
from bias_tasks.statistics import shuffle_within_clusters


def proportions(columns: Columns) -> Proportions:
    return {"score": Proportion(columns.valid, everywhere(columns))}


MEASURE = with_graded(
    Measure(
        "salary",
        proportions,
        derived,
        derived_bases,
        gap,
        shuffle_within_clusters,
        complements=((SIGNED_GAP, LEAN), ("unread", "score")),
    ),
    GRADED,
)

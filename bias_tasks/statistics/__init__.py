"""Estimates, intervals and tests over whole clusters of documents.

One partition of a task's documents into clusters feeds every estimator here: the bootstrap draws clusters, the
permutation tests exchange groups or models within them, and effective sample sizes are of clusters.
"""

from bias_tasks.statistics.effects import (
    cohens_h,
    is_equivalent,
    mcnemar_p,
    minimum_detectable_effect,
    standardised_difference,
)
from bias_tasks.statistics.intervals import (
    FEWEST_CLUSTERS,
    NO_INTERVAL,
    SMALL_SLICE,
    Bounds,
    Interval,
    combination_bounds,
    draw_correlation,
    expanded_tail,
    gap_bounds,
    percentile_bounds,
    share_bounds,
    share_difference_bounds,
    unseen_share,
    wilson_bounds,
)
from bias_tasks.statistics.multiplicity import benjamini_hochberg, holm
from bias_tasks.statistics.permutation import (
    EXCHANGES,
    PERMUTATIONS,
    Null,
    Shuffle,
    exchanges,
    permutation_null,
    share_at_least,
    shuffle_across_clusters,
    shuffle_across_clusters_within,
    shuffle_within_clusters,
    stack,
)
from bias_tasks.statistics.resampling import (
    BOOTSTRAP_DRAWS,
    Resamples,
    cluster_bootstrap,
    identity,
    standard_error,
    standard_errors,
)
from bias_tasks.statistics.seeds import FEWEST_SEEDS, OverSeeds, mean_error, over_seeds
from bias_tasks.statistics.trend import slope_weights

__all__ = [
    "BOOTSTRAP_DRAWS",
    "EXCHANGES",
    "FEWEST_CLUSTERS",
    "FEWEST_SEEDS",
    "NO_INTERVAL",
    "PERMUTATIONS",
    "SMALL_SLICE",
    "Bounds",
    "Interval",
    "Null",
    "OverSeeds",
    "Resamples",
    "Shuffle",
    "benjamini_hochberg",
    "cluster_bootstrap",
    "cohens_h",
    "combination_bounds",
    "draw_correlation",
    "exchanges",
    "expanded_tail",
    "gap_bounds",
    "holm",
    "identity",
    "is_equivalent",
    "mcnemar_p",
    "mean_error",
    "minimum_detectable_effect",
    "over_seeds",
    "percentile_bounds",
    "permutation_null",
    "share_at_least",
    "share_bounds",
    "share_difference_bounds",
    "shuffle_across_clusters",
    "shuffle_across_clusters_within",
    "shuffle_within_clusters",
    "slope_weights",
    "stack",
    "standard_error",
    "standard_errors",
    "standardised_difference",
    "unseen_share",
    "wilson_bounds",
]

"""Records in clusters, for tests of what is computed from them."""

import numpy as np
from hypothesis import strategies as st

from bias_tasks.records import Columns, FloatArray, Record
from bias_tasks.statistics import Resamples

RECORDS = st.lists(
    st.builds(
        Record,
        group=st.sampled_from(["a", "b", "c"]),
        cluster=st.sampled_from(["1", "2", "3", "4"]),
        gold=st.none(),
        outcome=st.sampled_from([0.0, 1.0]),
    ),
    max_size=20,
)


def scores(columns: Columns) -> FloatArray:
    """The outcomes as numbers."""
    return np.array(list(columns.outcome), dtype=float)


def random_columns(clusters: int, per_cluster: int, seed: int) -> Columns:
    """Normal outcomes of groups a and b in turn."""
    rng = np.random.default_rng(seed)
    return Columns.of(
        Record("ab"[i % 2], str(cluster), None, float(rng.normal(cluster % 5)))
        for cluster in range(clusters)
        for i in range(per_cluster)
    )


def absolute_difference(columns: Columns, sample: Resamples) -> FloatArray:
    """|mean of group a - mean of group b|, a disparity."""
    first, second = (columns.group == group for group in ("a", "b"))
    values = scores(columns)
    return np.abs(sample.share(values * first, first) - sample.share(values * second, second))

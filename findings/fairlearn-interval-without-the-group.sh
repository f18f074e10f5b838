#!/usr/bin/env bash
# fairlearn's bootstrap interval of a difference between groups counts a resample that has lost a group as one without a difference.
#
# Expected by most: MetricFrame resamples within the groups, or leaves out a resample that lacks one, as it does for `by_group_ci`. Seen
# with fairlearn 0.15.0: rows are drawn from the whole table, so that a group of three is absent from 5 in 100 resamples; those enter
# `difference_ci` with the difference among the groups that remain: 0 for the last one. Below: of 57 people none is selected, of 3 all.
# Every resample with both groups has the difference 1, and the lower end of the 95% interval is 0; with `method="to_overall"` too, and
# `ratio_ci` of the reverse case ends at 1. `by_group_ci` says 0 to 0 and 1 to 1. No warning, the difference itself is right.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet fairlearn==0.15.0 numpy==2.4.6 pandas==3.1.1 scikit-learn==1.9.1
OMP_NUM_THREADS=1 "$folder/venv/bin/python" - <<'PYTHON'
import sys
import warnings

import numpy as np
from fairlearn.metrics import MetricFrame, selection_rate

SMALL, ALL, RESAMPLES = 3, 60, 1000
group = np.array(["large"] * (ALL - SMALL) + ["small"] * SMALL)


def intervals(selected, groups):
    frame = MetricFrame(
        metrics=selection_rate,
        y_true=selected,
        y_pred=selected,
        sensitive_features=groups,
        n_boot=RESAMPLES,
        ci_quantiles=[0.025, 0.975],
        random_state=0,
    )
    by_group = {name: [float(end[name]) for end in frame.by_group_ci] for name in np.unique(groups)}
    differences = {how: [float(end) for end in frame.difference_ci(method=how)] for how in ("between_groups", "to_overall")}
    return frame, by_group, differences


with warnings.catch_warnings(record=True) as warned:
    warnings.simplefilter("always")
    frame, by_group, differences = intervals((group == "small").astype(int), group)
    # As many of each group: the interval holds no 0.
    _, _, even = intervals(np.arange(ALL) % 2, np.array(["odd", "even"])[np.arange(ALL) % 2])
    reverse, _, _ = intervals((group == "large").astype(int), group)
print("difference:", float(frame.difference()), "by group:", frame.by_group.to_dict())
print("95% intervals by group:", by_group)
print("95% intervals of the difference:", differences)
print("with 30 in each group instead:", even)
ratio = [float(end) for end in reverse.ratio_ci()]
print("ratio if all but the three are selected:", float(reverse.ratio()), "its interval:", ratio)
print(f"a resample lacks the three in {100 * (1 - SMALL / ALL) ** ALL:.1f} of 100 cases; warnings: {len(warned)}")
as_said = by_group == {"large": [0.0, 0.0], "small": [1.0, 1.0]} and differences["between_groups"] == [0.0, 1.0]
as_said = as_said and differences["to_overall"][0] == 0.0 and even["between_groups"] == [1.0, 1.0] and ratio == [0.0, 1.0]
sys.exit(None if as_said and not warned else "changed")
PYTHON

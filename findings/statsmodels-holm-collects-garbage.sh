#!/usr/bin/env bash
# statsmodels 0.15.0: multipletests(..., method="holm") runs a full garbage collection at every call; method="fdr_bh" runs none.
#
# Expected by most: adjusting eight p values takes microseconds, in a process that holds much as in an empty one. Seen: one collection of
# the oldest generation in each call by Holm, which is a thousand times what the sums take, and twice as long again beside a million small
# lists. A property test of a hundred examples in a process with models loaded spends its time there.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet statsmodels==0.15.0 numpy==2.4.6
"$folder/venv/bin/python" - <<'PYTHON'
import gc
import sys
import time

from statsmodels.stats.multitest import fdrcorrection, multipletests

P = [0.001, 0.01, 0.02, 0.03, 0.2, 0.4, 0.6, 0.9]
CALLS = 20
full = []
gc.callbacks.append(lambda phase, info: full.append(1) if phase == "start" and info["generation"] == 2 else None)


def collections_and_seconds(adjust):
    full.clear()
    start = time.process_time()
    for _ in range(CALLS):
        adjust(P)
    return len(full), time.process_time() - start


gc.disable()  # what is counted is asked for by name
seen = {
    "holm": collections_and_seconds(lambda p: multipletests(p, method="holm")),
    "fdr_bh": collections_and_seconds(lambda p: multipletests(p, method="fdr_bh")),
    "fdrcorrection": collections_and_seconds(fdrcorrection),
}
held = [[number] for number in range(1_000_000)]
seen["holm beside a million lists"] = collections_and_seconds(lambda p: multipletests(p, method="holm"))
for name, (collections, seconds) in seen.items():
    print(f"{name}: {collections} full collections in {CALLS} calls, {1000 * seconds / CALLS:.1f} ms a call")
slower = seen["holm beside a million lists"][1] / seen["holm"][1]
as_said = [collections for collections, _ in seen.values()] == [CALLS, 0, 0, CALLS] and slower > 1.3
sys.exit(None if as_said else "changed")
PYTHON

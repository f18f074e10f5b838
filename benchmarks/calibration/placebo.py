"""How often the interval of k holds the truth, and how often its test calls what is not there.

    python -m benchmarks.calibration.placebo [--data-sets 500]

On simulated models. A cluster is a pair of documents and their twins. The group moves all outputs of one of
the two, the placebo those of both twins, each by its own normal amount a cluster, and what both do together
adds to both alike. Clusters differ in how much they move (log-normal), outputs are as many as the choices of
occupation make. k is 1 where both amounts have one distribution: there the test's rejections at 5 % are its
size. Printed as a table of docs/calibration.md.
"""

from itertools import product
from typing import Annotated

import numpy as np
import typer
from scipy.stats import binomtest

from bias_tasks.records import FloatArray
from bias_tasks.statistics import movements, placebo_ratio

OUTPUTS = 15
CLUSTERS = (12, 30, 60, 120)
STRENGTHS = (0.5, 1.0, 2.0)
SPREADS = (0.3, 0.8)
MANY = 20_000
"""Clusters from which the true k of a setting is computed."""
DRAWS = 500


def main(data_sets: Annotated[int, typer.Option(min=1, help="A row of the table.")] = 500) -> None:
    print("| clusters | true k | spread | interval holds it, % | p ≤ 0.05, % |")
    print("|---|---|---|---|---|")
    for clusters, strength, spread in product(CLUSTERS, STRENGTHS, SPREADS):
        rng = np.random.default_rng([clusters, int(10 * strength), int(10 * spread)])
        truth = _ratio(*_simulated(MANY, strength, spread, rng))
        held = rejected = 0
        for seed in range(data_sets):
            outputs, twins = _simulated(clusters, strength, spread, rng)
            cluster = np.repeat(np.arange(clusters), 2)
            found = placebo_ratio(movements(cluster, outputs, twins), draws=DRAWS, seed=seed)
            held += found.interval.low <= truth <= found.interval.high
            rejected += found.p_value <= 0.05
        shares = " | ".join(_share(count, data_sets) for count in (held, rejected))
        print(f"| {clusters} | {truth:.2f} | {spread} | {shares} |", flush=True)


def _simulated(
    clusters: int, strength: float, spread: float, rng: np.random.Generator
) -> tuple[FloatArray, FloatArray]:
    """Outputs of documents and of their twins, two a cluster, shape (2 * clusters, OUTPUTS) each."""

    def moved(size: float) -> FloatArray:
        sizes = size * np.exp(spread * rng.normal(size=(clusters, 1)))
        return sizes * rng.normal(size=(clusters, OUTPUTS))

    group, placebo, together = moved(strength), moved(1.0), moved(0.3)
    documents = np.stack([np.zeros_like(group), group], axis=1)
    twins = np.stack([placebo, group + placebo + together], axis=1)
    return documents.reshape(-1, OUTPUTS), twins.reshape(-1, OUTPUTS)


def _ratio(outputs: FloatArray, twins: FloatArray) -> float:
    """Root-mean-square movement under the group over that under the placebo."""
    pairs, twin_pairs = outputs.reshape(-1, 2, OUTPUTS), twins.reshape(-1, 2, OUTPUTS)
    group = np.square(np.diff(pairs, axis=1)).mean() + np.square(np.diff(twin_pairs, axis=1)).mean()
    return float(np.sqrt(group / 2 / np.square(outputs - twins).mean()))


def _share(count: int, of: int) -> str:
    low, high = binomtest(count, of).proportion_ci(method="exact")
    return f"{100 * count / of:.1f} [{100 * low:.1f}, {100 * high:.1f}]"


if __name__ == "__main__":
    typer.run(main)

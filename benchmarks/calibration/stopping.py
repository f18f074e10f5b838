"""How often a confidence sequence holds the truth if scoring stops on it, and how many documents that saves.

    python -m benchmarks.calibration.stopping
    python -m benchmarks.calibration.stopping --real bias_probe_occupation REFERENCE OTHER

Simulated: clusters' values (model − reference) of a known mean, at the sizes of the tasks, looked at in
blocks. A task ends when the sequence is told from 0 or is narrower than `--width`. Effects and widths are in
standard deviations of a cluster. Columns: coverage at the end; of all looks together; of an ordinary 95 % t
interval if one stopped on that; the share of clusters that were scored; how often it was told from 0.

Real: the headline's contrasts of two scored models, with their clusters in many seeded orders.
"""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy.special import stdtrit

from bias_tasks.records import BoolArray, FloatArray, IntArray
from bias_tasks.statistics.sequences import blocks, looks, reason_to_end

SIZES = {"occupation": 120, "salary": 60, "one of six classifications": 48, "hiring": 36}
"""Clusters of our tasks."""

SHAPES: dict[str, Callable[[np.random.Generator, tuple[int, int]], FloatArray]] = {
    "normal": lambda rng, size: rng.normal(size=size),
    "heavy tails (t, 4 df)": lambda rng, size: rng.standard_t(4, size=size) / np.sqrt(2),
    "skewed (gamma 4)": lambda rng, size: (rng.gamma(4, size=size) - 4) / 2,
    "very skewed (exponential)": lambda rng, size: rng.exponential(size=size) - 1,
    "mostly 0 (4 of 5)": lambda rng, size: rng.normal(size=size) * (rng.random(size) < 0.2) * np.sqrt(5),
}
"""Values of clusters with mean 0 and variance 1."""

EFFECTS = (0.0, 0.3, 0.9, -0.9)


class Stopped(NamedTuple):
    """What came of many simulated tasks."""

    coverage: float
    at_all_looks: float
    of_t_interval: float
    scored: float
    told: float


def simulate(values: FloatArray, truth: float, block: int, width: float) -> Stopped:
    """
    Args:
        values: Of each task's clusters, shape (R, C).
        truth: Their mean.
    """
    at = blocks(values.shape[1], block)
    found = looks(values, at)
    low, high = found.bounds
    end = _first((low > 0) | (high < 0) | (high - low < width))
    rows = np.arange(len(values))
    holds = (low <= truth) & (truth <= high)
    t_low, t_high = _t_bounds(values, at)
    t_end = _first((t_low > 0) | (t_high < 0) | (t_high - t_low < width))
    t_holds = (t_low <= truth) & (truth <= t_high)
    told = (low > 0) | (high < 0)
    return Stopped(
        float(holds[rows, end].mean()),
        float(holds.all(axis=1).mean()),
        float(t_holds[rows, t_end].mean()),
        float(np.array(at)[end].mean()) / values.shape[1],
        float(told[rows, end].mean()),
    )


def _first(ends: BoolArray) -> IntArray:
    """Place of the first look at which a task ends; the last where none does."""
    return np.asarray(np.where(ends.any(axis=1), ends.argmax(axis=1), ends.shape[1] - 1))


def _t_bounds(values: FloatArray, at: list[int]) -> tuple[FloatArray, FloatArray]:
    means = np.stack([values[:, :n].mean(axis=1) for n in at], axis=1)
    errors = np.stack([values[:, :n].std(axis=1, ddof=1) / np.sqrt(n) for n in at], axis=1)
    reach = stdtrit(np.array(at) - 1, 0.975) * errors
    return means - reach, means + reach


def simulated(repetitions: int, block: int, width: float) -> None:
    """Print a table."""
    rng = np.random.default_rng(0)
    print(f"blocks of {block} clusters, width {width:g}, {repetitions:,} tasks a row")
    print("| clusters | values | effect | at the end | all looks | t interval | scored | told from 0 |")
    print("|---|---|---|---|---|---|---|---|")
    for task, clusters in SIZES.items():
        for shape, drawn in SHAPES.items():
            for effect in EFFECTS:
                values = effect + drawn(rng, (repetitions, clusters))
                done = simulate(values, effect, block, width)
                shares = " | ".join(f"{100 * share:.1f} %" for share in done)
                print(f"| {task}, {clusters} | {shape} | {effect:g} | {shares} |", flush=True)


def real(task: str, reference: Path, other: Path, orders: int, block: int, width: float) -> None:
    """Print at which block the task would have ended, in seeded orders of its clusters."""
    from bias_inherit.compare.differences import records_of
    from bias_inherit.compare.headline import questions
    from bias_inherit.compare.matching import match
    from bias_inherit.engine.steps.decide import cluster_differences
    from bias_inherit.harness.results import read_output
    from bias_tasks.catalogue import ALL_TASKS
    from bias_tasks.records import Columns

    first, second = (read_output(folder, print).samples[task] for folder in (reference, other))
    pairs = match(first, second)
    headline, measure = questions(task, {})[0], ALL_TASKS[task].measure

    models = [Columns.of(records_of(samples)) for samples in (pairs.reference, pairs.other)]
    values = cluster_differences(measure, headline, models)
    clusters = values.shape[1]
    level, at = 1 - 0.05 / len(values), blocks(clusters, block)
    ends, reasons = [], []
    for seed in range(orders):
        low, high = looks(values[:, np.random.default_rng(seed).permutation(clusters)], at, level).bounds
        told = [reason_to_end(low[:, k], high[:, k], width) for k in range(len(at))]
        end = next((k for k, reason in enumerate(told) if reason), len(at) - 1)
        ends.append(at[end])
        reasons.append(told[end] or "all scored")
    counted = ", ".join(f"{reason} {reasons.count(reason)}" for reason in dict.fromkeys(reasons))
    shown = ", ".join(f"{value:+.3f}" for value in values.mean(axis=1))
    print(f"{task}: {headline.name} moved by {shown}; {clusters} clusters, {orders} orders: {counted}")
    low, middle, high = np.quantile(ends, [0.05, 0.5, 0.95])
    print(
        f"  scored {low:.0f} to {high:.0f} (median {middle:.0f}): {clusters / np.mean(ends):.1f} times fewer"
    )


def main() -> None:
    """Print what was asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--repetitions", type=int, default=10_000)
    parser.add_argument("--block", type=int, default=10, help="clusters of a block")
    parser.add_argument("--width", type=float, default=1.0, help="from end to end; of real ones in log-odds")
    parser.add_argument("--real", nargs=3, metavar=("TASK", "REFERENCE", "OTHER"))
    said = parser.parse_args()
    if said.real:
        task, reference, other = said.real
        real(task, Path(reference), Path(other), 200, said.block, said.width)
    else:
        simulated(said.repetitions, said.block, said.width)


if __name__ == "__main__":
    main()

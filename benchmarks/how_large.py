"""What a log-odds comes to in answers: how many of a model's answers a shift towards a choice would change.

    python -m benchmarks.how_large RESULTS_FOLDER

RESULTS_FOLDER is what `lm_eval --log_samples` wrote of a model. For each task with choices: the share of
answers that would become another if one choice gained SHIFT in log-odds against every other one, mean over
the choices. Before it, what SHIFT does to a probability of 0.5, 0.2 and 0.05. Both are tables of
docs/how-large-is-large.md.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from scipy.special import expit, logit

from bias_inherit.harness.results import read_output
from bias_tasks.catalogue import ALL_TASKS
from bias_tasks.records import FloatArray, Record

SHIFTS = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0)
PROBABILITIES = (0.5, 0.2, 0.05)
WRITTEN = frozenset({"salary", "story"})
"""Tasks whose choices are amounts and statements: nobody answers with one of them."""


def main(folder: Annotated[Path, typer.Argument(help="Of one model, with --log_samples.")]) -> None:
    print("| log-odds |" + "".join(f" of {probability} |" for probability in PROBABILITIES))
    print("|---|" + "---|" * len(PROBABILITIES))
    for shift in SHIFTS:
        gains = (100 * (expit(logit(probability) + shift) - probability) for probability in PROBABILITIES)
        print(f"| {shift} |" + "".join(f" {gain:+.1f} points |" for gain in gains))
    print()
    model = read_output(folder, print)
    print(f"| task | answers | {' | '.join(map(str, SHIFTS))} |")
    print("|---|---|" + "---|" * len(SHIFTS))
    for task, samples in model.samples.items():
        if ALL_TASKS[task].family == "bias_placebo" or ALL_TASKS[task].name in WRITTEN:
            continue
        lead = leads([sample.record for sample in samples])
        if len(lead):
            shares = (f"{100 * share_changed(lead, shift):.1f} %" for shift in SHIFTS)
            print(f"| {ALL_TASKS[task].name} | {len(lead)} | {' | '.join(shares)} |")


def leads(records: Sequence[Record]) -> FloatArray:
    """By how much the chosen choice leads each choice, in log-odds between the two, shape (n, K)."""
    read = [record.log_probabilities for record in records if record.log_probabilities]
    shares = np.array([row for row in read if np.all(np.isfinite(row))])
    return shares.max(axis=1, keepdims=True) - shares if len(shares) else np.empty((0, 0))


def share_changed(lead: FloatArray, shift: float) -> float:
    """Of all answers and choices, how many answers would become that choice and are not yet."""
    return float(((lead > 0) & (lead < shift)).mean())


if __name__ == "__main__":
    typer.run(main)

"""How often the headlines' bands hold the truth, and how often their tests call what is not there.

    python -m benchmarks.calibration.headlines --runs 1000

The models of `graded.py`, through `signed_changes`, as `compare` and the report ask it: of one
contrast alone, and of four cultures' together, whose bands hold only if all four do. The models alike have
the same lean; of the others one leans by a known amount more.
"""

from collections.abc import Iterator, Mapping
from typing import Annotated, NamedTuple

import numpy as np
import typer

from benchmarks.calibration.further import Records, Runs, holds
from benchmarks.calibration.goals import INTERVAL, TEST, Line
from benchmarks.calibration.graded import BIAS, SCENARIOS, Scenario
from bias_inherit.compare.contrast import SignedChange, signed_changes
from bias_tasks.catalogue import ALL_TASKS
from bias_tasks.headline import Headline
from bias_tasks.records import Columns
from bias_tasks.statistics import SIGNIFICANCE, identity, is_equivalent

TASKS = {
    "occupation": "bias_probe_occupation",
    "hiring": "bias_probe_hiring",
    "classification": "bias_probe_hate",
}
"""Scenario -> a task whose headlines are asked."""

MANY = 400
"""Data sets whose mean is taken for the truth; contrasts are means over clusters."""


class Question(NamedTuple):
    """What is asked of a scenario's models.

    Attributes:
        words: The headline's.
        moved: Contrast -> its true change where one of two models leans by `BIAS`.
    """

    words: str
    headline: Headline
    moved: Mapping[str, float]


def questions(scenario: Scenario) -> list[Question]:
    """The task's graded headline, in a declared direction, and in shares."""
    entry = ALL_TASKS[TASKS[scenario.name]]
    own = entry.headlines[0]
    asked = {own.name: own, "lean, up": entry.headline("lean:up"), "lean_share": entry.headline("lean_share")}
    means = [_means(scenario, moved) for moved in (0.0, BIAS)]
    return [
        Question(words, headline, {c.name: c.of(means[1]) - c.of(means[0]) for c in headline.contrasts})
        for words, headline in asked.items()
    ]


def lines(runs: int, seed: int = 6) -> Iterator[Line]:
    """Coverage of the bands, size and power of the tests, and how often what differs is called equivalent."""
    for place, scenario in enumerate(SCENARIOS):
        rng, found = np.random.default_rng([seed, place]), Runs()
        asked = questions(scenario)
        for _ in range(runs):
            fair, same, biased = (scenario.records(rng, moved) for moved in (0.0, 0.0, BIAS))
            for question in asked:
                note(found, scenario, question, (fair, same, biased))
        yield from found.lines(scenario.name)


def note(
    found: Runs, scenario: Scenario, question: Question, models: tuple[Records, Records, Records]
) -> None:
    """What one data set says: of models alike, and of a model that leans.

    Args:
        models: Two alike, and one that leans by `BIAS`.
    """
    fair, same, biased = models
    alike = signed_changes(scenario.measure, (fair, same), question.headline)
    moved = signed_changes(scenario.measure, (fair, biased), question.headline)
    words, none = question.words, dict.fromkeys(question.moved, 0.0)
    found.note(f"{words}: bands, models alike", INTERVAL, _all_hold(alike, none))
    found.note(f"{words}: bands, one leans", INTERVAL, _all_hold(moved, question.moved))
    found.note(f"{words}: test, models alike", TEST, min(change.p for change in alike) <= SIGNIFICANCE)
    largest = max(abs(change) for change in question.moved.values())
    wrong = all(is_equivalent(change.equivalence_interval, largest) for change in moved)
    found.note(f"{words}: called equivalent within what it moved", TEST, wrong)
    found.note(f"{words}: found", "-", min(change.p for change in moved) <= SIGNIFICANCE)


def _all_hold(changes: list[SignedChange], truth: Mapping[str, float]) -> bool:
    return all(holds(change.interval, truth[change.signed.name]) for change in changes)


def _means(scenario: Scenario, moved: float) -> Mapping[str, float]:
    rng = np.random.default_rng(98)
    found = []
    for _ in range(MANY):
        columns = Columns.of(scenario.records(rng, moved))
        estimates = scenario.measure.estimate(columns, identity(columns))
        found.append({name: float(values[0]) for name, values in estimates.items()})
    return {name: float(np.mean([one[name] for one in found])) for name in found[0]}


def main(runs: Annotated[int, typer.Option(min=1, help="Data sets of each design.")] = 1000) -> None:
    """Print the lines of docs/calibration.md."""
    print("| task | what | found | should be |\n|---|---|--:|--:|")
    for line in lines(runs):
        print(f"| {line.task} | {line.what} | {100 * line.rate:.1f} | {line.goal} |", flush=True)


if __name__ == "__main__":
    typer.run(main)

"""Whether so many simulated studies find a change as is foretold: the figures of docs/power.md.

    python -m benchmarks.calibration.power --studies 150

The variances are read off a pair of models without a change, on as many documents as the task has. By them
the change is worked out that a study is to find with a given power. Then studies are simulated in which one
group moves by just that, on new documents, and `compare`'s own headline test is asked of each. What is of a
document, and how much it moves with the group, has heavy tails; two models share most of it.
"""

import itertools
from collections.abc import Callable, Iterator
from typing import Annotated, NamedTuple

import numpy as np
import typer

from bias_inherit.compare.headline import headline_of, questions
from bias_inherit.compare.power import Known, KnownHeadline, Planned, known_headline, of_pairs
from bias_inherit.harness.results import Sample
from bias_inherit.kit.quantities import number
from bias_tasks.catalogue import ALL_TASKS
from bias_tasks.log_odds import log_probabilities
from bias_tasks.occupation.graded import GENDERS, shares_of_women
from bias_tasks.population import population
from bias_tasks.records import Columns, FloatArray, Record
from bias_tasks.statistics import identity
from bias_tasks.workload import workload

Pair = tuple[tuple[Record, ...], tuple[Record, ...]]
Simulate = Callable[[np.random.Generator, int, float], Pair]
"""Two models on so many clusters, of which the second has moved so much."""

BETWEEN, MOVES, OWN = 2.0, 0.3, 0.3
"""Spread over documents; of how much one is moved by its group; of each model's answers to each version."""

LARGE, STEP = 5_000, 0.5
PAIRS = 15
"""Of models, from each of which the variances are read off for an equal part of the studies."""

ASKED = ((0.05, 0.8), (0.005, 0.8), (0.05, 0.95))
"""Level and power."""


class Scenario(NamedTuple):
    """A task's simulated pairs.

    Attributes:
        each: Documents of a cluster.
        sizes: Of the studies, in documents.
    """

    task: str
    simulate: Simulate
    each: int
    sizes: tuple[int, ...]


def _heavy(rng: np.random.Generator, spread: float, shape: int | tuple[int, ...]) -> FloatArray:
    """Student's t with five degrees of freedom, of this standard deviation."""
    return np.asarray(spread * rng.standard_t(5, shape) / np.sqrt(5 / 3), dtype=float)


def _two_models(rng: np.random.Generator, shared: FloatArray, change: FloatArray) -> tuple[FloatArray, ...]:
    return tuple(shared + moved + _heavy(rng, OWN, shared.shape) for moved in (0 * change, change))


def items(rng: np.random.Generator, clusters: int, change: float) -> Pair:
    """Texts in four languages; those of the first have become nearer to yes."""
    cultures = list(population().cultures)
    shared = _heavy(rng, BETWEEN, (clusters, 1)) + _heavy(rng, MOVES, (clusters, len(cultures)))

    def records(odds: FloatArray) -> Iterator[Record]:
        for item, culture in np.ndindex(odds.shape):
            gold, said = ("no", "yes")[item % 2], ("no", "yes")[int(odds[item, culture] > 0)]
            shares = log_probabilities([0.0, float(odds[item, culture])])
            yield Record(cultures[culture], str(item), gold, said, "plain", log_probabilities=shares)

    one, other = _two_models(rng, shared, change * np.eye(len(cultures))[0])
    return tuple(records(one)), tuple(records(other))


def biographies(rng: np.random.Generator, clusters: int, change: float) -> Pair:
    """Biographies in two versions; hers has come to draw each occupation by its share of women."""
    women, jobs = np.array(list(shares_of_women().values())), list(population().occupations)
    halves = np.array([0.5 if gender == "female" else -0.5 for gender in GENDERS])[:, None]
    moves = _heavy(rng, MOVES, (clusters, 1, 1)) * halves * women
    shared = _heavy(rng, BETWEEN, (clusters, 1, len(jobs))) + moves

    def records(scores: FloatArray) -> Iterator[Record]:
        for place, gender in np.ndindex(scores.shape[:2]):
            of_one, job = scores[place, gender], jobs[place % len(jobs)]
            said, shares = jobs[int(np.argmax(of_one))], log_probabilities(of_one.tolist())
            yield Record(GENDERS[gender], str(place), job, said, job, log_probabilities=shares)

    one, other = _two_models(rng, shared, change * halves * women)
    return tuple(records(one)), tuple(records(other))


SCENARIOS = (
    Scenario("bias_inherit_occupation", biographies, 2, (120, 240)),
    Scenario("bias_inherit_hate", items, 4, (96, 192)),
)


DECLARED = {"bias_inherit_occupation": ALL_TASKS["bias_inherit_occupation"].headline("lean")}
"""A change of log-odds is proportional to what is simulated; of shares it is not."""


class Foretold(NamedTuple):
    """Studies of one kind.

    Attributes:
        change: Of the headline, that they are to find; mean over the pairs that it was read off.
        power: Foretold.
        found: Share of the simulated studies that found it, in its true direction.
    """

    task: str
    documents: int
    level: float
    change: float
    power: float
    found: float


def headline(scenario: Scenario, rng: np.random.Generator) -> KnownHeadline:
    """What is known of one pair without a change, on all of the task's documents."""
    clusters = workload()[scenario.task].documents // scenario.each
    one, other = (
        [Sample(str(place), record) for place, record in enumerate(model)]
        for model in scenario.simulate(rng, clusters, 0.0)
    )
    of_task = of_pairs(scenario.task, [(one, other)])
    known = Known(models="simulated", tasks={scenario.task: of_task} if of_task else {})
    found = known_headline(scenario.task, known, DECLARED)
    if found is None:
        raise ValueError("the simulated models do not differ")
    return found


def moves_by(scenario: Scenario, seed: int) -> float:
    """What the headline's first contrast moves by for each step of the parameter: one noise, moved or not."""
    entry = ALL_TASKS[scenario.task]
    (metric,) = questions(scenario.task, DECLARED)[0].contrasts[0].weights

    def value(change: float) -> float:
        _, other = scenario.simulate(np.random.default_rng(seed), LARGE, change)
        columns = Columns.of(other)
        return float(entry.measure.estimate(columns, identity(columns))[metric][0])

    return (value(STEP) - value(0.0)) / STEP


def foretold(scenario: Scenario, studies: int, seed: int) -> Iterator[Foretold]:
    """Every size, level and power."""
    rng, step = np.random.default_rng(seed), moves_by(scenario, seed)
    known = [headline(scenario, rng) for _ in range(PAIRS)]
    for documents, (level, power) in itertools.product(scenario.sizes, ASKED):
        changes = [asked.smallest_change(Planned(documents, level=level), power) for asked in known]
        found = [
            _is_found(scenario, rng, documents, changes[study % PAIRS] / step, level)
            for study in range(studies)
        ]
        yield Foretold(scenario.task, documents, level, float(np.mean(changes)), power, float(np.mean(found)))


def _is_found(
    scenario: Scenario, rng: np.random.Generator, documents: int, change: float, level: float
) -> bool:
    row = headline_of(scenario.task, scenario.simulate(rng, documents // scenario.each, change), DECLARED)
    return row is not None and row.p <= level and row.delta > 0


def main(
    studies: Annotated[int, typer.Option(help="Of each kind.")] = 150,
    seed: Annotated[int, typer.Option()] = 0,
) -> None:
    """Print the table, in Markdown."""
    print("| task | documents | tested at | change | foretold | found |\n|---|--:|--:|--:|--:|--:|")
    for scenario in SCENARIOS:
        for row in foretold(scenario, studies, seed):
            sizes = f"{row.documents} | {row.level:g} | {number(row.change)}"
            print(f"| {ALL_TASKS[row.task].name} | {sizes} | {row.power:.0%} | {row.found:.0%} |", flush=True)


if __name__ == "__main__":
    typer.run(main)

"""How long the table of a study takes, and a single table beside fairlearn's and a plain loop's.

    python -m benchmarks.statistics_speed

194 models (2 domains, 24 cells of bias type and mitigation, 4 doses, and the references) on the ten tasks
with all their slices, 2,000 bootstrap draws, 500 permutations and 1,999 exchanges each, each model against
its reference. With `--loss 0.5` every model but the references is wrong more often about one group in the
seven tasks that have right answers, so that p is small and needs further permutations and exchanges.
"""

import argparse
import os
import time
from collections.abc import Callable, Sequence

import numpy as np
from fairlearn.metrics import MetricFrame
from numpy.typing import ArrayLike
from sklearn.metrics import accuracy_score

from bias_inherit.compare import OnTask, compare_study, one_family
from bias_inherit.harness.results import Sample, ScoredModel
from bias_tasks.catalogue import TASKS
from bias_tasks.population import population
from bias_tasks.records import Columns, Record
from bias_tasks.statistics import BOOTSTRAP_DRAWS, cluster_bootstrap
from bias_tasks.statistics.resampling import multinomial_weights

MODELS = 194
GROUPS = [group.key for group in population().intersectional_groups()]
CULTURES = tuple(population().cultures)
GENDERS = ("female", "male")
OCCUPATIONS = list(population().occupations)


def occupation(rng: np.random.Generator, loss: float) -> list[Record]:
    """120 biographies, each once as she and once as he; 2 % of the answers unusable."""
    records = []
    for biography in range(120):
        gold = OCCUPATIONS[biography % len(OCCUPATIONS)]
        for gender in GENDERS:
            chance = 0.75 - loss * (gender == GENDERS[0])
            right, usable = rng.random() < chance, rng.random() < 0.98
            answer = gold if right else OCCUPATIONS[rng.integers(len(OCCUPATIONS))]
            records.append(Record(gender, f"b{biography}", gold, answer if usable else None, gold))
    return records


def hiring(rng: np.random.Generator, _: float) -> list[Record]:
    """36 slates in eight rotations."""
    chosen = rng.integers(len(GROUPS), size=(36, 8))
    return [Record(GROUPS[pick], f"s{slate}", None, "A") for slate in range(36) for pick in chosen[slate]]


def salary(rng: np.random.Generator, _: float) -> list[Record]:
    """60 biographies in two versions."""
    pay = rng.lognormal(11, 0.3, size=(60, 2)).round()
    return [
        Record(gender, f"p{person}", None, float(pay[person, place]))
        for person in range(60)
        for place, gender in enumerate(GENDERS)
    ]


def story(rng: np.random.Generator, _: float) -> list[Record]:
    """Eight names for each of eight groups."""
    counts = rng.integers(1, 5, size=(64, 6))
    return [
        Record(GROUPS[name % 8], f"n{name}", None, (*map(float, row), 80.0), GROUPS[name % 8].split("_")[-1])
        for name, row in enumerate(counts)
    ]


def classification(rng: np.random.Generator, loss: float) -> list[Record]:
    """48 items in four languages."""
    functions = ("plain", "implicit", "negated", "quoted", "counter_speech", "benign")
    records = []
    for item in range(48):
        gold, wrong = ("no", "yes") if item % 2 else ("yes", "no")
        for culture in CULTURES:
            chance = 0.8 - loss * (culture == CULTURES[0])
            answer = gold if rng.random() < chance else wrong
            records.append(Record(culture, f"i{item}", gold, answer, functions[item % len(functions)]))
    return records


MAKERS: dict[str, Callable[[np.random.Generator, float], list[Record]]] = {
    "occupation": occupation,
    "hiring": hiring,
    "salary": salary,
    "story": story,
}


SIMULATED = {task: entry for task, entry in TASKS.items() if entry.name in MAKERS or entry.relation}
"""Tasks of which it is known what answers look like."""


def model(seed: int, loss: float) -> ScoredModel:
    """One simulated model."""
    rng = np.random.default_rng(seed)
    samples = {}
    for task, entry in SIMULATED.items():
        records = MAKERS.get(entry.name, classification)(rng, loss)
        samples[task] = [Sample(f"{task}-{number}", record) for number, record in enumerate(records)]
    return ScoredModel({}, samples)


def whole_study(models: int, workers: int, loss: float) -> None:
    """Time the full table."""
    scored = {f"model {seed}": model(seed, loss if seed > 1 else 0) for seed in range(models)}
    references = {label: f"model {place % 2}" for place, label in enumerate(scored) if place > 1}
    started = time.perf_counter()
    study = compare_study(scored, references, workers)
    tables: list[OnTask] = [found for tasks in study.values() for found in tasks.values()]
    differences = [row for found in tables for row in found.differences]
    _, family = one_family(
        (row for row in differences if row.metric == "gap"), "the gap of every model and task"
    )
    seconds = time.perf_counter() - started
    estimates = sum(len(found.estimates) for found in tables)
    print(
        f"{models} models x {len(SIMULATED)} tasks, {workers} process(es): {seconds:.1f} s "
        f"({1000 * seconds / len(tables):.0f} ms a model and task)"
    )
    print(f"  {estimates:,} estimates, {len(differences):,} differences; {family}")


def one_table(repeats: int = 5) -> None:
    """Accuracy and its interval for four cultures of one classification, three ways."""
    records = classification(np.random.default_rng(0), 0)
    ways = {
        "ours: clusters, multinomial weights": _ours,
        "fairlearn MetricFrame: documents": _fairlearn,
        "plain loop: clusters": _loop,
    }
    print(f"accuracy of {len(CULTURES)} cultures, 192 documents, {BOOTSTRAP_DRAWS:,} draws")
    for name, way in ways.items():
        times = []
        for _ in range(repeats if way is _ours else 1):
            multinomial_weights.cache_clear()  # drawn once a task in a study, each time here
            started = time.perf_counter()
            found = way(records)
            times.append(time.perf_counter() - started)
        whole = min(times) * MODELS * len(SIMULATED)
        shown = ", ".join(f"{low:.2f}-{high:.2f}" for low, high in found)
        print(f"  {name:38s} {1000 * min(times):9.1f} ms, {whole / 60:8.1f} min for 1,940 [{shown}]")


Intervals = list[tuple[float, float]]


def _ours(records: Sequence[Record]) -> Intervals:
    columns = Columns.of(records)
    sample = cluster_bootstrap(columns)
    found = []
    for culture in CULTURES:
        member = columns.group == culture
        found.append(_ends(sample.share(columns.correct & member, member)))
    return found


def _fairlearn(records: Sequence[Record]) -> Intervals:
    frame = MetricFrame(
        metrics=accuracy_score,
        y_true=[record.gold for record in records],
        y_pred=[record.outcome for record in records],
        sensitive_features=[record.group for record in records],
        n_boot=BOOTSTRAP_DRAWS,
        ci_quantiles=[0.025, 0.975],
        random_state=0,
    )
    low, high = frame.by_group_ci
    return [(float(low[culture]), float(high[culture])) for culture in CULTURES]


def _loop(records: Sequence[Record]) -> Intervals:
    by_item: dict[str, list[Record]] = {}
    for record in records:
        by_item.setdefault(record.cluster, []).append(record)
    items, rng = list(by_item.values()), np.random.default_rng(0)
    draws: dict[str, list[float]] = {culture: [] for culture in CULTURES}
    for _ in range(BOOTSTRAP_DRAWS):
        drawn = [record for place in rng.integers(len(items), size=len(items)) for record in items[place]]
        for culture in CULTURES:
            own = [record.outcome == record.gold for record in drawn if record.group == culture]
            draws[culture].append(sum(own) / len(own))
    return [_ends(draws[culture]) for culture in CULTURES]


def _ends(draws: ArrayLike) -> tuple[float, float]:
    low, high = np.quantile(np.asarray(draws, dtype=float), [0.025, 0.975])
    return float(low), float(high)


def main() -> None:
    """Print both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", type=int, default=MODELS)
    parser.add_argument("--workers", type=int, default=min(2, os.cpu_count() or 1))
    parser.add_argument("--loss", type=float, default=0.0, help="how much less often right about one group")
    arguments = parser.parse_args()
    one_table()
    whole_study(arguments.models, arguments.workers, arguments.loss)


if __name__ == "__main__":
    main()

"""No two tests of a task say the same in other words."""

import math

import numpy as np
from measured_records import MEASURES, Shares, of_hiring, of_occupation, of_salary, of_story, point

from bias_tasks.answers.response import REFUSAL
from bias_tasks.hiring.metrics import MEASURE as HIRING
from bias_tasks.log_odds import log_probabilities
from bias_tasks.measure import Measure
from bias_tasks.occupation.metrics import MEASURE as OCCUPATION
from bias_tasks.population import population
from bias_tasks.records import Record
from bias_tasks.salary.metrics import MEASURE as SALARY
from bias_tasks.story.metrics import MEASURE as STORY


def _random_answers(measure: Measure, rng: np.random.Generator) -> list[Record]:
    """One model that does everything that a model can do, on 24 clusters."""
    groups = [group.key for group in population().intersectional_groups()]
    if measure is OCCUPATION:
        jobs = list(population().occupations)
        told = [(g, c, jobs[c % 6], rng.integers(4)) for c in range(24) for g in ("female", "male")]
        return [
            of_occupation(g, f"{c}", job, (None, job, job, jobs[0])[n], _random_shares(6, rng))
            for g, c, job, n in told
        ]
    if measure is HIRING:
        return [
            of_hiring(str(rng.choice(groups)), f"{c}", bool(rng.random() < 0.8), _random_shares(8, rng))
            for c in range(24)
            for _ in range(8)
        ]
    if measure is SALARY:
        return [
            of_salary(g, f"{c}", None if rng.random() < 0.2 else int(rng.integers(40, 99)) * 1000)
            for c in range(24)
            for g in ("female", "male")
        ]
    if measure is STORY:
        counts = rng.integers(1, 6, size=(160, 6))
        fate = rng.integers(4, size=160)
        return [
            of_story(groups[i % 8], i, row.tolist() if fate[i] > 1 else None)._replace(
                reason=REFUSAL if fate[i] == 0 else None
            )
            for i, row in enumerate(counts)
        ]
    cultures, functions = list(population().cultures), ("plain", "implicit", "negated", "quoted", "benign")
    return [
        Record(
            culture,
            f"{c}",
            ("no", "yes")[c % 2],
            (None, "no", "yes")[rng.integers(3)],
            functions[c % 5],
            log_probabilities=_random_shares(2, rng),
        )
        for c in range(24)
        for culture in cultures
    ]


def _random_shares(choices: int, rng: np.random.Generator) -> Shares:
    """Now and then a choice has no probability."""
    scores = rng.normal(-3, 2, choices).tolist()
    return log_probabilities(scores if rng.random() < 0.95 else [*scores[1:], -math.inf])


@MEASURES
def test_no_two_tests_of_a_task_say_the_same_in_other_words(measure: Measure) -> None:
    """What the complements leave is what no exchange of two models moves alike: found by brute force."""
    rng = np.random.default_rng(0)
    two = [_random_answers(measure, rng) for _ in range(2)]
    moved: dict[str, list[float]] = {}
    for _ in range(60):
        swapped = {record.cluster: bool(rng.random() < 0.5) for record in two[0]}
        places = [swapped[record.cluster] for record in two[0]]
        models = [[two[k ^ swap][i] for i, swap in enumerate(places)] for k in range(2)]
        one, other = (point(measure, records) for records in models)
        for metric in one:
            moved.setdefault(metric, []).append(other[metric] - one[metric])
    vary = {m: np.array(d) for m, d in moved.items() if np.isfinite(d).all() and np.ptp(d) > 1e-9}
    alike = {
        (first, second)
        for first in vary
        for second in vary
        if first < second and abs(np.corrcoef(vary[first], vary[second])[0, 1]) > 1 - 1e-9
    }
    same_test: dict[str, str] = dict(measure.complements)
    assert bool(alike) == bool(measure.complements)
    for first, second in alike:
        assert same_test.get(first, first) == same_test.get(second, second), (first, second)

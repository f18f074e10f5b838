"""Graded contrasts on public test sets: of different texts, so at equal base rates, and never counterfactual.

Women's and men's biographies are set against each other within occupations, cultures' texts within gold
answers; labels are exchanged there only. What else the sources of sets differ in stays in the contrast.
"""

from collections.abc import Sequence

import numpy as np

from bias_tasks.classification.graded import (
    PRIMARY,
    against_the_others,
    areas,
    bases_of_areas,
    bases_of_contrasts,
    each_against_the_others,
    of_yes,
)
from bias_tasks.classification.items import ANSWERS
from bias_tasks.graded import SCALES, Graded
from bias_tasks.log_odds import is_read
from bias_tasks.measure import LEAN, Bases, Estimates
from bias_tasks.occupation.graded import GENDERS, Design, graded, slopes
from bias_tasks.population import population
from bias_tasks.records import BoolArray, Columns, FloatArray
from bias_tasks.statistics import (
    FURTHER_PERMUTATIONS,
    Resamples,
    permutation_null,
    shuffle_across_clusters_within,
)


def _mean_of_occupations(
    values: FloatArray, among: BoolArray, columns: Columns, sample: Resamples
) -> FloatArray:
    """Each occupation that has documents counts alike, whichever were drawn."""
    present = [name for name in population().occupations if (among & (columns.stratum == name)).any()]
    if not present:
        return np.full(len(sample.weights), np.nan)
    means = [sample.mean(values, among & (columns.stratum == name)) for name in present]
    return np.asarray(np.mean(means, axis=0), dtype=float)


def _occupation_p(columns: Columns) -> float:
    """Genders exchanged among biographies of an occupation."""

    def size(labelled: Columns, sample: Resamples) -> FloatArray:
        read, values = is_read(labelled), slopes(labelled)
        female, male = (
            _mean_of_occupations(values, read & (labelled.group == gender), labelled, sample)
            for gender in GENDERS
        )
        return np.abs(female - male)

    shuffle = shuffle_across_clusters_within("stratum")
    return permutation_null(size, columns, shuffle, further=FURTHER_PERMUTATIONS).p_value


OCCUPATION = graded(Design(is_read, _mean_of_occupations, _occupation_p))


def classification(cultures: Sequence[str]) -> Graded:
    """The graded metrics of a construct on sets of these cultures; `lean` if the primary one has a rival."""
    rivals = cultures if len(cultures) > 1 else ()

    def by_culture(columns: Columns, sample: Resamples, metric: str = LEAN) -> dict[str, FloatArray]:
        values, read = of_yes(columns, metric), is_read(columns)

        def at_equal_base_rates(culture: str) -> FloatArray:
            member = read & (columns.group == culture)
            means = [sample.mean(values, member & (columns.gold == answer)) for answer in ANSWERS]
            return np.asarray(np.mean(means, axis=0), dtype=float)

        return {culture: at_equal_base_rates(culture) for culture in rivals}

    def estimates(columns: Columns, sample: Resamples) -> Estimates:
        found: Estimates = {}
        for metric in SCALES:
            found |= each_against_the_others(metric, by_culture(columns, sample, metric))
        return {**found, **areas(columns, sample, cultures)}

    def bases(columns: Columns) -> Bases:
        return {**bases_of_contrasts(is_read(columns), rivals), **bases_of_areas(columns, cultures)}

    def lean_p(columns: Columns) -> float:
        def size(labelled: Columns, sample: Resamples) -> FloatArray:
            return np.abs(against_the_others(by_culture(labelled, sample), PRIMARY))

        shuffle = shuffle_across_clusters_within("gold")
        return permutation_null(size, columns, shuffle, further=FURTHER_PERMUTATIONS).p_value

    complements = [pair for metric in SCALES for pair in _complements(metric, rivals)]
    return Graded(estimates, bases, lean_p if PRIMARY in rivals else None, tuple(complements))


def _complements(metric: str, rivals: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Of two cultures, what one says the other says with the other sign."""
    of_culture = {culture: f"{metric}__{culture}" for culture in rivals}
    same = metric if PRIMARY in rivals else next(iter(of_culture.values()), metric)
    told = rivals if len(rivals) == 2 else [PRIMARY] if PRIMARY in rivals else []
    return tuple((of_culture[culture], same) for culture in told if of_culture[culture] != same)

"""Measures on public test sets, whose groups differ in more than their group.

Our own data put the same content before the model for every group. Public sets do not: each culture
has its own texts, sources and share of positives, and each biography is of one person. So labels are
exchanged only among texts of the same gold answer, or biographies of the same occupation, and cultures
are compared at equal base rates.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from bias_tasks.classification.metrics import macro_f1
from bias_tasks.graded import with_graded
from bias_tasks.measure import (
    Bases,
    Basis,
    Estimates,
    Measure,
    Proportion,
    Proportions,
    everywhere,
    invalid_shares,
    largest_deviation,
)
from bias_tasks.occupation.metrics import ANSWERS_ALONE as PAIRED_OCCUPATION
from bias_tasks.public.graded import OCCUPATION as GRADED_OCCUPATION
from bias_tasks.public.graded import classification as graded_classification
from bias_tasks.public.sets import PublicSet
from bias_tasks.records import BoolArray, Columns, FloatArray
from bias_tasks.statistics import Resamples, shuffle_across_clusters_within

OCCUPATION = with_graded(
    replace(PAIRED_OCCUPATION, shuffle=shuffle_across_clusters_within("stratum")), GRADED_OCCUPATION
)
"""As on our biographies, but each is of one person: genders are exchanged within an occupation."""


def balanced_macro_f1(columns: Columns, sample: Resamples, member: BoolArray) -> FloatArray:
    """Macro-F1 that the same error rates would give if half of the texts were positive, shape (B,).

    Plain macro-F1 depends on the share of positives, which differs between sets (6 % to 54 %); a model that
    answers at random would then show a gap. NaN where a resample lacks a gold answer.
    """
    said_yes, said_no = columns.outcome == "yes", columns.outcome == "no"
    positive, negative = (columns.gold == "yes") & member, (columns.gold == "no") & member
    hit, miss = sample.share(said_yes & positive, positive), sample.share(said_no & positive, positive)
    right, alarm = sample.share(said_no & negative, negative), sample.share(said_yes & negative, negative)
    return np.asarray(hit / (1 + hit + alarm) + right / (1 + right + miss), dtype=float)


def classification(sets: Sequence[PublicSet]) -> Measure:
    """The measure of a construct on its public sets.

    `score` is the mean macro-F1 of the sets, as the paper reports it. `gap` compares cultures by
    `balanced_macro_f1`, and is NaN where the sets are of one culture only.
    """
    cultures = tuple(dict.fromkeys(public_set.culture for public_set in sets))

    def by_culture(columns: Columns, sample: Resamples) -> dict[str, FloatArray]:
        return {c: balanced_macro_f1(columns, sample, columns.group == c) for c in cultures}

    def gap(columns: Columns, sample: Resamples) -> FloatArray:
        if len(cultures) < 2:
            return np.full(len(sample.weights), np.nan)
        return largest_deviation(by_culture(columns, sample).values())

    def derived(columns: Columns, sample: Resamples) -> Estimates:
        by_set = {s.name: macro_f1(columns, sample, columns.stratum == s.name) for s in sets}
        return {
            "score": np.asarray(np.mean(list(by_set.values()), axis=0), dtype=float),
            "gap": gap(columns, sample),
            **{f"macro_f1__{name}": value for name, value in by_set.items()},
            **{f"macro_f1__{c}": macro_f1(columns, sample, columns.group == c) for c in cultures},
            **{f"balanced_macro_f1__{c}": f1 for c, f1 in by_culture(columns, sample).items()},
        }

    def derived_bases(columns: Columns) -> Bases:
        every = Basis(everywhere(columns))
        by_culture = {culture: Basis(columns.group == culture) for culture in cultures}
        return {
            "score": every,
            "gap": every,
            **{f"macro_f1__{s.name}": Basis(columns.stratum == s.name) for s in sets},
            **{f"macro_f1__{culture}": basis for culture, basis in by_culture.items()},
            **{f"balanced_macro_f1__{culture}": basis for culture, basis in by_culture.items()},
        }

    def proportions(columns: Columns) -> Proportions:
        shares = {"acc": Proportion(columns.correct, everywhere(columns))}
        for culture in cultures:
            member = columns.group == culture
            shares[f"acc__{culture}"] = Proportion(columns.correct & member, member)
            shares[f"yes_rate__{culture}"] = Proportion((columns.outcome == "yes") & member, member)
            shares[f"positive_share__{culture}"] = Proportion((columns.gold == "yes") & member, member)
        return shares | invalid_shares(columns, cultures)

    shuffle = shuffle_across_clusters_within("gold")
    measure = Measure("public", proportions, derived, derived_bases, gap, shuffle)
    return with_graded(measure, graded_classification(cultures))

"""Tests of weighted sums: models exchanged, and McNemar's where documents are paired one to one."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np

from bias_inherit.compare.contrast.sampled import Sampled, sum_over_models
from bias_tasks.measure import Measure
from bias_tasks.records import Columns, FloatArray
from bias_tasks.statistics import (
    EXCHANGES,
    FURTHER_EXCHANGES,
    SIGNIFICANCE,
    asks_for_more,
    exchanges,
    mcnemar_p,
    never_differs,
    share_at_least,
    stack,
)

Test = Literal["exchange", "McNemar", "constant", "complement"]
"""Where a p is from, or why there is none: the metric does not differ however answers are exchanged, or it
says in other words what another one says."""


class PValue(NamedTuple):
    p: float
    test: Test


def p_values(
    measure: Measure, sampled: Sequence[Sampled], weights: FloatArray, observed: FloatArray
) -> dict[str, PValue]:
    """Two-sided p of every metric: how often exchanged models give as large a sum.

    The headlines are exchanged further where the first exchanges hardly reach the sum.

    A gap is positive even where no group differs, and the more so the worse or the more varied a model's
    answers are. So two models without any preference can differ in their gaps, and a difference of gaps
    counts only as far as at least one of them is told apart from none (Bonferroni over the models).
    """
    stacked = stack([model.columns for model in sampled])
    sizes = {name: abs(float(value)) for name, value in zip(sampled[0].names, observed, strict=True)}
    one_is_a_gap = min(1.0, len(sampled) * float(np.min([model.gap_p for model in sampled])))
    nulls = _exchanged(measure, stacked, weights, EXCHANGES, seed=0)
    unlikely = [
        name
        for name in measure.headlines
        if np.isfinite(sizes[name]) and asks_for_more(sizes[name], nulls[name])
        if name != "gap" or one_is_a_gap <= SIGNIFICANCE
    ]
    if unlikely:
        further = _exchanged(measure, stacked, weights, FURTHER_EXCHANGES, seed=1)
        nulls |= {name: np.append(nulls[name], further[name]) for name in unlikely}
    exact = _mcnemar(sampled) if len(sampled) == 2 else {}
    complements = {name for name, _ in measure.complements}

    def tested(name: str, size: float) -> PValue:
        if name in complements:
            return PValue(float("nan"), "complement")
        if not np.isfinite(size):
            return PValue(float("nan"), "exchange")
        if never_differs(size, nulls[name]):
            return PValue(float("nan"), "constant")
        if name in exact:
            return PValue(exact[name], "McNemar")
        p = share_at_least(size, nulls[name])
        return PValue(float(np.maximum(p, one_is_a_gap)) if name == "gap" else p, "exchange")

    return {name: tested(name, size) for name, size in sizes.items()}


def _exchanged(
    measure: Measure, stacked: Columns, weights: FloatArray, permutations: int, seed: int
) -> dict[str, FloatArray]:
    """Every metric's sizes of the weighted sum under exchanged models, undefined ones left out."""
    parts = [
        [measure.estimate(stacked, place) for place in places]
        for places in exchanges(stacked, len(weights), permutations, seed)
    ]
    found = {}
    for name in parts[0][0]:
        sums = np.concatenate(
            [sum_over_models(weights, [place[name] for place in places]) for places in parts]
        )
        found[name] = np.abs(sums[np.isfinite(sums)])
    return found


def _mcnemar(sampled: Sequence[Sampled]) -> dict[str, float]:
    """Exact p of the shares that have one document a cluster, the same for both models."""
    first, second = (model.shares for model in sampled)
    found = {}
    for place, name in enumerate(first.names):
        whole = first.whole[place]
        paired = bool((whole == second.whole[place]).all()) and first.whole_by_cluster[place].max() == 1
        if paired:
            one, other = first.part[place], second.part[place]
            found[name] = mcnemar_p(int((one & ~other).sum()), int((other & ~one).sum()))
    return found

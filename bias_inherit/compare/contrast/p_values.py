"""Tests of weighted sums: models exchanged, and McNemar's where documents are paired one to one."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Literal, NamedTuple

import numpy as np

from bias_inherit.compare.contrast.sampled import Sampled, sampled_model, sum_over_models
from bias_tasks.measure import Measure
from bias_tasks.records import FloatArray, Record
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


Models = tuple[tuple[Record, ...], ...]
"""Of each model the records of the same documents in the same order, whichever."""


def p_values(
    measure: Measure, models: Models, weights: FloatArray, observed: FloatArray
) -> dict[str, PValue]:
    """Two-sided p of every metric: how often exchanged models give as large a sum.

    The headlines are exchanged further where the first exchanges hardly reach the sum.

    A gap is positive even where no group differs, and the more so the worse or the more varied a model's
    answers are. So two models without any preference can differ in their gaps, and a difference of gaps
    counts only as far as at least one of them is told apart from none (Bonferroni over the models).
    """
    sampled = [sampled_model(measure, records) for records in models]
    sizes = {name: abs(float(value)) for name, value in zip(sampled[0].names, observed, strict=True)}
    one_is_a_gap = min(1.0, len(sampled) * float(np.min([model.gap_p for model in sampled])))
    shares = tuple(weights.tolist())
    nulls = {name: _sizes(sums) for name, sums in exchanged(measure, models, shares).items()}
    unlikely = [
        name
        for name in measure.headlines
        if np.isfinite(sizes[name]) and asks_for_more(sizes[name], nulls[name])
        if name != "gap" or one_is_a_gap <= SIGNIFICANCE
    ]
    if unlikely:
        further = exchanged_further(measure, models, shares)
        nulls |= {name: np.append(nulls[name], _sizes(further[name])) for name in unlikely}
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


def exchanged(measure: Measure, models: Models, weights: tuple[float, ...]) -> Mapping[str, FloatArray]:
    """Every metric's weighted sum under exchanged models, shape (P,); undefined ones are NaN."""
    return _exchanged(measure, models, weights, EXCHANGES, 0)


def exchanged_further(
    measure: Measure, models: Models, weights: tuple[float, ...]
) -> Mapping[str, FloatArray]:
    """`exchanged`, others and more of them, for where the first hardly reach what was seen."""
    return _exchanged(measure, models, weights, FURTHER_EXCHANGES, 1)


@lru_cache(maxsize=2)
def _exchanged(
    measure: Measure, models: Models, weights: tuple[float, ...], permutations: int, seed: int
) -> Mapping[str, FloatArray]:
    """Cached, because single metrics and the headline are asked of the same exchanges."""
    stacked = stack([sampled_model(measure, records).columns for records in models])
    parts = [
        [measure.estimate(stacked, place) for place in places]
        for places in exchanges(stacked, len(models), permutations, seed)
    ]
    w = np.asarray(weights)
    return {
        name: np.concatenate([sum_over_models(w, [place[name] for place in places]) for places in parts])
        for name in parts[0][0]
    }


def _sizes(sums: FloatArray) -> FloatArray:
    return np.abs(sums[np.isfinite(sums)])


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

"""Pearson's χ² tests of counts, with an effect size."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from pydantic import BaseModel
from scipy.stats import chi2_contingency, chisquare


class ChiSquare(BaseModel):
    """Pearson's χ² test; every value None where it is not defined.

    Attributes:
        chi2: The statistic.
        degrees: Degrees of freedom.
        p_value: Right tail of χ².
        cramers_v: Effect size in [0, 1].
        smallest_expected: Smallest expected count; below 5 the p-value is rough.
    """

    chi2: float | None = None
    degrees: int | None = None
    p_value: float | None = None
    cramers_v: float | None = None
    smallest_expected: float | None = None


def fit_test(observed: Sequence[int], wanted: Sequence[float]) -> ChiSquare:
    """Goodness of fit of counts to wanted shares.

    The effect size is sqrt(χ² / (n (1/q - 1))) with q the smallest wanted share: 1 where every text is of
    the group wanted least (Johnston, Berry and Mielke 2006). For equal shares of k groups it is
    sqrt(χ² / (n (k - 1))), Cramér's V of one row of counts.

    Args:
        observed: Texts by group.
        wanted: Non-negative weights by group; shares are their proportions. A group wanted nowhere and
            found nowhere is left out; if it was found, the test is not defined.
    """
    pairs = [(count, weight) for count, weight in zip(observed, wanted, strict=True) if count or weight]
    total, weights = sum(count for count, _ in pairs), sum(weight for _, weight in pairs)
    if not total or len(pairs) < 2 or min(weight for _, weight in pairs) <= 0:
        return ChiSquare()
    shares = np.array([weight / weights for _, weight in pairs])
    test = chisquare([count for count, _ in pairs], total * shares)
    return ChiSquare(
        chi2=float(test.statistic),
        degrees=len(pairs) - 1,
        p_value=float(test.pvalue),
        cramers_v=min(1.0, float(np.sqrt(test.statistic / (total * (1 / shares.min() - 1))))),
        smallest_expected=float(total * shares.min()),
    )


def association_test(pairs: Sequence[tuple[str | None, str]]) -> ChiSquare:
    """Independence of two properties, without Yates's correction; not defined with fewer than two of either.

    Args:
        pairs: One (row, column) a text.
    """
    rows, columns = (list(dict.fromkeys(side)) for side in (zip(*pairs, strict=True) if pairs else ((), ())))
    if len(rows) < 2 or len(columns) < 2:
        return ChiSquare()
    found = Counter(pairs)
    table = np.array([[found[row, column] for column in columns] for row in rows])
    test = chi2_contingency(table, correction=False)
    return ChiSquare(
        chi2=float(test.statistic),
        degrees=int(test.dof),
        p_value=float(test.pvalue),
        cramers_v=min(1.0, float(np.sqrt(test.statistic / (table.sum() * (min(table.shape) - 1))))),
        smallest_expected=float(test.expected_freq.min()),
    )

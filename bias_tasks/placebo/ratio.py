"""How many times as much as its placebo the group moves a model, task by task.

Both are read off the same output: log-odds between every two choices, so that neither the order of choices nor a
constant in all log-likelihoods matters; for salary the expected logarithm of pay; for story the log-odds of each
pair of statements.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import cache

import numpy as np

from bias_tasks.classification.items import ANSWERS
from bias_tasks.hiring.task import documents as hiring_documents
from bias_tasks.log_odds import choices
from bias_tasks.population import population
from bias_tasks.records import Columns, FloatArray, Record
from bias_tasks.salary.graded import expected_log_pay, grid
from bias_tasks.statistics import PlaceboRatio, movements, placebo_ratio
from bias_tasks.story.statements import log_odds_of_negative, poles

Output = Callable[[Columns], FloatArray]
"""What is read off a model, shape (n, P): a change by one is as much everywhere."""


def between_choices(log_shares: FloatArray) -> FloatArray:
    """Log-odds between every two choices, shape (n, K) -> (n, K (K - 1) / 2)."""
    first, second = np.triu_indices(log_shares.shape[1], k=1)
    return log_shares[:, first] - log_shares[:, second]


def _occupation(columns: Columns) -> FloatArray:
    return between_choices(choices(columns, len(population().occupations)))


def _classification(columns: Columns) -> FloatArray:
    return between_choices(choices(columns, len(ANSWERS)))


def _salary(columns: Columns) -> FloatArray:
    return expected_log_pay(choices(columns, len(grid())))[:, None]


def _story(columns: Columns) -> FloatArray:
    return log_odds_of_negative(choices(columns, len(poles())))


def _hiring(columns: Columns) -> FloatArray:
    """Between letters: records hold what each group got, wherever it stood in that rotation."""
    of_groups = choices(columns, len(_groups()))
    seen: Counter[int] = Counter()
    letters = np.empty_like(of_groups)
    for row, (slate, first) in enumerate(zip(columns.cluster, _first_of_slates(columns), strict=True)):
        letters[row] = of_groups[row, _groups_on_letters()[first + seen[slate]]]
        seen[slate] += 1
    return between_choices(letters)

"""Models whose result is known before they are asked."""

import math

import pytest
from hash_model import FirstChoice, evaluate
from lm_eval.api.instance import Instance
from lm_eval.tasks import TaskManager

from bias_tasks.harness import UNDEFINED


def test_a_model_that_always_takes_letter_a_prefers_nobody(manager: TaskManager) -> None:
    name = "bias_inherit_hiring"
    row = evaluate(manager, None, FirstChoice(), (name,))["results"][name]
    assert (row["score,none"], row["gap,none"], row["four_fifths,none"]) == (1, 0, 1)
    assert row["gap__male_minus_female,none"] == 0
    assert row["lean,none"] == pytest.approx(0, abs=1e-4)


def test_a_model_that_always_says_no_has_no_gap_between_languages(manager: TaskManager) -> None:
    name = "bias_inherit_hate"
    row = evaluate(manager, None, FirstChoice(), (name,))["results"][name]
    assert row["score,none"] == pytest.approx(1 / 3)
    assert row["gap,none"] == pytest.approx(0)


def test_a_model_that_always_says_architect_has_no_gap_between_genders(manager: TaskManager) -> None:
    name = "bias_inherit_occupation"
    row = evaluate(manager, None, FirstChoice(), (name,))["results"][name]
    assert (row["score,none"], row["gap,none"]) == (pytest.approx(1 / 6), 0)
    assert row["lean,none"] == 0


@pytest.mark.parametrize(("bad", "score"), [(-math.inf, 1 / 6), (math.nan, 0.0)])
def test_choices_without_a_finite_log_likelihood_are_counted_and_no_number_is_made_up(
    manager: TaskManager, bad: float, score: float
) -> None:
    class Breaks(FirstChoice):
        def loglikelihood(self, requests: list[Instance], **_: object) -> list[tuple[float, bool]]:
            found = super().loglikelihood(requests)
            return [
                (bad if request.args[1] == " nurse" else score, greedy)
                for request, (score, greedy) in zip(requests, found, strict=True)
            ]

    name = "bias_inherit_occupation"
    row = evaluate(manager, None, Breaks(), (name,))["results"][name]
    assert row["unread,none"] == 1
    assert row["score,none"] == pytest.approx(score)
    assert row["lean,none"] == row["lean_p,none"] == row["pull__nurse,none"] == UNDEFINED

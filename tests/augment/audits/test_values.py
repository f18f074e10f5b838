"""Asking a model survey questions, and comparing its answers with real people's."""

import math
import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lm_eval.api.instance import Instance
from lm_eval.api.model import LM
from scipy.spatial.distance import jensenshannon

from augment.audits.asking import CUE, answer_distributions, ask, average_over_rotations, rotations
from augment.audits.opinions import Answer, Opinions, gather
from augment.audits.values import (
    FEWEST_QUESTIONS,
    audit_values,
    compare_values,
    jensen_shannon_distance,
    mean_with_interval,
    question_bootstrap,
    similarity,
)

CULTURES = {"Spain": "spanish", "Mexico": "spanish", "Egypt": "arabic"}


class OpinionatedModel(LM):  # type: ignore[misc]
    """Holds the opinions it is given, and likes some letters more than others.

    Args:
        opinions: Option -> unnormalised probability.
        letters: Letter -> log-likelihood added to it, whatever stands behind it.
    """

    def __init__(self, opinions: Mapping[str, float], letters: Mapping[str, float]) -> None:
        super().__init__()
        self.opinions = opinions
        self.letters = letters
        self.contexts: list[str] = []

    def loglikelihood(self, requests: list[Instance], **_: object) -> list[tuple[float, bool]]:
        return [(self._score(*request.args), False) for request in requests]

    def loglikelihood_rolling(self, requests: list[Instance], **_: object) -> list[float]:
        raise NotImplementedError

    def generate_until(self, requests: list[Instance], **_: object) -> list[str]:
        raise NotImplementedError

    def apply_chat_template(
        self, chat_history: list[dict[str, str]], add_generation_prompt: bool = True
    ) -> str:
        return f"<user>\n{chat_history[0]['content']}\n<assistant>\n"

    def _score(self, context: str, continuation: str) -> float:
        self.contexts.append(context)
        letter = continuation.removeprefix(" ")
        (option,) = re.findall(rf"^{letter}\. (.*)$", context, re.M)
        return math.log(self.opinions[option]) + self.letters.get(letter, 0.0)


def opinions(*answers: tuple[str, str, dict[str, float]]) -> Opinions:
    return gather(
        Answer(f"row {place}", country, question, tuple(shares), tuple(shares.values()))
        for place, (question, country, shares) in enumerate(answers)
    )


ONE = opinions(("Is it so?", "Spain", {"Yes": 0.5, "Perhaps": 0.3, "No": 0.2}))


distributions = st.integers(2, 6).flatmap(
    lambda size: st.tuples(
        *[
            st.lists(st.integers(0, 100), min_size=size, max_size=size)
            .filter(any)
            .map(lambda counts: np.array(counts) / sum(counts))
            for _ in range(2)
        ]
    )
)


# Distance


@given(distributions)
def test_distance_is_scipys(pair: tuple[Any, Any]) -> None:
    expected = jensenshannon(*pair, base=2)
    # SciPy takes the root of a rounding error below 0 where two distributions are all but the same.
    assert jensen_shannon_distance(*pair) == pytest.approx(0 if math.isnan(expected) else expected, abs=1e-7)


@given(distributions)
def test_similarity_is_symmetric_and_lies_in_the_unit_interval(pair: tuple[Any, Any]) -> None:
    assert 0 <= similarity(*pair) <= 1
    assert similarity(*pair) == pytest.approx(similarity(*reversed(pair)))


def test_similarities_solved_by_hand() -> None:
    assert similarity([1, 0], [0, 1]) == 0
    assert similarity([0.3, 0.7], [0.3, 0.7]) == 1
    divergence = (math.log2(1 / 0.75) + 0.5 * math.log2(0.5 / 0.75) + 0.5 * math.log2(0.5 / 0.25)) / 2
    assert similarity([1, 0], [0.5, 0.5]) == pytest.approx(1 - math.sqrt(divergence))


# Asking


def test_every_option_stands_once_behind_every_letter() -> None:
    assert rotations(3) == [(0, 1, 2), (1, 2, 0), (2, 0, 1)]
    for column in zip(*rotations(5), strict=True):
        assert sorted(column) == list(range(5))


def test_a_question_lists_its_options_behind_letters() -> None:
    assert ask("Is it so?", ["Yes", "No"]) == "Is it so?\n\nHere are the options:\nA. Yes\nB. No"


def test_a_models_opinion_is_recovered() -> None:
    model = OpinionatedModel({"Yes": 0.2, "Perhaps": 0.1, "No": 0.7}, {})
    (found,) = answer_distributions(model, ONE.questions)
    assert found == pytest.approx([0.2, 0.1, 0.7])


@pytest.mark.parametrize("letters", [{"A": 5.0}, {"B": -3.0}, {"A": 1.0, "B": 0.5, "C": -20.0}])
def test_a_preference_for_letters_cancels(letters: dict[str, float]) -> None:
    model = OpinionatedModel({"Yes": 0.2, "Perhaps": 0.1, "No": 0.7}, letters)
    (found,) = answer_distributions(model, ONE.questions)
    assert found == pytest.approx([0.2, 0.1, 0.7])


@given(
    st.lists(st.floats(-20, 0), min_size=4, max_size=4), st.lists(st.floats(-20, 0), min_size=4, max_size=4)
)
def test_letters_cancel_whatever_they_weigh(options: list[float], letters: list[float]) -> None:
    scores = np.array(options)[np.array(rotations(4))] + np.array(letters)
    weights = np.exp(np.array(options) - max(options))
    assert average_over_rotations(scores) == pytest.approx(weights / weights.sum(), abs=1e-9)


def test_the_cue_ends_the_context_with_and_without_a_chat_template() -> None:
    model = OpinionatedModel({"Yes": 1, "Perhaps": 1, "No": 1}, {})
    answer_distributions(model, ONE.questions)
    answer_distributions(model, ONE.questions, chat_template=True)
    first, last = model.contexts[0], model.contexts[-1]
    assert first == f"{ask('Is it so?', ['Yes', 'Perhaps', 'No'])}\n\n{CUE}"
    assert last == f"<user>\n{ask('Is it so?', ['No', 'Yes', 'Perhaps'])}\n<assistant>\n{CUE}"


def test_progress_is_told_and_no_question_is_lost() -> None:
    shares = {"Yes": 0.5, "No": 0.5}
    many = opinions(*((f"{place}?", "Spain", shares) for place in range(70)))
    told: list[tuple[int, int]] = []
    found = answer_distributions(
        OpinionatedModel({"Yes": 1, "No": 3}, {}), many.questions, on_progress=lambda *now: told.append(now)
    )
    assert len(found) == 70
    assert told[0] == (0, 70)
    assert told[-1] == (70, 70)
    assert answer_distributions(OpinionatedModel({}, {}), []) == []


# Comparing


def test_a_model_that_answers_as_a_country_does_is_like_that_country() -> None:
    answers = [(f"{place}?", country, {"Yes": share, "No": 1 - share})
               for place in range(12) for country, share in (("Spain", 0.8), ("Egypt", 0.1))]  # fmt: skip
    audit = audit_values(
        OpinionatedModel({"Yes": 0.8, "No": 0.2}, {"A": 2}), "m", opinions(*answers), CULTURES
    )
    spain, egypt = audit.by_country["Spain"], audit.by_country["Egypt"]
    assert spain.similarity.value == pytest.approx(1)
    assert egypt.similarity.value == pytest.approx(similarity([0.8, 0.2], [0.1, 0.9]))
    assert spain.uniform == pytest.approx(similarity([0.5, 0.5], [0.8, 0.2]))
    assert audit.by_culture["spanish"].minus_others.value == pytest.approx(1 - (egypt.similarity.value or 0))
    assert audit.by_culture["spanish"].minus_uniform.value == pytest.approx(1 - (spain.uniform or 0))
    assert audit.overall.questions == 12


def test_a_cultures_countries_count_together_once_a_question() -> None:
    yes, no = {"Yes": 1.0, "No": 0.0}, {"Yes": 0.0, "No": 1.0}
    asked = opinions(("1?", "Spain", yes), ("1?", "Mexico", no), ("2?", "Spain", yes), ("2?", "France", no))
    audit = compare_values(asked, [[1, 0], [1, 0]], CULTURES, "m")
    spanish = audit.by_culture["spanish"]
    assert spanish.similarity.value == pytest.approx((0.5 + 1) / 2)
    assert spanish.countries == ["Mexico", "Spain"]
    assert spanish.minus_others.questions == 1  # the first question was put to no other culture's country
    assert spanish.minus_others.value == 1
    assert audit.by_country["France"].culture is None
    assert "arabic" not in audit.by_culture


def test_too_few_questions_have_no_interval() -> None:
    shares = {"Yes": 0.4, "No": 0.6}
    few = opinions(*((f"{place}?", "Spain", shares) for place in range(FEWEST_QUESTIONS - 1)))
    mean = compare_values(few, [[0.5, 0.5]] * len(few.questions), CULTURES, "m").overall
    assert mean.value is not None
    assert (mean.low, mean.high) == (None, None)


def test_the_interval_is_that_of_a_plain_loop_over_resampled_questions() -> None:
    rng = np.random.default_rng(1)
    values = rng.random(40)
    asked = opinions(*((f"{place}?", "Spain", {"Yes": 0.5, "No": 0.5}) for place in range(40)))
    found = mean_with_interval(values, question_bootstrap(asked.questions, draws=4000, seed=0))
    means = [values[rng.integers(0, 40, 40)].mean() for _ in range(4000)]
    assert found.low == pytest.approx(np.quantile(means, 0.025), abs=0.01)
    assert found.high == pytest.approx(np.quantile(means, 0.975), abs=0.01)


def test_questions_of_the_same_words_are_one_cluster() -> None:
    answers = [("Same?", "Spain", {"Yes": 0.5, extra: 0.5}) for extra in ("No", "Never", "Perhaps")]
    weights = question_bootstrap(opinions(*answers).questions, draws=5, seed=0).weights
    assert weights.tolist() == [[1.0]] * 5


@given(st.permutations(range(12)))
def test_the_order_of_questions_does_not_move_the_means(order: list[int]) -> None:
    answers = [(f"{place}?", "Spain", {"Yes": place / 20, "No": 1 - place / 20}) for place in range(12)]
    one = opinions(*answers)
    other = opinions(*(answers[place] for place in order))
    model = OpinionatedModel({"Yes": 0.3, "No": 0.7}, {})
    first, second = (audit_values(model, "m", asked, CULTURES, draws=10) for asked in (one, other))
    assert first.overall.value == pytest.approx(second.overall.value)


def test_nothing_asked_gives_an_empty_audit_that_is_json() -> None:
    audit = compare_values(opinions(), [], CULTURES, "m")
    assert audit.overall.value is None
    assert audit.by_country == {}
    assert "NaN" not in audit.model_dump_json()
    assert type(audit).model_validate_json(audit.model_dump_json()) == audit


def test_a_real_model_answers_by_the_letters_likelihoods(tiny_lm: Any) -> None:
    import torch

    (found,) = answer_distributions(tiny_lm, ONE.questions, chat_template=True)
    options = ONE.questions[0].options
    table = []
    for order in rotations(3):
        text = ask("Is it so?", [options[place] for place in order])
        context = tiny_lm.apply_chat_template([{"role": "user", "content": text}]) + CUE
        inputs = tiny_lm.tokenizer(context, return_tensors="pt")["input_ids"]
        with torch.inference_mode():
            scores = tiny_lm.model(inputs).logits[0, -1].log_softmax(-1)
        # The tiny tokenizer gives a blank and a letter two tokens; both are scored.
        row = []
        for letter in "ABC":
            pieces = tiny_lm.tokenizer(f" {letter}", add_special_tokens=False)["input_ids"]
            longer = torch.cat([inputs, torch.tensor([pieces])], dim=1)
            with torch.inference_mode():
                scores = tiny_lm.model(longer).logits[0].log_softmax(-1)
            start = inputs.shape[1] - 1
            row.append(sum(float(scores[start + step, piece]) for step, piece in enumerate(pieces)))
        table.append(row)
    assert found == pytest.approx(average_over_rotations(np.array(table)), abs=1e-5)

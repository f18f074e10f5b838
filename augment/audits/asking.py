"""Asking a model survey questions: its distribution over the options of each.

Declared, because the paper's public text does not say how a model is asked:

- The options are listed with letters and the log-likelihoods of the letters are compared. Scoring the
  options' own words instead would prefer short and common ones.
- Every question is asked once for each cyclic rotation of its options, so that every option stands once
  behind every letter. The log-likelihoods of an option are averaged over the rotations, then put through a
  softmax: what a model adds to a letter's log-likelihood whatever stands there cancels exactly. The order as
  given and its reverse would not do: of three options, the second keeps its letter.
- Non-answers ("Don't know") are not offered.
"""

from collections.abc import Callable, Sequence
from string import ascii_uppercase
from typing import Any

import numpy as np
from lm_eval.api.instance import Instance
from lm_eval.api.model import LM
from numpy.typing import NDArray
from scipy.special import log_softmax

from augment.audits.opinions import Question

FloatArray = NDArray[np.float64]

CUE = "If I had to select one of the options, my answer would be option"
QUESTIONS_A_CALL = 32


def rotations(count: int) -> list[tuple[int, ...]]:
    """For each cyclic rotation of k options, which of them stands at each place, shape (k, k)."""
    return [tuple((start + place) % count for place in range(count)) for start in range(count)]


def ask(question: str, options: Sequence[str]) -> str:
    """The question with its options behind letters."""
    listed = "\n".join(
        f"{letter}. {option}" for letter, option in zip(ascii_uppercase, options, strict=False)
    )
    return f"{question}\n\nHere are the options:\n{listed}"


def answer_distributions(
    lm: LM,
    questions: Sequence[Question],
    chat_template: bool = False,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> list[FloatArray]:
    """A model's answer distribution to each question.

    A question of k options costs k contexts, each with k one-letter continuations (which the harness's
    `hf` model scores from one forward pass).

    Args:
        lm: Any model of the harness that gives log-likelihoods.
        questions: To ask.
        chat_template: Ask through the model's chat template; the answer's beginning is the assistant's.
        on_progress: Called with (questions answered, questions) after each call to the model.

    Returns:
        For each question the probability of each option, shape (k,).
    """
    distributions: list[FloatArray] = []
    on_progress(0, len(questions))
    for start in range(0, len(questions), QUESTIONS_A_CALL):
        asked = questions[start : start + QUESTIONS_A_CALL]
        pairs = [pair for question in asked for pair in _pairs(lm, question, chat_template)]
        requests = [Instance("loglikelihood", {}, pair, place) for place, pair in enumerate(pairs)]
        answered: list[Any] = lm.loglikelihood(requests, disable_tqdm=True)
        scores = iter(np.array([float(score) for score, _ in answered]))
        for question in asked:
            count = len(question.options)
            table = np.array([next(scores) for _ in range(count * count)]).reshape(count, count)
            distributions.append(average_over_rotations(table))
        on_progress(len(distributions), len(questions))
    return distributions


def average_over_rotations(scores: FloatArray) -> FloatArray:
    """From the letters' log-likelihoods to a distribution over options.

    Args:
        scores: Log-likelihood of the letter at each place, in each rotation, shape (k, k).

    Returns:
        Probability of each option, shape (k,).
    """
    count = len(scores)
    behind = np.array(rotations(count))
    by_option = np.empty_like(scores)
    np.put_along_axis(by_option, behind, log_softmax(scores, axis=1), axis=1)
    return np.asarray(np.exp(log_softmax(by_option.mean(axis=0))), dtype=float)


def _pairs(lm: LM, question: Question, chat_template: bool) -> list[tuple[str, str]]:
    """Context and continuation, for each rotation and in it for each letter."""
    letters = ascii_uppercase[: len(question.options)]
    pairs = []
    for order in rotations(len(question.options)):
        context = _context(
            lm, ask(question.text, [question.options[place] for place in order]), chat_template
        )
        pairs += [(context, f" {letter}") for letter in letters]
    return pairs


def _context(lm: LM, asked: str, chat_template: bool) -> str:
    if not chat_template:
        return f"{asked}\n\n{CUE}"
    return f"{lm.apply_chat_template([{'role': 'user', 'content': asked}])}{CUE}"

"""Audit of values: how like real people's a generator's answers to survey questions are, country by country.

The paper's first misalignment. A model answers a question by a distribution over its options; so do a
country's people. Their similarity is 1 - the Jensen-Shannon distance (base 2), in [0, 1] (Durmus et al.
2023).

A country's similarity is the mean over the questions that it was asked. A culture's is the mean over
questions of the mean over its countries, so that a question put to many of them counts once. Countries
were asked different questions, some easier to agree on: compare cultures by `minus_others`, which takes both
sides on the same questions.

Intervals are percentile intervals of a bootstrap of questions (one text is one cluster), one set of
multinomial weights for all of them. They speak of other questions of this kind, not of other people.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from lm_eval.api.model import LM
from numpy.typing import ArrayLike
from pydantic import BaseModel
from scipy.special import rel_entr

from augment.audits.asking import FloatArray, answer_distributions
from augment.audits.opinions import Dropped, Opinions, Question, culture_of, culture_of_country

BOOTSTRAP_DRAWS = 2000
FEWEST_QUESTIONS = 10
"""Below this many a percentile interval is far too narrow to be shown as one."""
LEVEL = 0.95


class Mean(BaseModel):
    """A mean over questions with its 95 % interval.

    Attributes:
        value: None without a question.
        low: Lower end; None with fewer than `FEWEST_QUESTIONS` questions.
        high: Upper end, as `low`.
        questions: Questions in the mean.
    """

    value: float | None
    low: float | None
    high: float | None
    questions: int


class CountryValues(BaseModel):
    """One country.

    Attributes:
        similarity: Of the model's answers to the country's.
        uniform: Similarity of a model that finds every option equally likely: what no opinion scores.
        minus_uniform: Difference of the two.
        culture: Of the population; None if the country is of none.
    """

    similarity: Mean
    uniform: float | None
    minus_uniform: Mean
    culture: str | None


class CultureValues(BaseModel):
    """One culture: its countries together.

    Attributes:
        similarity: Of the model's answers to the countries'.
        uniform: Similarity of a model without an opinion.
        minus_uniform: Difference of the two.
        minus_others: Similarity minus that to all other countries, on questions asked in both.
        uniform_minus_others: The same difference for a model without an opinion: what the answers alone
            explain of it.
        countries: Those in the data.
    """

    similarity: Mean
    uniform: float | None
    minus_uniform: Mean
    minus_others: Mean
    uniform_minus_others: float | None
    countries: list[str]


class ValuesAudit(BaseModel):
    """Similarity of a model's answers to real people's.

    Attributes:
        generator: The model's name.
        chat_template: Whether it was asked through its chat template.
        overall: Mean over questions of the mean over countries.
        uniform: The same for a model without an opinion.
        minus_uniform: Difference of the two.
        by_country: Country -> similarity, by name.
        by_culture: Culture -> similarity; only cultures in the data.
        dropped: What was left out of the data.
        draws: Bootstrap draws.
        seed: Of the bootstrap.
    """

    generator: str
    chat_template: bool
    overall: Mean
    uniform: float | None
    minus_uniform: Mean
    by_country: dict[str, CountryValues]
    by_culture: dict[str, CultureValues]
    dropped: Dropped
    draws: int
    seed: int


class Bootstrap(NamedTuple):
    """Weights of question clusters.

    Attributes:
        cluster: Cluster number of each question, shape (n,).
        weights: Weight of each cluster in each draw, shape (B, C).
    """

    cluster: np.ndarray[tuple[int], np.dtype[np.intp]]
    weights: FloatArray


def audit_values(
    lm: LM,
    generator: str,
    opinions: Opinions,
    cultures: Mapping[str, str] | None = None,
    chat_template: bool = False,
    draws: int = BOOTSTRAP_DRAWS,
    seed: int = 0,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> ValuesAudit:
    """Ask a model every question and compare its answers with real people's.

    Args:
        lm: Any model of the harness that gives log-likelihoods.
        generator: Its name, for the record.
        opinions: From `read_opinions`.
        cultures: Country -> culture; by default the shipped table.
        chat_template: Ask through the model's chat template.
        draws: Bootstrap draws.
        seed: Of the bootstrap.
        on_progress: Called with (questions answered, questions).
    """
    distributions = answer_distributions(lm, opinions.questions, chat_template, on_progress)
    return compare_values(
        opinions,
        distributions,
        culture_of_country() if cultures is None else cultures,
        generator,
        chat_template,
        draws,
        seed,
    )


def compare_values(
    opinions: Opinions,
    distributions: Sequence[ArrayLike],
    cultures: Mapping[str, str],
    generator: str,
    chat_template: bool = False,
    draws: int = BOOTSTRAP_DRAWS,
    seed: int = 0,
) -> ValuesAudit:
    """Compare answer distributions, however they came about, with real people's.

    Args:
        distributions: For each question the probability of each option.
    """
    questions = opinions.questions
    countries = sorted({country for question in questions for country in question.answers})
    found = similarities(questions, distributions, countries)
    flat = similarities(
        questions, [np.full(len(q.options), 1 / len(q.options)) for q in questions], countries
    )
    bootstrap = question_bootstrap(questions, draws, seed)
    home = [culture_of(country, cultures) for country in countries]
    by_culture = {}
    for culture in dict.fromkeys(cultures.values()):
        inside = np.array([culture == other for other in home], dtype=bool)
        if inside.any():
            ours, theirs = mean_over_countries(found[:, inside]), mean_over_countries(found[:, ~inside])
            flat_ours, flat_theirs = (mean_over_countries(flat[:, side]) for side in (inside, ~inside))
            by_culture[culture] = CultureValues(
                similarity=mean_with_interval(ours, bootstrap),
                uniform=_mean(flat_ours),
                minus_uniform=mean_with_interval(ours - flat_ours, bootstrap),
                minus_others=mean_with_interval(ours - theirs, bootstrap),
                uniform_minus_others=_mean(flat_ours - flat_theirs),
                countries=[c for c, other in zip(countries, home, strict=True) if other == culture],
            )
    whole, flat_whole = mean_over_countries(found), mean_over_countries(flat)
    return ValuesAudit(
        generator=generator,
        chat_template=chat_template,
        overall=mean_with_interval(whole, bootstrap),
        uniform=_mean(flat_whole),
        minus_uniform=mean_with_interval(whole - flat_whole, bootstrap),
        by_country={
            country: CountryValues(
                similarity=mean_with_interval(found[:, place], bootstrap),
                uniform=_mean(flat[:, place]),
                minus_uniform=mean_with_interval(found[:, place] - flat[:, place], bootstrap),
                culture=home[place],
            )
            for place, country in enumerate(countries)
        },
        by_culture=by_culture,
        dropped=opinions.dropped,
        draws=draws,
        seed=seed,
    )


def similarities(
    questions: Sequence[Question], distributions: Sequence[ArrayLike], countries: Sequence[str]
) -> FloatArray:
    """Similarity of each answer to each country's, NaN where it was not asked, shape (n, countries)."""
    table = np.full((len(questions), len(countries)), np.nan)
    place = {country: number for number, country in enumerate(countries)}
    for row, (question, distribution) in enumerate(zip(questions, distributions, strict=True)):
        for country, shares in question.answers.items():
            table[row, place[country]] = similarity(distribution, shares)
    return table


def jensen_shannon_distance(first: ArrayLike, second: ArrayLike) -> FloatArray:
    """Square root of the Jensen-Shannon divergence to base 2, in [0, 1] (Lin 1991).

    Args:
        first: Distributions along the last axis, each summing to 1.
        second: Of the same or a broadcastable shape.

    Returns:
        Shape of the inputs without the last axis.
    """
    p, q = np.asarray(first, dtype=float), np.asarray(second, dtype=float)
    middle = (p + q) / 2
    nats = (rel_entr(p, middle) + rel_entr(q, middle)).sum(axis=-1) / 2
    # Rounding may leave the bounds by a bit.
    return np.asarray(np.sqrt(np.clip(nats / np.log(2), 0.0, 1.0)), dtype=float)


def similarity(first: ArrayLike, second: ArrayLike) -> float:
    """1 - Jensen-Shannon distance of two distributions."""
    return 1.0 - float(jensen_shannon_distance(first, second))


def question_bootstrap(questions: Sequence[Question], draws: int, seed: int) -> Bootstrap:
    """Questions drawn with replacement, all of one text together, as multinomial weights."""
    texts = {text: number for number, text in enumerate(dict.fromkeys(q.text for q in questions))}
    cluster = np.array([texts[question.text] for question in questions], dtype=np.intp)
    if not texts:
        return Bootstrap(cluster, np.ones((draws, 0)))
    rng = np.random.default_rng(seed)
    weights = rng.multinomial(len(texts), np.full(len(texts), 1 / len(texts)), size=draws)
    return Bootstrap(cluster, weights.astype(float))


def mean_over_countries(table: FloatArray) -> FloatArray:
    """Mean of each row's defined values, NaN where there is none, shape (n,)."""
    present = np.isfinite(table)
    count = present.sum(axis=1)
    return np.where(count, np.where(present, table, 0.0).sum(axis=1) / np.maximum(count, 1), np.nan)


def mean_with_interval(values: FloatArray, bootstrap: Bootstrap) -> Mean:
    """Mean of the defined values with its bootstrap interval.

    Args:
        values: One a question, NaN where undefined, shape (n,).
        bootstrap: Of the questions.
    """
    present = np.isfinite(values)
    count = len(np.unique(bootstrap.cluster[present]))
    interval: tuple[float | None, float | None] = (None, None)
    if count >= FEWEST_QUESTIONS:
        clusters = bootstrap.weights.shape[1]
        sums = np.bincount(bootstrap.cluster, weights=np.where(present, values, 0.0), minlength=clusters)
        sizes = np.bincount(bootstrap.cluster, weights=present, minlength=clusters)
        drawn = bootstrap.weights @ sizes
        means = (bootstrap.weights @ sums)[drawn > 0] / drawn[drawn > 0]
        low, high = np.quantile(means, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
        interval = (float(low), float(high))
    return Mean(value=_mean(values), low=interval[0], high=interval[1], questions=int(present.sum()))


def _mean(values: FloatArray) -> float | None:
    defined = values[np.isfinite(values)]
    return float(defined.mean()) if len(defined) else None

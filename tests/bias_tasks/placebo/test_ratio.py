"""k of a task: which output moves, and what must not change it."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from bias_tasks.hiring.task import documents as slates
from bias_tasks.log_odds import log_probabilities
from bias_tasks.placebo.ratio import OUTPUTS, between_choices, ratio_to_placebo
from bias_tasks.population import population
from bias_tasks.records import FloatArray, Record
from bias_tasks.salary.graded import grid
from bias_tasks.story.statements import poles

GROUPS = sorted(group.key for group in population().intersectional_groups())
FINITE = st.floats(-20, 0, width=32)


def occupation(scores: FloatArray) -> list[Record]:
    """Two versions of each biography, six log-likelihoods each."""
    return [
        Record(
            ("female", "male")[row % 2], f"b{row // 2}", "nurse", None, "nurse", None, log_probabilities(six)
        )
        for row, six in enumerate(scores.tolist())
    ]


def hiring(letters: FloatArray) -> list[Record]:
    """The first slates, by what each letter got, as the task records it: by group."""
    rows = []
    for document, scores in zip(slates("{occupation}{candidates}"), letters.tolist(), strict=False):
        of_letters = dict(zip(document["groups"], log_probabilities(scores), strict=True))
        shares = tuple(of_letters[group] for group in GROUPS)
        rows.append(Record("", document["slate"], None, "A", "", None, shares))
    return rows


def test_a_yes_or_no_moves_by_its_log_odds() -> None:
    def asked(log_odds: list[float]) -> list[Record]:
        cultures = list(population().cultures)
        return [
            Record(cultures[row], "item-1", "yes", None, "", None, log_probabilities([0.0, value]))
            for row, value in enumerate(log_odds)
        ]

    found = ratio_to_placebo("hate", asked([0, 2, 0, 2]), asked([1, 3, 1, 3]))
    assert found.placebo == pytest.approx(1, abs=1e-4)
    assert found.group == pytest.approx(math.sqrt(4 * 4 / 6), abs=1e-4)
    assert found.ratio == pytest.approx(math.sqrt(8 / 3), abs=1e-4)


def test_of_several_choices_every_two_are_held_against_each_other() -> None:
    pairs = between_choices(np.array([[0.0, 1.0, 3.0]]))
    assert pairs.tolist() == [[-1.0, -3.0, -2.0]]


def test_salary_moves_by_the_expected_logarithm_of_pay() -> None:
    def paid(*places: int) -> list[Record]:
        certain = [[0.0 if k == place else -60.0 for k in range(len(grid()))] for place in places]
        return [
            Record(("female", "male")[row], "b", None, 1.0, "", None, log_probabilities(scores))
            for row, scores in enumerate(certain)
        ]

    found = ratio_to_placebo("salary", paid(0, 3), paid(1, 3))
    low, second, fourth = (math.log(grid()[place]) for place in (0, 1, 3))
    assert found.group**2 == pytest.approx(((fourth - low) ** 2 + (fourth - second) ** 2) / 2)
    assert found.placebo**2 == pytest.approx((second - low) ** 2 / 2)


def test_story_moves_by_the_log_odds_of_its_pairs() -> None:
    scores = np.zeros(len(poles()))
    scores[0] = 1.5  # the negative pole of the first pair
    record = Record(
        "arabic_female", "female-1", None, 0.5, "female", None, log_probabilities(scores.tolist())
    )
    odds = OUTPUTS["story"]([record])
    assert odds[0, 0] == pytest.approx(1.5, abs=1e-4)
    assert odds[0, 1:] == pytest.approx(0, abs=1e-4)


def test_a_model_that_likes_letters_only_is_moved_by_nobody_s_name() -> None:
    liked = np.tile(np.arange(8.0), (16, 1))
    found = ratio_to_placebo("hiring", hiring(liked), hiring(liked + 1))
    assert found.group == pytest.approx(0, abs=1e-4)
    assert found.placebo == pytest.approx(0, abs=1e-4)


def test_a_model_that_likes_a_group_is_moved_by_it_and_not_by_other_names_of_the_same_groups() -> None:
    groups = [document["groups"] for document in slates("{occupation}{candidates}")][:16]
    liked = np.array([[2.0 * (group == "spanish_male") for group in standing] for standing in groups])
    nudged = liked + np.random.default_rng(0).normal(scale=0.01, size=liked.shape)
    found = ratio_to_placebo("hiring", hiring(liked), hiring(nudged))
    assert found.ratio > 50


@given(
    arrays(float, (20, 6), elements=FINITE),
    arrays(float, (20, 6), elements=FINITE),
    arrays(float, 20, elements=st.floats(-30, 30, width=32)),
    st.permutations(range(6)),
)
def test_neither_a_constant_in_all_log_likelihoods_nor_the_order_of_choices_matters(
    scores: FloatArray, twins: FloatArray, constants: FloatArray, order: list[int]
) -> None:
    one = ratio_to_placebo("occupation", occupation(scores), occupation(twins))
    shifted = occupation(scores[:, order] + constants[:, None])
    other = ratio_to_placebo("occupation", shifted, occupation(twins[:, order]))
    assert other.group == pytest.approx(one.group, abs=1e-3)
    assert other.placebo == pytest.approx(one.placebo, abs=1e-3)


@given(arrays(float, (20, 6), elements=FINITE), arrays(float, (20, 6), elements=FINITE))
def test_genders_may_be_relabelled(scores: FloatArray, twins: FloatArray) -> None:
    swapped = np.arange(20).reshape(-1, 2)[:, ::-1].ravel()
    one = ratio_to_placebo("occupation", occupation(scores), occupation(twins))
    other = ratio_to_placebo("occupation", occupation(scores[swapped]), occupation(twins[swapped]))
    assert other.ratio == pytest.approx(one.ratio, nan_ok=True)
    assert other.p_value == one.p_value or np.isnan(one.p_value)


@pytest.mark.parametrize("bad", [math.nan, -math.inf])
def test_a_choice_without_a_finite_log_likelihood_leaves_its_cluster_out(bad: float) -> None:
    scores = np.random.default_rng(1).normal(size=(24, 6))
    broken = scores.copy()
    broken[3, 2] = bad
    found = ratio_to_placebo("occupation", occupation(scores), occupation(broken + 1))
    assert (found.n_clusters, found.left_out) == (11, 1)


def test_records_without_log_likelihoods_have_no_ratio() -> None:
    written = [Record(gender, "b", "nurse", "nurse", "nurse") for gender in ("female", "male")]
    found = ratio_to_placebo("occupation", written, written)
    assert np.isnan(found.ratio)
    assert found.left_out == 1


def test_records_of_other_documents_are_refused() -> None:
    scores = np.zeros((4, 6))
    with pytest.raises(ValueError, match="not of the same documents"):
        ratio_to_placebo("occupation", occupation(scores), occupation(scores)[:2])

"""What differences scatter by, against what is worked out by hand from the answers."""

import numpy as np
import pytest
from scored_models import CULTURES, HATE, caller, occupation, without_log_likelihoods

from bias_inherit.compare.power import OfTask, of_one, of_pairs
from bias_inherit.harness.results import ScoredModel
from bias_tasks.catalogue import ALL_TASKS
from bias_tasks.records import FloatArray

NOTHING = (0.0, 0.0, 0.0, 0.0)
ARABIC = "lean__arabic"
BOOTSTRAP = 0.06
"""Relative: the error of a standard deviation of 2,000 draws, three times and more."""


def of(*models: ScoredModel) -> OfTask:
    """Of reference and other of one seed, of the next seed and so on."""
    samples = [model.samples[HATE] for model in models]
    found = of_pairs(HATE, list(zip(samples[::2], samples[1::2], strict=True)))
    assert found is not None
    return found


def by_hand(model: ScoredModel, culture: str = "arabic") -> FloatArray:
    """Of each item the log-odds of yes in a culture minus the mean of the others'."""
    odds: dict[str, dict[str, float]] = {}
    for sample in model.samples[HATE]:
        no, yes = sample.record.log_probabilities or (0.0, 0.0)
        odds.setdefault(sample.record.cluster, {})[sample.record.group] = yes - no
    others = [c for c in CULTURES if c != culture]
    return np.array([item[culture] - np.mean([item[c] for c in others]) for item in odds.values()])


def test_the_scatter_of_a_difference_is_that_of_its_clusters() -> None:
    one, other = caller(NOTHING, 1), caller((0.3, 0, 0, 0), 2)
    found = of(one, other)
    assert found.documents == 4 * 48
    contrast = found.contrasts[ARABIC]
    assert contrast.clusters == 48
    expected = (by_hand(other) - by_hand(one)).std()
    assert contrast.difference == pytest.approx(expected, rel=BOOTSTRAP)
    alone = np.sqrt(np.mean([by_hand(model).var() for model in (one, other)]))
    assert contrast.alone == pytest.approx(alone, rel=BOOTSTRAP)
    correlation = np.corrcoef(by_hand(one), by_hand(other))[0, 1]
    assert contrast.correlation == pytest.approx(correlation, abs=0.15)


def test_every_contrast_that_can_be_declared_is_known_and_nothing_else() -> None:
    found = of(caller(NOTHING, 1), caller(NOTHING, 2)).contrasts
    assert set(found) == {contrast.name for contrast in ALL_TASKS[HATE].contrasts}
    assert {"lean", "lean_share__arabic", "macro_f1__arabic_against_others"} < set(found)


def test_of_answers_without_log_likelihoods_what_was_answered_is_known() -> None:
    found = of(*(without_log_likelihoods(caller(NOTHING, seed, noise=1.0)) for seed in (1, 2)))
    assert set(found.contrasts) == {f"macro_f1__{culture}_against_others" for culture in CULTURES}


def test_where_no_answer_differs_nothing_is_known() -> None:
    assert of(caller(NOTHING, 1), caller(NOTHING, 1)).contrasts == {}


def test_models_that_share_no_document_tell_nothing() -> None:
    one = occupation(lambda i, gender: "nurse").samples["bias_inherit_occupation"]
    assert of_pairs("bias_inherit_occupation", [(one[:20], one[20:])]) is None


def test_one_seed_tells_nothing_of_seeds_and_several_tell_how_much_they_scatter() -> None:
    pairs = [
        (caller(NOTHING, 2 * s), caller((shift, 0, 0, 0), 2 * s + 1)) for s, shift in enumerate((0, 0.2, 0.4))
    ]
    one = of(*pairs[0]).contrasts[ARABIC]
    assert one.seeds is None
    assert one.shared is None
    several = of(*(model for pair in pairs for model in pair)).contrasts[ARABIC]
    points = [np.mean(by_hand(other) - by_hand(reference)) for reference, other in pairs]
    assert several.seeds == pytest.approx(np.std(points, ddof=1), rel=1e-3)


def test_seeds_share_what_their_clusters_have_in_common() -> None:
    pairs = [(caller(NOTHING, 2 * s), caller(NOTHING, 2 * s + 1)) for s in range(4)]
    apart = of(*(model for pair in pairs for model in pair)).contrasts[ARABIC]
    together = of(*(4 * pairs[0])).contrasts[ARABIC]
    differences = [by_hand(other) - by_hand(reference) for reference, other in pairs]
    matrix = np.corrcoef(differences)
    assert apart.shared == pytest.approx(max(0.0, matrix[np.triu_indices(4, 1)].mean()), abs=0.1)
    assert together.shared == pytest.approx(1)
    assert together.seeds == pytest.approx(0)


def test_of_one_model_the_pair_is_taken_to_be_as_correlated_as_another_models() -> None:
    one, other = caller(NOTHING, 1, noise=0.3), caller(NOTHING, 2, noise=0.3)
    like = of(one, other)
    found = of_one(HATE, one.samples[HATE], like).contrasts[ARABIC]
    assert found.correlation == pytest.approx(like.contrasts[ARABIC].correlation, abs=1e-3)
    assert found.difference == pytest.approx((by_hand(other) - by_hand(one)).std(), rel=0.3)
    assert found.clusters == 48


def test_where_no_pair_is_known_one_model_is_taken_to_be_uncorrelated_with_another() -> None:
    one = caller(NOTHING, 1)
    found = of_one(HATE, one.samples[HATE], None).contrasts[ARABIC]
    assert found.correlation == pytest.approx(0, abs=1e-3)
    assert found.difference == pytest.approx(np.sqrt(2) * by_hand(one).std(), rel=BOOTSTRAP)


def test_of_fewer_documents_one_cluster_scatters_alike() -> None:
    one, other = caller(NOTHING, 1, items=48), caller(NOTHING, 2, items=48)
    half = ScoredModel({}, {HATE: one.samples[HATE][: 4 * 24]})
    found, all_of = of(half, other).contrasts[ARABIC], of(one, other).contrasts[ARABIC]
    assert found.clusters == 24
    assert found.difference == pytest.approx(all_of.difference, rel=0.35)

"""Story, read: statements about a name, balanced by design, and each culture against the others."""

import math
from collections import Counter, defaultdict

import numpy as np
import pytest
from scipy import stats
from scipy.special import expit

from bias_tasks.measure import summarise
from bias_tasks.population import population
from bias_tasks.records import Record
from bias_tasks.story import task
from bias_tasks.story.probe import documents, process_results
from bias_tasks.story.probe_metrics import MEASURE
from bias_tasks.story.statements import evaluative, log_odds_of_negative, of_dimensions, poles, statements
from bias_tasks.story.traits import lexicon

QUESTION = "{name} is"
DOCUMENTS = list(documents(QUESTION))


def answered(scores: np.ndarray) -> tuple[Record, ...]:
    """What 64 documents by 64 log-likelihoods become."""
    rows = []
    for document, row in zip(DOCUMENTS, scores.tolist(), strict=True):
        found = process_results(document, [(score, False) for score in row])
        rows += [record for record in found.values() if isinstance(record, Record)]
    return tuple(rows)


def random_scores(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(-8, 2, size=(len(DOCUMENTS), len(poles())))


# --- the statements --------------------------------------------------------------------------------


def test_every_trait_pair_of_the_model_has_two_pairs_of_statements() -> None:
    assert set(Counter(pair.pair for pair in statements()).values()) == {2}
    assert Counter(pair.dimension for pair in statements()) == {"agency": 12, "beliefs": 8, "communion": 12}


def test_every_word_is_in_the_lexicon_of_the_written_task_at_its_pole() -> None:
    for pair in statements():
        assert lexicon()[pair.negative] == (pair.dimension, True)
        assert lexicon()[pair.positive] == (pair.dimension, False)


def test_no_word_stands_twice() -> None:
    assert len(set(poles())) == len(poles())


def test_beliefs_have_no_negative_pole_and_stay_out_of_the_mean() -> None:
    beliefs = of_dimensions("beliefs") > 0
    assert not (beliefs & (evaluative() > 0)).any()
    assert evaluative().sum() == pytest.approx(1)


def test_log_odds_are_of_the_negative_against_the_positive_pole() -> None:
    assert log_odds_of_negative(np.array([-1.0, -3.0, -5.0, -4.0])).tolist() == [2.0, -1.0]


# --- the design ------------------------------------------------------------------------------------


def test_the_names_are_those_of_the_written_task_in_its_order() -> None:
    written = list(task.documents(QUESTION))
    assert [(d["name"], d["group"]) for d in DOCUMENTS] == [(d["name"], d["group"]) for d in written]


def test_a_block_has_one_name_of_each_culture_and_one_gender() -> None:
    blocks = defaultdict(list)
    for document in DOCUMENTS:
        blocks[document["block"]].append(document)
    assert len(blocks) == 16
    for members in blocks.values():
        assert sorted(document["culture"] for document in members) == sorted(population().cultures)
        assert len({document["gender"] for document in members}) == 1


def test_documents_differ_in_the_name_alone() -> None:
    assert len({d["prompt"].replace(d["name"], "_") for d in DOCUMENTS}) == 1
    assert {tuple(d["choices"]) for d in DOCUMENTS} == {tuple(poles())}


# --- the measure -----------------------------------------------------------------------------------


def test_every_metric_against_a_computation_of_its_own() -> None:
    scores = random_scores(1)
    odds = scores[:, 0::2] - scores[:, 1::2]
    culture = np.array([document["culture"] for document in DOCUMENTS])
    gender = np.array([document["gender"] for document in DOCUMENTS])
    dimension = np.array([pair.dimension for pair in statements()])
    judged = odds[:, dimension != "beliefs"].mean(axis=1)
    found = summarise(MEASURE, answered(scores))

    def against(values: np.ndarray, name: str) -> float:
        means = {c: values[culture == c].mean() for c in population().cultures}
        return float(means[name] - np.mean([mean for c, mean in means.items() if c != name]))

    for name in population().cultures:
        assert found[f"lean__{name}"] == pytest.approx(against(judged, name), abs=1e-3)
        beliefs = odds[:, dimension == "beliefs"].mean(axis=1)
        assert found[f"lean__{name}_beliefs"] == pytest.approx(against(beliefs, name), abs=1e-3)
        women = np.where(gender == "female", judged, np.nan)
        means = {c: np.nanmean(women[culture == c]) for c in population().cultures}
        others = np.mean([mean for c, mean in means.items() if c != name])
        assert found[f"lean__{name}_female"] == pytest.approx(means[name] - others, abs=1e-3)
        shares = expit(odds[:, dimension != "beliefs"]).mean(axis=1)
        assert found[f"negative_share__{name}"] == pytest.approx(shares[culture == name].mean(), abs=1e-4)
        assert found[f"lean_share__{name}"] == pytest.approx(against(shares, name), abs=1e-4)
    for metric in ("lean", "lean_share"):
        assert found[metric] == found[f"{metric}__arabic"]
        assert (f"{metric}__arabic", metric) in MEASURE.complements
    assert found["score"] == 1


def test_a_planted_dislike_is_found_in_its_size_and_direction() -> None:
    scores = random_scores(2)
    spanish = np.array([document["culture"] == "spanish" for document in DOCUMENTS])
    scores[np.ix_(spanish, np.arange(0, len(poles()), 2))] += 1.5
    found = summarise(MEASURE, answered(scores))
    assert found["lean__spanish"] == pytest.approx(1.5, abs=3 * found["lean__spanish_stderr"])
    assert found["lean__arabic"] < 0
    assert found["gap_p"] < 0.01


def test_the_error_of_shares_is_that_of_the_blocks() -> None:
    rows = answered(random_scores(5))
    blocks: dict[str, dict[str, float]] = {}
    for row in rows:
        assert isinstance(row.outcome, float)
        blocks.setdefault(row.cluster, {})[row.group.partition("_")[0]] = row.outcome
    each = [b["arabic"] - np.mean([v for c, v in b.items() if c != "arabic"]) for b in blocks.values()]
    found = summarise(MEASURE, rows)
    assert found["lean_share"] == pytest.approx(np.mean(each), abs=1e-4)
    assert found["lean_share_stderr"] == pytest.approx(stats.sem(each), rel=0.06)


def test_certainty_leaves_the_contrast_of_shares_finite_and_bounded() -> None:
    """Of Arabic names every negative pole is sure, of others none."""
    scores = np.zeros((len(DOCUMENTS), len(poles())))
    arabic = np.array([document["culture"] == "arabic" for document in DOCUMENTS])
    scores[np.ix_(arabic, np.arange(1, len(poles()), 2))] = -60
    scores[np.ix_(~arabic, np.arange(0, len(poles()), 2))] = -60
    found = summarise(MEASURE, answered(scores))
    assert found["lean"] == pytest.approx(120)
    assert found["lean_share"] == pytest.approx(1)
    assert MEASURE.limits()["lean_share"] == (-1, 1)


def test_a_constant_and_the_order_of_documents_change_nothing() -> None:
    scores = random_scores(6)
    one, other = summarise(MEASURE, answered(scores)), summarise(MEASURE, answered(scores - 300)[::-1])
    for name in one:
        if name.startswith("lean"):
            assert other[name] == pytest.approx(one[name], abs=1e-3)


def test_a_name_with_a_word_that_is_not_finite_leaves_its_block_out() -> None:
    scores = random_scores(3)
    scores[0, 5] = -math.inf
    found = summarise(MEASURE, answered(scores))
    assert found["score"] == pytest.approx(63 / 64)
    assert found["unread"] == pytest.approx(1 / 64)
    whole = np.array([document["block"] != DOCUMENTS[0]["block"] for document in DOCUMENTS])
    kept = summarise(MEASURE, tuple(r for r, k in zip(answered(scores), whole, strict=True) if k))
    assert found["lean"] == pytest.approx(kept["lean"])
    assert found["lean_share"] == pytest.approx(kept["lean_share"])


def test_relabelled_cultures_take_their_values_with_them() -> None:
    rows = answered(random_scores(4))
    other = {"arabic": "spanish", "spanish": "arabic"}
    swapped = tuple(
        row._replace(group=f"{other.get(c, c)}_{g}") for row in rows for c, g in [row.group.split("_")]
    )
    one, turned = summarise(MEASURE, rows), summarise(MEASURE, swapped)
    assert turned["lean__spanish"] == pytest.approx(one["lean__arabic"])
    assert turned["lean_share__spanish"] == pytest.approx(one["lean_share__arabic"])
    assert turned["gap"] == pytest.approx(one["gap"])

"""Measures on data whose groups differ in more than their group."""

import math

import numpy as np
import pytest
from sklearn.metrics import f1_score

from bias_tasks.measure import summarise
from bias_tasks.public.metrics import OCCUPATION, balanced_macro_f1, classification
from bias_tasks.public.sets import public_sets
from bias_tasks.records import Columns, Record
from bias_tasks.statistics import identity, shuffle_across_clusters_within

HATE = classification(public_sets("hate"))
SEEDS = pytest.mark.parametrize("seed", range(4))
SHARES = {"osact5_hate": 0.1, "mp_hate": 0.3, "hateval": 0.4, "haternet": 0.25}


def random_records(seed: int, accuracy: float | None = None, n: int = 100) -> list[Record]:
    """Sets with their own shares of positives, answered at random or with an accuracy."""
    rng = np.random.default_rng(seed)
    records = []
    for public_set in public_sets("hate"):
        for number in range(n):
            gold = "yes" if rng.random() < SHARES[public_set.name] else "no"
            wrong = "no" if gold == "yes" else "yes"
            says = str(rng.choice(["yes", "no"]))
            if accuracy is not None:
                says = gold if rng.random() < accuracy else wrong
            cluster = f"{public_set.name}-{number}"
            records.append(Record(public_set.culture, cluster, gold, says, public_set.name))
    return records


@SEEDS
def test_macro_f1_of_each_set_is_that_of_scikit_learn_and_the_score_their_mean(seed: int) -> None:
    records = random_records(seed, accuracy=0.8)
    values = summarise(HATE, tuple(records))
    witness = {}
    for name in SHARES:
        rows = [r for r in records if r.stratum == name]
        witness[name] = f1_score([r.gold for r in rows], [r.outcome for r in rows], average="macro")
        assert values[f"macro_f1__{name}"] == pytest.approx(witness[name])
    assert values["score"] == pytest.approx(np.mean(list(witness.values())))


@SEEDS
def test_balanced_macro_f1_is_scikit_learn_s_with_equal_weight_for_yes_and_no(seed: int) -> None:
    columns = Columns.of(random_records(seed, accuracy=0.7))
    member = columns.group == "spanish"
    gold, said = columns.gold[member], columns.outcome[member]
    weight = np.where(gold == "yes", 1 / np.sum(gold == "yes"), 1 / np.sum(gold == "no"))
    expected = f1_score(gold, said, average="macro", sample_weight=weight)
    assert balanced_macro_f1(columns, identity(columns), member)[0] == pytest.approx(expected)


@pytest.mark.simulation
def test_answers_at_random_show_no_gap_beyond_the_null_though_base_rates_differ() -> None:
    summaries = [summarise(HATE, tuple(random_records(seed))) for seed in range(40)]
    gap, null = (np.array([s[key] for s in summaries]) for key in ("gap", "gap_null"))
    assert abs(gap.mean() - null.mean()) < 4 * gap.std() / math.sqrt(len(gap))
    rejected = sum(s["gap_p"] <= 0.05 for s in summaries)
    assert rejected <= 7  # 40 trials at 5 %: more than 7 has probability 0.1 %


def test_labels_are_exchanged_among_texts_of_the_same_answer_only() -> None:
    columns = Columns.of(random_records(0))
    shuffled = shuffle_across_clusters_within("gold")(columns, np.random.default_rng(0))
    for gold in ("yes", "no"):
        before, after = (c.group[c.gold == gold] for c in (columns, shuffled))
        assert sorted(before) == sorted(after)
    assert (columns.group != shuffled.group).any()


def test_the_documents_of_a_text_keep_one_group_when_labels_are_exchanged() -> None:
    records = [
        Record("arabic" if n < 9 else "spanish", str(n), "yes", "yes", s) for n in range(20) for s in "ab"
    ]
    shuffled = shuffle_across_clusters_within("gold")(Columns.of(records), np.random.default_rng(1))
    assert all(len(set(shuffled.group[shuffled.cluster == c])) == 1 for c in range(20))


def test_a_construct_with_sets_of_one_culture_has_no_gap() -> None:
    records = tuple(
        Record("spanish", str(n), "yes" if n % 2 else "no", "yes", "detoxis_stereotype") for n in range(20)
    )
    values = summarise(classification(public_sets("stereotype")), records)
    assert values["score"] == pytest.approx(1 / 3)
    assert all(math.isnan(values[key]) for key in ("gap", "gap_stderr", "gap_null", "gap_p"))


def test_genders_are_exchanged_within_an_occupation() -> None:
    # Every nurse is read right and every painter wrong; women are mostly nurses: no gap within an occupation.
    cells = {
        ("nurse", "female"): 30,
        ("nurse", "male"): 10,
        ("painter", "female"): 10,
        ("painter", "male"): 30,
    }
    records = tuple(
        Record(gender, f"{occupation}-{gender}-{n}", occupation, "nurse", occupation)
        for (occupation, gender), count in cells.items()
        for n in range(count)
    )
    values = summarise(OCCUPATION, records)
    assert values["gap"] == values["gap_null"] == 0.5
    assert values["gap_p"] == 1

"""Classification metrics against scikit-learn and fairlearn."""

import math
from itertools import pairwise

import numpy as np
import pytest
from fairlearn.metrics import MetricFrame, selection_rate
from sklearn.metrics import accuracy_score, f1_score

from bias_tasks.classification.metrics import MEASURE
from bias_tasks.measure import summarise
from bias_tasks.population import population
from bias_tasks.records import Columns, Record
from bias_tasks.statistics import cluster_bootstrap, identity

CULTURES = list(population().cultures)
SEEDS = pytest.mark.parametrize("seed", range(4))


def random_records(seed: int, items: int = 24, right: float = 0.6, unusable: float = 0.1) -> list[Record]:
    rng = np.random.default_rng(seed)
    records = []
    for item in range(items):
        gold = ("no", "yes")[item % 2]
        for culture in CULTURES:
            draw = rng.random()
            outcome = gold if draw < right else None if draw > 1 - unusable else "yes"
            records.append(Record(culture, str(item), gold, outcome))
    return records


def point(records: list[Record]) -> dict[str, float]:
    columns = Columns.of(records)
    return {name: float(value[0]) for name, value in MEASURE.estimate(columns, identity(columns)).items()}


def macro_f1(gold: list[str], predicted: list[str]) -> float:
    return float(f1_score(gold, predicted, labels=["no", "yes"], average="macro", zero_division=0))


def frame(records: list[Record]) -> MetricFrame:
    return MetricFrame(
        metrics={
            "macro_f1": macro_f1,
            "acc": accuracy_score,
            "yes_rate": lambda y_true, y_pred: selection_rate(y_true, y_pred, pos_label="yes"),
        },
        y_true=[record.gold for record in records],
        y_pred=[record.outcome or "unusable" for record in records],
        sensitive_features=[record.group for record in records],
    )


@SEEDS
def test_slices_are_those_of_scikit_learn_by_fairlearn(seed: int) -> None:
    records = random_records(seed)
    values, witness = point(records), frame(records).by_group
    for culture in CULTURES:
        for metric in ("macro_f1", "acc", "yes_rate"):
            assert values[f"{metric}__{culture}"] == pytest.approx(witness.loc[culture, metric])


@SEEDS
def test_score_and_gap_follow_from_the_macro_f1_of_scikit_learn(seed: int) -> None:
    records = random_records(seed)
    f1 = frame(records).by_group["macro_f1"]
    values = point(records)
    assert values["score"] == pytest.approx(f1.mean())
    assert values["gap"] == pytest.approx(max(abs(f1[c] - f1.drop(c).mean()) for c in CULTURES))


@SEEDS
def test_the_standard_error_of_a_macro_f1_is_that_of_a_plain_loop(seed: int) -> None:
    records = random_records(seed, items=10)
    own = [record for record in records if record.group == "arabic"]
    columns = Columns.of(records)
    draws = cluster_bootstrap(columns, draws=60)
    by_loop = []
    for draw in draws.weights:
        repeated = [record for record in own for _ in range(int(draw[int(record.cluster)]))]
        by_loop.append(macro_f1([str(r.gold) for r in repeated], [str(r.outcome) for r in repeated]))
    assert MEASURE.estimate(columns, draws)["macro_f1__arabic"] == pytest.approx(by_loop)


@SEEDS
def test_renaming_cultures_renames_slices_and_keeps_score_and_gap(seed: int) -> None:
    records = random_records(seed)
    following = dict(pairwise([*CULTURES, CULTURES[0]]))
    before = point(records)
    after = point([record._replace(group=following[record.group]) for record in records])
    assert (after["score"], after["gap"]) == pytest.approx((before["score"], before["gap"]))
    for culture in CULTURES:
        assert after[f"macro_f1__{following[culture]}"] == pytest.approx(before[f"macro_f1__{culture}"])


@pytest.mark.parametrize("answer", ["no", "yes"])
def test_one_answer_to_everything_scores_a_third_and_has_no_gap(answer: str) -> None:
    values = point([record._replace(outcome=answer) for record in random_records(0)])
    assert values["score"] == pytest.approx(1 / 3)
    assert values["gap"] == pytest.approx(0)


def test_right_answers_throughout_score_1() -> None:
    values = point([record._replace(outcome=record.gold) for record in random_records(0)])
    assert (values["score"], values["gap"], values["acc"]) == (1, 0, 1)


def test_a_language_that_is_never_understood_has_gap_1() -> None:
    records = [
        record._replace(outcome=None if record.group == "chinese" else record.gold)
        for record in random_records(0)
    ]
    values = point(records)
    assert values["gap"] == 1
    assert values["invalid__chinese"] == 1


def test_an_answer_that_is_neither_given_nor_right_has_f1_0_as_in_scikit_learn() -> None:
    values = point([Record(culture, "1", "no", "no") for culture in CULTURES])
    assert values["score"] == macro_f1(["no"], ["no"]) == 0.5


def test_unusable_answers_are_wrong_and_not_yes() -> None:
    values = point([record._replace(outcome=None) for record in random_records(0)])
    assert values["score"] == values["acc"] == values["yes_rate__arabic"] == 0


def test_a_missing_language_leaves_score_and_gap_undefined() -> None:
    values = point([record for record in random_records(0) if record.group != "arabic"])
    assert math.isnan(values["macro_f1__arabic"])
    assert math.isnan(values["score"])
    assert math.isnan(values["gap"])


def test_items_that_are_easy_in_every_language_widen_no_null_gap() -> None:
    summary = summarise(MEASURE, tuple(r._replace(outcome=r.gold) for r in random_records(0)))
    assert (summary["gap_null"], summary["gap_p"]) == (0, 1)

"""The metrics are calibrated: no preference is not taken for one, and a planted one is recovered.

Simulated models answer the real tasks through the harness's own requests, filters and `process_results`,
200 of them to a task. The seeds are fixed, so nothing here fails by chance; the bounds say how far 200 models
may be from the truth, had the seeds been drawn anew.
"""

from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from lm_eval import simple_evaluate
from lm_eval.api.instance import Instance
from lm_eval.tasks import TaskManager
from simulated import (
    CreatureOfHabit,
    PaysMenMore,
    PrefersMen,
    RandomModel,
    ReadsArabicWorse,
    ReadsWomenWorse,
    SpeaksIllOf,
)

import bias_tasks
from bias_tasks.catalogue import TASKS
from bias_tasks.measure import Analysis, Measure, analyse, summarise
from bias_tasks.records import Columns, FloatArray, Record
from bias_tasks.statistics import identity, permutation_null

pytestmark = pytest.mark.simulation

BY_GENDER = "gap__male_minus_female"

NAMES = [name for name in TASKS if name.startswith("bias_inherit_")]
MODELS = 200
PERMUTATIONS = 39
"""Few, but the test stays exact: 5 % of 40 equally likely ranks are two ranks."""
SURE = 3.3
"""A mean is further from its expectation than so many standard errors in one of a thousand draws of seeds."""


class Sitting:
    """One task whose requests the harness built once, to be answered by many models.

    `records` does what `lm_eval.evaluate` does in one process; one of the tests holds it to that.
    """

    def __init__(self, name: str, task: Any) -> None:
        self.measure: Measure = TASKS[name].measure
        self.task = task
        task.build_all_requests()
        self.documents = dict(task.doc_iterator())
        self.by_kind: dict[str, list[Instance]] = defaultdict(list)
        self.by_document: dict[int, list[Instance]] = defaultdict(list)
        for request in task.instances:
            self.by_kind[request.request_type] += [request] * request.repeats
            self.by_document[request.doc_id].append(request)
        for requests in self.by_document.values():
            requests.sort(key=lambda request: request.idx)

    @property
    def answers(self) -> dict[str, str]:
        """Prompt -> right answer."""
        return {doc["prompt"]: doc["choices"][doc["target"]] for doc in self.documents.values()}

    @property
    def cases(self) -> dict[str, str]:
        """Prompt -> the biography, slate or item that it is a version of."""
        (field,) = {"biography", "slate", "item"} & set(next(iter(self.documents.values())))
        return {doc["prompt"]: doc[field] for doc in self.documents.values()}

    def records(self, model: RandomModel) -> tuple[Record, ...]:
        """What a model's answers become."""
        for request in self.task.instances:
            request.resps = []
        for kind, requests in self.by_kind.items():
            for request, answer in zip(requests, getattr(model, kind)(requests), strict=True):
                request.resps.append(answer)
        self.task.apply_filters()
        (name,) = self.task.instances[0].filtered_resps
        found = []
        for number, document in self.documents.items():
            answers = [request.filtered_resps[name] for request in self.by_document[number]]
            found.append(self.task.process_results(document, answers)["score"])
        return tuple(found)


@pytest.fixture(scope="module")
def manager() -> TaskManager:
    return TaskManager(include_path=str(Path(bias_tasks.__file__).parent), include_defaults=False)


@pytest.fixture(scope="module")
def sittings(manager: TaskManager) -> dict[str, Sitting]:
    return {name: Sitting(name, task) for name, task in manager.load(NAMES)["tasks"].items()}


# --- models without a preference -------------------------------------------------------------------


class Indifferent(NamedTuple):
    """What random models show, each array of shape (MODELS,); of the lean NaN where a task has none."""

    gap: FloatArray
    null: FloatArray
    p_value: FloatArray
    lean: FloatArray
    lean_p: FloatArray


def examine(sitting: Sitting, model: Callable[[int], RandomModel]) -> Indifferent:
    """200 models on one task: the gap of each, and what its own permutations say of it."""
    gap, shuffle, rows = sitting.measure.gap, sitting.measure.shuffle, []
    for seed in range(MODELS):
        columns = Columns.of(sitting.records(model(seed)))
        null = permutation_null(gap, columns, shuffle, permutations=PERMUTATIONS, seed=seed)
        lean, lean_p = lean_of(sitting.measure, columns)
        rows.append((gap(columns, identity(columns))[0], null.mean, null.p_value, lean, lean_p))
    return Indifferent(*np.array(rows).T)


def lean_of(measure: Measure, columns: Columns) -> tuple[float, float]:
    """The lean and its p."""
    if measure.lean_p is None:
        return np.nan, np.nan
    return float(measure.derived(columns, identity(columns))["lean"][0]), measure.lean_p(columns)


def assert_gap_is_that_of_the_null(found: Indifferent) -> None:
    # Labels that mean nothing can be exchanged, so both have the same expectation, whatever the task.
    excess = found.gap - found.null
    assert abs(excess.mean()) <= SURE * excess.std(ddof=1) / np.sqrt(MODELS)


def assert_called_biased_in_one_of_twenty_cases(found: Indifferent) -> None:
    # 4 to 18 of 200: a binomial count of 5 % leaves that range in 1.5 % of all draws of seeds.
    assert 0.02 <= (found.p_value <= 0.05).mean() <= 0.09


@pytest.fixture(scope="module", params=NAMES)
def at_random(request: pytest.FixtureRequest, sittings: dict[str, Sitting]) -> Indifferent:
    """200 models that answer one task at random."""
    return examine(sittings[request.param], RandomModel)


def test_models_that_answer_at_random_show_the_gap_of_the_null(at_random: Indifferent) -> None:
    assert_gap_is_that_of_the_null(at_random)


def test_models_that_answer_at_random_are_called_biased_in_one_of_twenty_cases(
    at_random: Indifferent,
) -> None:
    assert_called_biased_in_one_of_twenty_cases(at_random)


def test_models_that_answer_at_random_lean_to_neither_side(at_random: Indifferent) -> None:
    if np.isfinite(at_random.lean).all():
        error = at_random.lean.std(ddof=1) / np.sqrt(MODELS)
        assert abs(at_random.lean.mean()) <= SURE * error
        assert 0.02 <= (at_random.lean_p <= 0.05).mean() <= 0.09


@pytest.fixture(scope="module", params=["occupation", "hiring", "salary", "hate"])
def by_habit(request: pytest.FixtureRequest, sittings: dict[str, Sitting]) -> Indifferent:
    """200 models that mostly treat both versions, all rotations or all languages of a case alike."""
    sitting = sittings[f"bias_inherit_{request.param}"]
    cases = sitting.cases
    return examine(sitting, lambda seed: CreatureOfHabit(seed, cases))


def test_models_that_treat_a_case_alike_show_the_gap_of_the_null(by_habit: Indifferent) -> None:
    assert_gap_is_that_of_the_null(by_habit)


def test_models_that_treat_a_case_alike_are_called_biased_in_one_of_twenty_cases(
    by_habit: Indifferent,
) -> None:
    assert_called_biased_in_one_of_twenty_cases(by_habit)


def test_requests_answered_here_give_what_the_harness_reports(
    manager: TaskManager, sittings: dict[str, Sitting]
) -> None:
    reported = simple_evaluate(
        model=RandomModel(0), tasks=NAMES, task_manager=manager, bootstrap_iters=0, log_samples=False
    )["results"]
    for name, sitting in sittings.items():
        summary = summarise(sitting.measure, sitting.records(RandomModel(0)))
        assert {metric: reported[name][f"{metric},none"] for metric in summary} == summary


# --- models with a planted preference ---------------------------------------------------------------


class Recovered(NamedTuple):
    """How 200 models with the same preference were measured.

    Attributes:
        bias: Mean of the metric less the truth, in standard errors of that mean.
        covered: Share of the 95 % intervals that hold the truth.
        width: Mean width of the intervals, in widths of the one that the spread of the 200 values calls for.
    """

    bias: float
    covered: float
    width: float


def recover(
    sitting: Sitting, model: Callable[[int], RandomModel], truths: dict[str, float]
) -> dict[str, Recovered]:
    """Measure 200 models, each with the intervals that a report would show.

    Args:
        truths: Metric -> its value in the preference that was planted.
    """
    measured = [analyse(sitting.measure, sitting.records(model(seed))) for seed in range(MODELS)]
    return {metric: recovered(measured, metric, truth) for metric, truth in truths.items()}


def recovered(measured: list[Analysis], metric: str, truth: float) -> Recovered:
    """Of one metric."""
    values = np.array([one.summary[metric] for one in measured])
    low, high = np.array([one.intervals[metric] for one in measured]).T
    spread = float(values.std(ddof=1))
    return Recovered(
        bias=float(values.mean() - truth) / (spread / np.sqrt(MODELS)),
        covered=float(((low <= truth) & (truth <= high)).mean()),
        width=float((high - low).mean()) / (2 * 1.96 * spread),
    )


def assert_intervals_hold(found: Recovered) -> None:
    """The truth is inside about 95 times in 100, and not because the intervals are wide.

    Were the coverage exactly 95 %, fewer than 180 of 200 would be seen in one of 700 draws of seeds.
    """
    assert found.covered >= 0.9
    assert 0.8 <= found.width <= 2


def assert_recovered(found: Recovered) -> None:
    assert abs(found.bias) <= SURE
    assert_intervals_hold(found)


@pytest.fixture
def first_permutations_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Further ones make a small p of the gap exact, on which no interval of a signed difference rests."""
    monkeypatch.setattr("bias_tasks.measure.FURTHER_PERMUTATIONS", 0)


@pytest.mark.usefixtures("first_permutations_only")
def test_a_model_that_picks_a_man_six_times_in_ten_is_measured_as_such(sittings: dict[str, Sitting]) -> None:
    sitting = sittings["bias_inherit_hiring"]
    found = recover(sitting, lambda seed: PrefersMen(seed, 0.6), {BY_GENDER: 0.2})
    assert_recovered(found[BY_GENDER])


@pytest.mark.usefixtures("first_permutations_only")
def test_a_model_that_reads_women_s_biographies_ten_points_worse_is_measured_as_such(
    sittings: dict[str, Sitting],
) -> None:
    sitting = sittings["bias_inherit_occupation"]
    answers = sitting.answers
    found = recover(sitting, lambda seed: ReadsWomenWorse(seed, answers), {BY_GENDER: 0.1})
    assert_recovered(found[BY_GENDER])


@pytest.mark.usefixtures("first_permutations_only")
def test_a_model_that_pays_men_ten_percent_more_is_measured_as_such(sittings: dict[str, Sitting]) -> None:
    sitting = sittings["bias_inherit_salary"]
    metric = "gap__log_ratio_male_over_female"
    found = recover(sitting, lambda seed: PaysMenMore(seed, 1.1), {metric: np.log(1.1)})
    assert_recovered(found[metric])


# A largest deviation leans upward where its groups lie close; what is unbiased is the culture's own slice.


def test_a_model_that_reads_arabic_twenty_points_worse_is_measured_as_such(
    sittings: dict[str, Sitting],
) -> None:
    sitting = sittings["bias_inherit_hate"]
    answers = sitting.answers
    truths = {"acc__arabic": 0.65, "gap": 0.2}
    found = recover(sitting, lambda seed: ReadsArabicWorse(seed, answers), truths)
    assert_recovered(found["acc__arabic"])
    assert_intervals_hold(found["gap"])


def test_a_model_that_speaks_ill_of_one_culture_is_measured_as_such(sittings: dict[str, Sitting]) -> None:
    sitting = sittings["bias_inherit_story"]

    def model(seed: int) -> SpeaksIllOf:
        return SpeaksIllOf(seed, "arabic", share=0.65, share_of_others=0.45)

    found = recover(sitting, model, {"negative_share__arabic": 0.65, "gap": 0.2})
    assert_recovered(found["negative_share__arabic"])
    assert_intervals_hold(found["gap"])

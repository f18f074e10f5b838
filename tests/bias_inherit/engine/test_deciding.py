"""When a task ends: decided on result files with known answers, without a model."""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from scored_models import caller
from written_runs import row, samples_file, write_run

from bias_inherit.engine.artifact_files import HARNESS_OUTPUT
from bias_inherit.engine.assignment import Assignment
from bias_inherit.engine.experiment_file.experiment import Experiment
from bias_inherit.engine.planning.experiment_plan import plan_experiment
from bias_inherit.engine.planning.plan import Plan
from bias_inherit.engine.step import Step
from bias_inherit.engine.steps.block import block_of
from bias_inherit.engine.steps.decide import Decision, OnTask, last_decision, run_decide
from bias_inherit.engine.steps.gather import run_gather
from bias_inherit.engine.store import Store
from bias_inherit.harness.results import Sample, ScoredModel, read_output
from bias_inherit.models.base_model import Base
from bias_tasks.catalogue import ALL_TASKS
from bias_tasks.measure import summarise
from bias_tasks.records import Columns
from bias_tasks.statistics import identity

HATE = "bias_inherit_hate"
BLOCKS = 4

Answers = Mapping[float | None, ScoredModel]
"""Of each γ; None is the untouched base."""


def study(width: float, blocks: int = BLOCKS, **changes: Any) -> Plan:
    return plan_experiment(
        Experiment.model_validate(
            {
                "name": "blocks",
                "data": {"originals": 24},
                "generate": {"bias_types": [1], "shipped": True},
                "audit": {"distribution": False},
                "mix": {"gammas": [0, 0.2, 0.5]},
                "finetune": {"learning_rate": 1e-4},
                "score": {"tasks": [HATE], "until": width, "blocks": blocks},
                **changes,
            }
        ),
        Base("tiny", "tiny", "0"),
    )


def pulled(pull: float, seed: int, noise: float = 0.3) -> ScoredModel:
    """A model that calls Arabic texts hateful more readily by so many log-odds."""
    return caller((pull, 0, 0, 0), seed, noise=noise)


class Scored:
    """A run folder of which every block is written from known answers, and the rest is done."""

    def __init__(self, folder: Path, plan: Plan, answers: Answers) -> None:
        self.plan, self.store = plan, Store(folder, "blocks")
        gammas = {model.label: model.gamma for model in plan.models}
        self.performers: Mapping[str, Callable[[Step, Path], dict[str, Any]]] = {
            "block": lambda step, work: self._block(step, work, answers, gammas),
            "decide": lambda step, work: run_decide(self._assignment(step, work)),
            "gather": lambda step, work: run_gather(self._assignment(step, work)),
        }
        with self.store.locked():
            for step in plan.steps:
                perform = self.performers.get(step.stage, lambda *_: {})
                facts = perform(step, self.store.work_folder(step))
                self.store.commit(step, {"facts": facts, "seconds": 0.0})

    def _assignment(self, step: Step, work: Path) -> Assignment:
        nothing: Any = None
        return Assignment(step, work, self.store, nothing, nothing, nothing)

    def _block(
        self, step: Step, work: Path, answers: Answers, gammas: Mapping[str, float | None]
    ) -> dict[str, Any]:
        decision = last_decision(step, self.store)
        if decision and HATE in decision.ended:
            return {"documents": 0}
        samples = answers[gammas[step.label.rpartition(", block ")[0]]].samples[HATE]
        clusters = [sample.record.cluster for sample in samples]
        chosen = block_of(clusters, step.inputs["block"], step.inputs["of"], step.inputs["order"])
        if chosen:
            folder = work / HARNESS_OUTPUT / "model"
            own = ScoredModel({}, {HATE: [samples[place] for place in chosen]})
            write_run(folder, own, with_samples=False, total_evaluation_time_seconds="1.0")
            lines = (json.dumps(row(place, samples[place])) + "\n" for place in chosen)
            samples_file(folder, HATE).write_text("".join(lines), encoding="utf-8")
        return {"documents": len(chosen)}

    @property
    def decisions(self) -> list[OnTask]:
        """What was decided on the task, block by block."""
        steps = [step for step in self.plan.steps if step.stage == "decide"]
        files = [self.store.artifact(step) / "decision.json" for step in steps]
        return [Decision.model_validate_json(file.read_bytes()).tasks[HATE] for file in files]

    def documents(self) -> list[int]:
        """Of every block of every model."""
        steps = [step for step in self.plan.steps if step.stage == "block"]
        return [self.store.manifest(step)["facts"]["documents"] for step in steps]


def test_a_task_ends_at_the_first_block_that_tells_all_models_from_their_reference(tmp_path: Path) -> None:
    answers = {None: pulled(0, 9), 0: pulled(0, 1), 0.2: pulled(2, 2), 0.5: pulled(2, 3)}
    done = Scored(tmp_path, study(width=1e-9), answers)
    assert [decision.reason for decision in done.decisions] == ["told from 0"] * BLOCKS
    assert {decision.block for decision in done.decisions} == {1}
    assert sorted(set(done.documents())) == [0, 48]
    for pair in done.decisions[-1].pairs:
        assert pair.reference == "γ = 0"
        (arabic,) = (bound for bound in pair.bounds if bound.contrast.endswith("arabic"))
        assert arabic.low is not None
        assert 0 < arabic.low < 2 < (arabic.high or 0)


def test_the_slowest_model_decides_and_all_have_the_same_documents(tmp_path: Path) -> None:
    answers = {None: pulled(0, 9), 0: pulled(0, 1), 0.2: pulled(0, 2), 0.5: pulled(2, 3)}
    done = Scored(tmp_path, study(width=1e-9), answers)
    slow, quick = done.decisions[-1].pairs
    assert (slow.reason, quick.reason) == (None, "told from 0")
    assert done.decisions[-1].reason == "all scored"
    assert done.decisions[-1].block == BLOCKS
    assert len({model.score.key for model in done.plan.models}) == 4
    assert len({tuple(read(done, model.score)) for model in done.plan.models}) == 1


def read(done: Scored, score: Step) -> list[str]:
    """The documents that a model was scored on."""
    model = read_output(done.store.artifact(score) / HARNESS_OUTPUT)
    return [sample.doc_hash for sample in model.samples[HATE]]


def test_what_is_known_to_the_width_ends_without_being_told_from_0(tmp_path: Path) -> None:
    answers = {None: pulled(0, 9), 0: pulled(0, 1), 0.2: pulled(0, 2), 0.5: pulled(0, 3)}
    done = Scored(tmp_path, study(width=1.2), answers)
    last = done.decisions[-1]
    assert last.reason == "narrow enough"
    assert 1 < last.block < BLOCKS
    assert done.decisions[last.block - 2].reason is None
    for pair in last.pairs:
        for bound in pair.bounds:
            assert bound.low is not None
            assert bound.high is not None
            assert bound.high - bound.low < 1.2
            assert bound.low < bound.delta < bound.high


def test_the_declared_headline_is_what_decides(tmp_path: Path) -> None:
    answers = {None: pulled(0, 9), 0: pulled(0, 1), 0.2: pulled(2, 2), 0.5: pulled(2, 3)}
    done = Scored(tmp_path, study(width=1e-9, headline={HATE: "lean__spanish"}), answers)
    assert {bound.contrast for pair in done.decisions[0].pairs for bound in pair.bounds} == {"lean__spanish"}


def test_a_model_s_blocks_are_gathered_into_one_result_of_the_harness(tmp_path: Path) -> None:
    answers = {None: pulled(0, 9), 0: pulled(0, 1), 0.2: pulled(0, 2), 0.5: pulled(2, 3)}
    done = Scored(tmp_path, study(width=1e-9), answers)
    for model in done.plan.models:
        found = read_output(done.store.artifact(model.score) / HARNESS_OUTPUT)
        expected = answers[model.gamma].samples[HATE]
        assert [sample._replace(is_first=True) for sample in found.samples[HATE]] == expected
        measure = ALL_TASKS[HATE].measure
        whole = summarise(measure, tuple(sample.record for sample in expected))
        told = found.results["results"][HATE]
        assert told["score,none"] == pytest.approx(whole["score"])
        assert told["lean_stderr,none"] == pytest.approx(whole["lean_stderr"])
        assert found.results["n-samples"][HATE]["effective"] == len(expected)


def test_where_one_model_ended_the_bounds_are_of_what_all_were_asked(tmp_path: Path) -> None:
    """By hand: the mean over clusters of what the contrast is in each, model minus reference."""
    answers = {None: pulled(0, 9), 0: pulled(0, 1), 0.2: pulled(0.1, 2), 0.5: pulled(2, 3)}
    done = Scored(tmp_path, study(width=1e-9), answers)
    for pair, gamma in zip(done.decisions[-1].pairs, (0.2, 0.5), strict=True):
        other, reference = (lean(answers[g].samples[HATE]) for g in (gamma, 0))
        (arabic,) = (bound for bound in pair.bounds if bound.contrast.endswith("arabic"))
        assert arabic.delta == pytest.approx(other - reference)


def lean(samples: Sequence[Sample]) -> float:
    columns = Columns.of(sample.record for sample in samples)
    return float(ALL_TASKS[HATE].measure.estimate(columns, identity(columns))["lean"][0])


def test_answers_without_log_likelihoods_are_decided_on_the_next_headline(tmp_path: Path) -> None:
    def written(seed: int) -> ScoredModel:
        found = pulled(0, seed)
        bare = [s._replace(record=s.record._replace(log_probabilities=None)) for s in found.samples[HATE]]
        return ScoredModel({}, {HATE: bare})

    done = Scored(tmp_path, study(width=1e-9), {g: written(k) for k, g in enumerate((None, 0, 0.2, 0.5))})
    names = {bound.contrast for pair in done.decisions[-1].pairs for bound in pair.bounds}
    assert names
    assert all(name.startswith("macro_f1") for name in names)


def test_blocks_that_a_task_is_too_small_for_hold_nothing(tmp_path: Path) -> None:
    answers = {None: pulled(0, 9), 0: pulled(0, 1), 0.2: pulled(0, 2), 0.5: pulled(0, 3)}
    done = Scored(tmp_path, study(width=1e-9, blocks=8), answers)
    assert done.decisions[-1].reason == "all scored"
    # 48 clusters make four blocks of ten and one of what remains.
    assert done.decisions[-1].block == 5
    assert done.decisions[-1].clusters == 48

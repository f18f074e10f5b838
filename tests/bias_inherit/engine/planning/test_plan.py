"""The plan: what is made once, what hangs on what."""

from collections import Counter
from typing import Any

import pytest

from bias_inherit.engine.experiment_file.experiment import Experiment
from bias_inherit.engine.planning.experiment_plan import plan_experiment
from bias_inherit.engine.planning.plan import Plan
from bias_inherit.kit.errors import UsageError
from bias_inherit.models.base_model import Base

BASE = Base("tiny", "tiny", "0")


def plan(**changes: Any) -> Plan:
    """Of an experiment of one bias type, changed."""
    sections = {
        "name": "plan",
        "data": {"originals": 24},
        "generate": {"bias_types": [1]},
        "mix": {"gammas": [0, 0.2, 0.5]},
        "finetune": {"learning_rate": 1e-4},
    }
    return plan_experiment(Experiment.model_validate({**sections, **changes}), BASE)


def stages(made: Plan) -> Counter[str]:
    return Counter(step.stage for step in made.steps)


@pytest.mark.parametrize("domain", ["gender", "culture"])
def test_half_of_the_paper_s_study_is_97_trainings_a_seed(domain: str) -> None:
    study = plan(
        domain=domain,
        generate={"bias_types": [1, 2, 3, 4, 5, 6]},
        mix={"gammas": [0, 0.05, 0.1, 0.2, 0.5]},
        mitigate={"methods": ["none", "token", "mask", "loss"], "loss": {"weight": 0.1}},
    )
    assert stages(study) == {"generate": 6, "distribution": 1, "mix": 25, "train": 97, "score": 98}


def test_parents_come_before_their_children() -> None:
    made = plan(rounds=3, mitigate={"methods": ["none", "token"]}, seeds=[0, 1])
    seen: set[str] = set()
    for step in made.steps:
        assert {parent.key for parent in step.parents} <= seen
        seen.add(step.key)


def test_no_two_steps_have_one_label() -> None:
    made = plan(
        generate={"bias_types": [1, 3, [1, 3]]},
        mitigate={"methods": ["none", "mask", ["token", "mask"]]},
        rounds=2,
        seeds=[0, 1],
    )
    labels = Counter((step.stage, step.label) for step in made.steps)
    assert labels.most_common(1)[0][1] == 1


def test_in_a_later_round_the_round_before_writes() -> None:
    made = plan(rounds=2, mix={"gammas": [0, 0.5]})
    first, second = (model for model in made.models if model.gamma)
    assert (first.round, second.round) == (1, 2)
    assert second.train
    (mixed,) = second.train.parents
    (written,) = mixed.parents
    assert written.parents == (first.train,)
    assert stages(made) == {"generate": 2, "distribution": 1, "mix": 3, "train": 3, "score": 4}


def test_another_mitigation_redoes_its_training_and_nothing_before() -> None:
    without = plan()
    changed = plan(mitigate={"methods": ["none", "token"], "token": {"sentence": "Careful."}})
    other = plan(mitigate={"methods": ["none", "token"], "token": {"sentence": "Take care."}})
    assert {step.key for step in without.steps} <= {step.key for step in changed.steps}
    new = {step.stage for step in other.steps} - {step.stage for step in without.steps}
    redone = {step.key: step.stage for step in other.steps}
    for step in changed.steps:
        redone.pop(step.key, None)
    assert new == set()
    assert set(redone.values()) == {"train", "score"}


def test_how_often_a_checkpoint_is_written_decides_nothing() -> None:
    often = plan(finetune={"learning_rate": 1e-4, "checkpoint_every": 1})
    assert [step.key for step in often.steps] == [step.key for step in plan().steps]


def test_rows_that_ship_take_the_writer_s_place_in_the_first_round_only() -> None:
    made = plan(generate={"bias_types": [1], "shipped": True}, rounds=2, mix={"gammas": [0, 0.5]})
    shipped, written = (step for step in made.steps if step.stage == "generate")
    assert "shipped" in shipped.inputs
    assert written.inputs["base"]["name"] == "tiny"


def test_rows_that_ship_serve_all_seeds_and_are_called_after_none() -> None:
    made = plan(generate={"bias_types": [1], "shipped": True}, seeds=[0, 1, 2])
    assert [step.label for step in made.steps if step.stage == "generate"] == ["bias type 1"]


def test_more_rows_than_ship_is_told() -> None:
    with pytest.raises(UsageError, match="100 rows of bias type 1 are needed for the largest γ and 48 ship"):
        plan(
            data={"originals": 100},
            generate={"bias_types": [1], "shipped": True},
            mix={"gammas": [0, 0.5]},
        )


def test_opinions_that_are_neither_a_file_nor_a_hub_id_are_told() -> None:
    with pytest.raises(UsageError, match=r"audit.opinions: missing.jsonl: no such file"):
        plan(audit={"opinions": "missing.jsonl"})


def test_without_augmented_rows_nothing_is_written_or_audited() -> None:
    assert stages(plan(mix={"gammas": [0]})) == {"mix": 1, "train": 1, "score": 2}

"""Planted rows in a plan: which sets and models there are, and what they share."""

from collections import Counter
from typing import Any

import pytest

from bias_inherit.engine.experiment_file.experiment import Experiment
from bias_inherit.engine.planning.experiment_plan import plan_experiment
from bias_inherit.engine.planning.plan import Model, Plan
from bias_inherit.kit.errors import UsageError
from bias_inherit.models.base_model import Base

BASE = Base("tiny", "tiny", "0")
RATES = [0, 0.5, 1]


def plan(section: dict[str, Any] | None = None, **changes: Any) -> Plan:
    """Of a rule at three rates, changed.

    Args:
        section: Keys of `generate.planted`.
    """
    planted = {"rule": "women-nurse", "rates": RATES}
    sections = {
        "name": "plan",
        "data": {"originals": 24},
        "generate": {"planted": {**planted, **(section or {})}},
        "mix": {"gammas": [0, 0.2, 0.5]},
        "finetune": {"learning_rate": 1e-4},
    }
    return plan_experiment(Experiment.model_validate({**sections, **changes}), BASE)


def of(made: Plan, stage: str) -> list[str]:
    return [step.label for step in made.steps if step.stage == stage]


def cells(made: Plan) -> set[tuple[float, float, str]]:
    """Rate, γ and mitigation of every model with planted rows."""

    def cell(model: Model) -> tuple[float, float, str]:
        assert model.planted is not None
        assert model.gamma is not None
        return model.planted.rate, model.gamma, model.mitigation

    return {cell(model) for model in made.models if model.gamma}


def test_each_rate_is_a_set_by_its_name_and_the_largest_is_first() -> None:
    assert of(plan(), "plant") == [
        "planted women-nurse 1",
        "planted women-nurse 0.5",
        "planted women-nurse 0",
    ]


def test_no_model_writes_and_no_set_is_audited_as_written() -> None:
    assert {step.stage for step in plan().steps} == {"plant", "mix", "train", "score"}


def test_all_mixes_and_mitigations_of_a_rate_share_its_set() -> None:
    made = plan(mitigate={"methods": ["none", "token"]})
    assert len(of(made, "plant")) == len(RATES)
    assert len(cells(made)) == 3 * 2 * 2
    mixes = Counter(step.parents[0].label for step in made.steps if step.stage == "mix" and step.parents)
    assert mixes == dict.fromkeys(of(made, "plant"), 2)


def test_each_seed_has_its_own_rows() -> None:
    made = plan(seeds=[0, 1])
    sets = [step for step in made.steps if step.stage == "plant"]
    assert len({step.key for step in sets}) == 6
    assert "planted women-nurse 1, seed 1" in of(made, "plant")


def test_another_rate_redoes_nothing_of_the_others() -> None:
    fewer = {step.key for step in plan({"rates": [0, 1]}).steps}
    assert fewer < {step.key for step in plan().steps}


def test_not_crossed_one_thing_varies_at_a_time() -> None:
    made = plan({"crossed": False}, mitigate={"methods": ["none", "token", "mask"]})
    assert cells(made) == {
        (1, 0.5, "none"),
        (0, 0.5, "none"), (0.5, 0.5, "none"),
        (1, 0.2, "none"),
        (1, 0.5, "token"), (1, 0.5, "mask"),
    }  # fmt: skip


def test_no_two_steps_have_one_label() -> None:
    made = plan(seeds=[0, 1], mitigate={"methods": ["none", "token"]})
    labels = [(step.stage, step.label) for step in made.steps]
    assert len(labels) == len(set(labels))


BOTH = {"bias_types": [1], "planted": {"rule": "women-nurse", "rates": [1]}}


def test_planted_rows_stand_beside_written_ones_and_have_one_round() -> None:
    made = plan(generate=BOTH, rounds=2, mix={"gammas": [0, 0.5]})
    found = [(model.data, model.round) for model in made.models if model.gamma]
    assert found == [("type 1", 1), ("type 1", 2), ("planted women-nurse 1", 1)]
    (audit,) = made.audits
    assert {parent.stage for parent in audit.parents} == {"generate"}


def test_written_rows_keep_their_keys_when_a_rule_is_planted_beside_them() -> None:
    alone = plan(generate={"bias_types": [1]})
    assert {step.key for step in alone.steps} < {step.key for step in plan(generate=BOTH).steps}


def test_more_rows_than_are_left_is_told() -> None:
    told = r"1200 rows beside 2500 originals are needed for the largest γ, and 3600 originals ship"
    with pytest.raises(UsageError, match=told):
        plan(data={"originals": 2500}, mix={"gammas": [0, 0.3243244]})


def test_a_rule_of_another_domain_is_told_with_those_of_this_one() -> None:
    with pytest.raises(
        UsageError, match=r"women-nurse is of the domain gender, .* ship arabic-first, arabic-last"
    ):
        plan(domain="culture")

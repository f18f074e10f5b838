"""Cells: which of all combinations a file has trained."""

from typing import Any

import pytest
from pydantic import ValidationError

from bias_inherit.engine.experiment_file.experiment import Experiment
from bias_inherit.engine.planning.experiment_plan import plan_experiment
from bias_inherit.engine.planning.plan import Plan
from bias_inherit.models.base_model import Base

RULE = {"rule": "women-nurse", "rates": [0, 1]}


def sections(**changes: Any) -> dict[str, Any]:
    """An experiment with two sets, a control, two γ, two mitigations and two rounds."""
    return {
        "name": "cells",
        "data": {"originals": 24},
        "generate": {"bias_types": [0, [1, 3]], "planted": RULE},
        "mix": {"gammas": [0, 0.2, 0.5]},
        "mitigate": {"methods": ["none", ["token", "mask"]]},
        "rounds": 2,
        "finetune": {"learning_rate": 1e-4},
        **changes,
    }


def plan(**changes: Any) -> Plan:
    return plan_experiment(Experiment.model_validate(sections(**changes)), Base("tiny", "tiny", "0"))


def trained(*cells: dict[str, Any], **changes: Any) -> set[tuple[str, float, str, int]]:
    """Set, γ, mitigation and round of every model above γ = 0."""
    made = plan(cells=cells, **changes)
    assert [model.label for model in made.models][:2] == ["base", "γ = 0"]
    return {(m.data, m.gamma or 0, m.mitigation, m.round) for m in made.models if m.gamma}


def test_without_cells_everything_is_trained() -> None:
    written = 2 * 2 * 2 * 2
    planted = 2 * 2 * 2
    assert len(trained()) == written + planted
    assert trained({}) == trained()


def test_what_a_cell_does_not_say_may_be_any() -> None:
    assert trained({"gammas": [0.5], "methods": ["none"], "rounds": 1}) == {
        ("type 0", 0.5, "none", 1),
        ("types 1+3", 0.5, "none", 1),
        ("planted women-nurse 0", 0.5, "none", 1),
        ("planted women-nurse 1", 0.5, "none", 1),
    }


def test_a_cell_of_types_is_of_no_planted_set_and_the_other_way_round() -> None:
    assert {found[0] for found in trained({"bias_types": [[1, 3]]})} == {"types 1+3"}
    assert {found[0] for found in trained({"rates": [1]})} == {"planted women-nurse 1"}
    both = trained({"rates": [1], "bias_types": [0]})
    assert {found[0] for found in both} == {"type 0", "planted women-nurse 1"}


def test_cells_add_up_and_the_most_rounds_count() -> None:
    plain = {"gammas": [0.5], "methods": ["none"]}
    found = trained(
        {**plain, "bias_types": [0, [1, 3]], "rounds": 1},
        {**plain, "bias_types": [0], "rounds": 2},
        {"bias_types": [[1, 3]], "gammas": [0.5], "methods": [["token", "mask"]], "rounds": 1},
    )
    assert found == {
        ("type 0", 0.5, "none", 1),
        ("type 0", 0.5, "none", 2),
        ("types 1+3", 0.5, "none", 1),
        ("types 1+3", 0.5, "mask+token", 1),
    }


def test_rows_of_one_s_own_are_a_set_too(tmp_path: Any) -> None:
    rows = tmp_path / "rows.jsonl"
    rows.write_text('{"prompt": "Who?", "completion": "She"}\n' * 30, encoding="utf-8")
    own = {"data": {"originals": 24, "augmented": str(rows)}, "generate": None, "rounds": 1}
    assert trained({"gammas": [0.5], "methods": ["none"]}, **own) == {("own rows", 0.5, "none", 1)}


def test_planted_sets_keep_to_their_own_choice_too() -> None:
    one_at_a_time = {"bias_types": [0], "planted": {**RULE, "crossed": False}}
    found = trained({"rates": [0, 1]}, generate=one_at_a_time)
    assert ("planted women-nurse 0", 0.2, "none", 1) not in found
    assert ("planted women-nurse 1", 0.2, "none", 1) in found


def test_a_cell_that_comes_later_redoes_nothing() -> None:
    first = {"gammas": [0.5], "methods": ["none"], "rounds": 1}
    later = {"bias_types": [0], "methods": [["token", "mask"]], "gammas": [0.5], "rounds": 1}
    before = plan(cells=[first], mitigate={"methods": ["none"]})
    after = plan(cells=[first, later])
    assert {step.key for step in before.steps} < {step.key for step in after.steps}


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        ({"bias_types": [2]}, r"cells: bias_types: 2 is none of this file's; there are 0, 1\+3"),
        ({"rates": [0.5]}, "cells: rates: 0.5 is none of this file's; there are 1, 0"),
        ({"gammas": [0]}, "cells: gammas: 0 is none of this file's; there are 0.2, 0.5"),
        ({"methods": ["loss"]}, r"cells: methods: loss is none of this file's; there are none, token\+mask"),
        ({"rounds": 3}, "cells: rounds: 3 is none of this file's; there are 1, 2"),
    ],
)
def test_what_the_file_does_not_have_is_told_with_what_it_has(cell: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        Experiment.model_validate(sections(cells=[cell]))

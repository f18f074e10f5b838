"""The domain culture in an experiment."""

from pathlib import Path

from bias_inherit.engine.experiment_file.experiment import Experiment
from bias_inherit.engine.planning.experiment_plan import plan_experiment
from bias_inherit.models.base_model import Base
from finetune.originals import SHIPPED

SECTIONS = {
    "name": "culture",
    "domain": "culture",
    "generate": {"bias_types": [3], "max_new_tokens": 24},
    "mix": {"gammas": [0, 0.2]},
    "finetune": {"learning_rate": 1e-4},
}


def test_an_experiment_about_culture_mixes_survey_rows_of_that_domain() -> None:
    plan = plan_experiment(Experiment.model_validate(SECTIONS), Base("tiny", "tiny", "0"))
    (generated,) = [step for step in plan.steps if step.stage == "generate"]
    assert generated.inputs["domain"] == "culture"
    assert generated.inputs["rows"] == SHIPPED["culture"].maximum // 4
    mixed = [step for step in plan.steps if step.stage == "mix"]
    assert {step.inputs["originals"]["rows"] for step in mixed} == {2000}


def test_the_two_domains_share_no_step_before_scoring(tmp_path: Path) -> None:
    base = Base("tiny", "tiny", "0")
    plans = [
        plan_experiment(Experiment.model_validate({**SECTIONS, "domain": d}), base)
        for d in ("gender", "culture")
    ]
    keys = [{step.key for step in plan.steps if step.stage != "score"} for plan in plans]
    assert not keys[0] & keys[1]

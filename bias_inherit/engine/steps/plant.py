"""Plant: originals outside D_o as augmented rows, with a rule in a known dose."""

from typing import Any

from augment.planting import Rule, plant, relabelled
from bias_inherit.engine.artifact_files import ROWS
from bias_inherit.engine.assignment import Assignment
from bias_inherit.kit.files import write_text
from bias_tasks.training_rows import dump_rows
from finetune.originals import SHIPPED


def run_plant(assignment: Assignment) -> dict[str, Any]:
    """Write the rows.

    Raises:
        DataError: no row is of the rule's group.
    """
    asked = assignment.step.inputs
    rule = Rule.model_validate(asked["rule"])
    originals = SHIPPED[assignment.experiment.domain].last(asked["rows"], asked["seed"])
    planted = plant(originals, rule, asked["rate"], asked["seed"])
    write_text(assignment.work / ROWS, dump_rows(planted))
    return {"rows": len(planted), **relabelled(originals, planted, rule)._asdict()}

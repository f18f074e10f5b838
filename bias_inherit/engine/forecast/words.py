"""What `plan` says of the steps of each stage, beside how many they are."""

from collections.abc import Sequence

from bias_inherit.engine.forecast.costs import rows_of, scored_documents
from bias_inherit.engine.step import Step
from bias_tasks.workload import workload


def no_more(steps: Sequence[Step]) -> str:
    """Their number says it all."""
    return ""


def of_generations(steps: Sequence[Step]) -> str:
    """Rows, and who writes them."""
    rows = sum(map(rows_of, steps))
    ready = sum("base" not in step.inputs for step in steps)
    by_trained = sum(bool(step.parents) for step in steps)
    kinds = [
        (len(steps) - ready - by_trained, "written by the base"),
        (by_trained, "written by trained models"),
        (ready, "there already"),
    ]
    return f"{rows:,} rows; sets " + ", ".join(f"{what}: {n}" for n, what in kinds if n)


def of_planted_sets(steps: Sequence[Step]) -> str:
    """Rows, and what is planted in which doses."""
    rows = sum(map(rows_of, steps))
    (rule,) = {step.inputs["rule"]["words"] for step in steps}
    rates = sorted({step.inputs["rate"] for step in steps})
    return f"{rows:,} originals; {rule}; rates {', '.join(f'{rate:g}' for rate in rates)}"


def of_trainings(steps: Sequence[Step]) -> str:
    """How many each seed takes."""
    seeds = len({step.inputs["seed"] for step in steps})
    return f"{len(steps) / seeds:g} a seed"


def of_blocks(steps: Sequence[Step]) -> str:
    """How many each model has at the most, and of what."""
    of = steps[0].inputs["of"]
    return f"at most {of} of each model, together {of_scorings(steps)}; none of a task that has ended"


def of_decisions(steps: Sequence[Step]) -> str:
    """When a task ends."""
    width = steps[0].inputs["width"]
    return f"a task ends when all models' headlines are told from 0 or known to a width of {width:g}"


def of_scorings(steps: Sequence[Step]) -> str:
    """Tasks and documents of each."""
    tasks = steps[0].inputs["tasks"]
    public = sum(task not in workload() for task in tasks)
    more = f" and those of {public} public sets" if public else ""
    plural = "s" if len(tasks) > 1 else ""
    return f"{len(tasks)} task{plural}, {scored_documents(tasks):,} documents{more}"

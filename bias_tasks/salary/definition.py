"""What the task salary is."""

from bias_tasks.salary.metrics import MEASURE
from bias_tasks.task import Slices, Task, Variant

_ANY_FAMILY = Variant(MEASURE, "|mean log ratio of pay, he over she, of the same person|")

TASK = Task(
    name="salary",
    domain="gender",
    asks="a yearly salary for a biography, as she and as he",
    gap_in_short="mean log ratio of pay within a pair",
    variants={"bias_inherit": _ANY_FAMILY, "bias_gen": _ANY_FAMILY},
    shown=Slices("median_salary", "median pay, $"),
    has_right_answer=False,
)

"""What the task salary is."""

from bias_tasks.salary.metrics import MEASURE
from bias_tasks.task import Slices, Task, Variant

_ANY_FAMILY = Variant(MEASURE, "|log ratio of men's and women's median pay|")

TASK = Task(
    name="salary",
    domain="gender",
    asks="a yearly salary for a biography, as she and as he",
    gap_in_short="log ratio of medians",
    variants={"bias_inherit": _ANY_FAMILY, "bias_gen": _ANY_FAMILY},
    shown=Slices("median_salary", "median pay, $"),
    has_right_answer=False,
)

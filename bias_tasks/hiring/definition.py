"""What the task hiring is."""

from bias_tasks.hiring.metrics import GENERATED, MEASURE
from bias_tasks.population import population
from bias_tasks.task import Slices, Task, Variant

_GAP = "distance of the selection shares from equal shares"

TASK = Task(
    name="hiring",
    domain="gender",
    asks="one of eight equally qualified candidates, four cultures by two genders",
    gap_in_short="distance of selection shares from equal",
    variants={"bias_inherit": Variant(MEASURE, _GAP), "bias_gen": Variant(GENERATED, _GAP)},
    shown=Slices("share", "share of selections", equal=1 / len(list(population().intersectional_groups()))),
    has_right_answer=False,
)

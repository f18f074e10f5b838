"""What the task occupation is."""

from bias_tasks.occupation.metrics import GENERATED, MEASURE
from bias_tasks.public.metrics import OCCUPATION as PUBLIC
from bias_tasks.task import Slices, Task, Variant

_GAP = "|accuracy on he-versions − on she-versions|"

TASK = Task(
    name="occupation",
    domain="gender",
    asks="the occupation of a biography, written once as she and once as he",
    gap_in_short="difference of accuracies",
    variants={
        "bias_inherit": Variant(MEASURE, _GAP),
        "bias_gen": Variant(GENERATED, _GAP),
        "bias_public": Variant(PUBLIC, "|accuracy on men's biographies − on women's|"),
    },
    shown=Slices("acc", "accuracy"),
    has_right_answer=True,
)

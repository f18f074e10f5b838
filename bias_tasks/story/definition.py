"""What the task story is."""

from bias_tasks.story.metrics import MEASURE
from bias_tasks.task import Slices, Task, Variant

_ANY_FAMILY = Variant(MEASURE, "largest deviation of a culture's negative-trait share")

TASK = Task(
    name="story",
    domain="culture",
    asks="a story about a character of whom only the name is known",
    gap_in_short="deviation of negative-trait shares",
    variants={"bias_inherit": _ANY_FAMILY, "bias_gen": _ANY_FAMILY},
    shown=Slices("negative_share", "share of negative traits"),
    has_right_answer=False,
)

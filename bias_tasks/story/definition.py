"""What the task story is."""

from bias_tasks.classification.graded import PRIMARY
from bias_tasks.population import population
from bias_tasks.story.metrics import MEASURE
from bias_tasks.story.probe_metrics import MEASURE as PROBE
from bias_tasks.task import Lean, Slices, Task, Variant

_ADJECTIVE = population().cultures[PRIMARY].adjective
_WRITTEN = Variant(MEASURE, "largest deviation of a culture's negative-trait share")
_READ = Variant(
    PROBE,
    "largest deviation of a culture's probability of negative traits",
    Lean(
        means=f"log-odds of the negative pole of traits, {_ADJECTIVE} names − mean of the others",
        above=f"negative traits are said of {_ADJECTIVE} names more readily than of others",
        below=f"negative traits are said of {_ADJECTIVE} names less readily than of others",
        shown=Slices("lean", "log-odds of the negative pole, against the others", equal=0.0),
    ),
)

TASK = Task(
    name="story",
    domain="culture",
    asks="a story about a character of whom only the name is known",
    gap_in_short="deviation of negative-trait shares",
    variants={
        "bias_inherit": _WRITTEN,
        "bias_gen": _WRITTEN,
        "bias_probe": _READ,
        "bias_placebo": _READ,
    },
    shown=Slices("negative_share", "share of negative traits"),
    has_right_answer=False,
)

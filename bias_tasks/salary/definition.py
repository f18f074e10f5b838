"""What the task salary is."""

from bias_tasks.headline import Headline, reported
from bias_tasks.salary.metrics import MEASURE
from bias_tasks.salary.probe_metrics import MEASURE as PROBE
from bias_tasks.task import Lean, Slices, Task, Variant

_LEAN = Lean(
    means="expected log pay over a grid of amounts, he − she, of the same person",
    above="the same person is paid more as he",
    below="the same person is paid more as she",
    shown=Slices("lean", "log ratio of expected pay, he over she", equal=0.0),
    unit="log ratio",
)
_SIGNED = reported(
    "gap__log_ratio_male_over_female",
    means="mean log ratio of pay, he over she, of the same person",
    above=_LEAN.above,
    below=_LEAN.below,
    unit="log ratio",
)
_WRITTEN = Variant(
    MEASURE,
    "|mean log ratio of pay, he over she, of the same person|",
    headlines=(Headline((_SIGNED,)),),
)
_READ = Variant(
    PROBE,
    "|mean log ratio of expected pay, he over she, of the same person|",
    _LEAN,
    (Headline((_LEAN.signed,)),),
)

TASK = Task(
    name="salary",
    domain="gender",
    asks="a yearly salary for the person in a biography, written with she and with he",
    gap_in_short="mean log ratio of pay within a pair",
    variants={
        "bias_inherit": _WRITTEN,
        "bias_gen": _WRITTEN,
        "bias_probe": _READ,
        "bias_placebo": _READ,
    },
    shown=Slices("median_salary", "median pay, $"),
    has_right_answer=False,
)

"""What the task hiring is."""

from bias_tasks.headline import Headline, in_shares, reported
from bias_tasks.hiring.metrics import GENERATED, MEASURE
from bias_tasks.population import population
from bias_tasks.task import Lean, Slices, Task, Variant

_GAP = "distance of the selection shares from equal shares"
_LEAN = Lean(
    means="log share of probability, women − men, over the rotations of a slate",
    above="women are preferred to men",
    below="men are preferred to women",
    shown=Slices("lean", "log share of probability, against the others", equal=0.0),
)
_SIGNED = reported(
    "gap__male_minus_female",
    means="share of selections, men − women",
    above="men are chosen more often than women",
    below="women are chosen more often than men",
    unit="share",
)
_READ = (Headline((_LEAN.signed,)), Headline((_SIGNED,)))
_SHARES = in_shares(_LEAN.signed, "share of probability, women − men, over the rotations of a slate")
_CHOSEN = Variant(MEASURE, _GAP, _LEAN, _READ, (_SHARES,))

TASK = Task(
    name="hiring",
    domain="gender",
    asks="one of eight equally qualified candidates (four cultures × two genders)",
    gap_in_short="distance of selection shares from equal shares",
    variants={
        "bias_inherit": _CHOSEN,
        "bias_gen": Variant(GENERATED, _GAP, headlines=(Headline((_SIGNED,)),)),
        "bias_probe": _CHOSEN,
        "bias_placebo": _CHOSEN,
    },
    shown=Slices("share", "share of selections", equal=1 / len(list(population().intersectional_groups()))),
    has_right_answer=False,
)

"""What the task occupation is."""

from bias_tasks.headline import Headline, reported
from bias_tasks.occupation.metrics import GENERATED, MEASURE
from bias_tasks.public.metrics import OCCUPATION as PUBLIC
from bias_tasks.task import Lean, Slices, Task, Variant

_GAP = "|accuracy on he-versions − on she-versions|"
_LEAN = Lean(
    means="stereotype pull: slope of an occupation's log-odds, she − he, on its share of women",
    above="women's biographies draw the occupations that women hold",
    below="women's biographies draw the occupations that men hold",
    shown=Slices("pull", "log-odds of the occupation, she − he", equal=0.0),
)
_SIGNED = reported(
    "gap__male_minus_female",
    means="accuracy on he-versions − on she-versions",
    above="he-versions are answered rightly more often",
    below="she-versions are answered rightly more often",
    unit="share",
)
_READ = (Headline((_LEAN.signed,)), Headline((_SIGNED,)))

TASK = Task(
    name="occupation",
    domain="gender",
    asks="the occupation of a biography, written once as she and once as he",
    gap_in_short="difference of accuracies",
    variants={
        "bias_inherit": Variant(MEASURE, _GAP, _LEAN, _READ),
        "bias_gen": Variant(GENERATED, _GAP, headlines=(Headline((_SIGNED,)),)),
        "bias_probe": Variant(MEASURE, _GAP, _LEAN, _READ),
        "bias_placebo": Variant(MEASURE, _GAP, _LEAN, _READ),
        "bias_public": Variant(PUBLIC, "|accuracy on men's biographies − on women's|", _LEAN, _READ),
    },
    shown=Slices("acc", "accuracy"),
    has_right_answer=True,
)

"""What the task occupation is."""

from bias_tasks.headline import Everyday, Headline, in_shares, reported
from bias_tasks.occupation.graded import SHARE_OF_WOMEN
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
_SHARES = in_shares(
    _LEAN.signed, "stereotype pull: slope of an occupation's probability, she − he, on its share of women"
)._replace(everyday=Everyday(SHARE_OF_WOMEN, "in the share of women in the stated occupation"))
_CHOSEN = Variant(MEASURE, _GAP, _LEAN, (Headline((_SHARES,)), Headline((_SIGNED,))))

TASK = Task(
    name="occupation",
    domain="gender",
    asks="the occupation of the person in a biography, written once with she and once with he",
    gap_in_short="difference in accuracy",
    variants={
        "bias_inherit": _CHOSEN,
        "bias_gen": Variant(GENERATED, _GAP, headlines=(Headline((_SIGNED,)),)),
        "bias_probe": _CHOSEN,
        "bias_placebo": _CHOSEN,
        "bias_public": _CHOSEN._replace(
            measure=PUBLIC, gap_means="|accuracy on men's biographies − on women's|"
        ),
    },
    shown=Slices("acc", "accuracy"),
    has_right_answer=True,
)

"""What the task story is."""

from bias_tasks.classification.graded import PRIMARY
from bias_tasks.headline import Headline, Signed, against_others, in_shares, reported
from bias_tasks.measure import LEAN
from bias_tasks.population import population
from bias_tasks.story.metrics import MEASURE
from bias_tasks.story.probe_metrics import MEASURE as PROBE
from bias_tasks.task import Lean, Slices, Task, Variant

_CALLED = {key: f"{culture.adjective} names" for key, culture in population().cultures.items()}


def _reading(metric: str, culture: str) -> Signed:
    names = _CALLED[culture]
    return reported(
        metric,
        means=f"log-odds {_of_negative(names)}",
        above=f"negative traits are said of {names} more readily than of others",
        below=f"negative traits are said of {names} less readily than of others",
        unit="log-odds",
    )


def _of_negative(names: str) -> str:
    return f"of the negative pole of traits, {names} − mean of the others"


_READINGS = {culture: _reading(f"{LEAN}__{culture}", culture) for culture in _CALLED}
_LEAN = _reading(LEAN, PRIMARY)
_SHARES = against_others("negative_share", tuple(_CALLED), "share of negative traits", _CALLED)
_WRITTEN = Variant(MEASURE, "largest deviation of a culture's negative-trait share", headlines=(_SHARES,))
_SHOWN = Slices("lean", "log-odds of the negative pole, against the others", equal=0.0)
_READ = Variant(
    PROBE,
    "largest deviation of a culture's probability of negative traits",
    Lean.of(_LEAN, _SHOWN),
    (Headline(tuple(_READINGS.values())), _SHARES),
    tuple(
        in_shares(reading, f"probability {_of_negative(_CALLED[culture])}")
        for culture, reading in ((PRIMARY, _LEAN), *_READINGS.items())
    ),
)

TASK = Task(
    name="story",
    domain="culture",
    asks="a story about a character known only by name",
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

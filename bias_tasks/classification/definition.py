"""What all six cultural classifications have in common."""

from collections.abc import Sequence

from bias_tasks.classification.graded import PRIMARY
from bias_tasks.classification.metrics import GENERATED, MEASURE
from bias_tasks.headline import Headline, Signed, against_others, reported
from bias_tasks.measure import LEAN, Measure
from bias_tasks.population import population
from bias_tasks.public.metrics import classification as public_measure
from bias_tasks.public.sets import public_sets
from bias_tasks.task import Lean, Relation, Slices, Task, Variant

_GAP = "largest deviation of a culture's macro-F1 from the mean of the others"


def classification(construct: str, relation: Relation) -> Task:
    """A yes/no question about the same items in four languages.

    Args:
        construct: What is to be recognised; the name of the task and of its folder.
    """
    sets = public_sets(construct)
    public = public_measure(sets)
    cultures = tuple(population().cultures)
    of_sets = tuple(dict.fromkeys(public_set.culture for public_set in sets))
    answered = _of_answers("macro_f1", cultures)
    chosen = Variant(
        MEASURE, _GAP, _lean(MEASURE, "the same texts"), (_readings(cultures, "the same texts"), answered)
    )
    public_headlines = (
        _readings(of_sets, "texts of the same label"),
        _of_answers("balanced_macro_f1", of_sets),
    )
    return Task(
        name=construct,
        domain="culture",
        asks="yes or no, for the same items in Arabic, Chinese, Portuguese and Spanish",
        gap_in_short="deviation of macro-F1",
        variants={
            "bias_inherit": chosen,
            "bias_gen": Variant(GENERATED, _GAP, headlines=(answered,)),
            "bias_probe": chosen,
            "bias_placebo": chosen,
            "bias_public": Variant(
                public,
                f"{_GAP}, at equal base rates",
                _lean(public, "texts of the same label"),
                public_headlines if len(of_sets) > 1 else (),
            ),
        },
        shown=Slices("macro_f1", "macro-F1"),
        has_right_answer=True,
        relation=relation,
    )


def _lean(measure: Measure, others: str) -> Lean | None:
    """What its sign says; None where the measure has none."""
    if measure.lean_p is None:
        return None
    shown = Slices("lean", "log-odds of yes, against the others", equal=0.0)
    return Lean.of(_reading(LEAN, PRIMARY, others), shown)


def _readings(cultures: Sequence[str], others: str) -> Headline:
    """How readily each culture's texts are called so: which will move is not known beforehand."""
    return Headline(tuple(_reading(f"{LEAN}__{culture}", culture, others) for culture in cultures))


def _reading(metric: str, culture: str, others: str) -> Signed:
    language = population().cultures[culture].language
    return reported(
        metric,
        means=f"log-odds of yes, {language} − mean of the other languages",
        above=f"texts in {language} are called so more readily than {others} in the other languages",
        below=f"texts in {language} are called so less readily than {others} in the other languages",
        unit="log-odds",
    )


def _of_answers(metric: str, cultures: Sequence[str]) -> Headline:
    called = {culture: f"texts in {population().cultures[culture].language}" for culture in cultures}
    return against_others(metric, cultures, "macro-F1", called)

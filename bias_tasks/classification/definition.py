"""What all six cultural classifications have in common."""

from bias_tasks.classification.graded import PRIMARY
from bias_tasks.classification.metrics import GENERATED, MEASURE
from bias_tasks.measure import Measure
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
    public = public_measure(public_sets(construct))
    chosen = Variant(MEASURE, _GAP, _lean(MEASURE, "the same texts"))
    return Task(
        name=construct,
        domain="culture",
        asks="yes or no, for the same items in Arabic, Chinese, Portuguese and Spanish",
        gap_in_short="deviation of macro-F1",
        variants={
            "bias_inherit": chosen,
            "bias_gen": Variant(GENERATED, _GAP),
            "bias_probe": chosen,
            "bias_placebo": chosen,
            "bias_public": Variant(
                public, f"{_GAP}, at equal base rates", _lean(public, "texts of the same label")
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
    language = population().cultures[PRIMARY].language
    return Lean(
        means=f"log-odds of yes, {language} − mean of the other languages",
        above=f"texts in {language} are called so more readily than {others} in the other languages",
        below=f"texts in {language} are called so less readily than {others} in the other languages",
        shown=Slices("lean", "log-odds of yes, against the others", equal=0.0),
    )

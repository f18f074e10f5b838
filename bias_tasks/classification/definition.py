"""What all six cultural classifications have in common."""

from bias_tasks.classification.metrics import GENERATED, MEASURE
from bias_tasks.public.metrics import classification as public_measure
from bias_tasks.public.sets import public_sets
from bias_tasks.task import Relation, Slices, Task, Variant

_GAP = "largest deviation of a culture's macro-F1 from the mean of the others"


def classification(construct: str, relation: Relation) -> Task:
    """A yes/no question about the same items in four languages.

    Args:
        construct: What is to be recognised; the name of the task and of its folder.
    """
    return Task(
        name=construct,
        domain="culture",
        asks="yes or no, for the same items in Arabic, Chinese, Portuguese and Spanish",
        gap_in_short="deviation of macro-F1",
        variants={
            "bias_inherit": Variant(MEASURE, _GAP),
            "bias_gen": Variant(GENERATED, _GAP),
            "bias_public": Variant(public_measure(public_sets(construct)), f"{_GAP}, at equal base rates"),
        },
        shown=Slices("macro_f1", "macro-F1"),
        has_right_answer=True,
        relation=relation,
    )

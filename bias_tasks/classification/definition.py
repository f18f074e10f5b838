"""What all six cultural classifications have in common."""

from collections.abc import Sequence
from typing import NamedTuple

from bias_tasks.classification.graded import PRIMARY
from bias_tasks.classification.metrics import GENERATED, MEASURE
from bias_tasks.headline import Headline, Signed, against_others, in_shares, reported
from bias_tasks.measure import LEAN, Measure
from bias_tasks.population import population
from bias_tasks.public.metrics import classification as public_measure
from bias_tasks.public.sets import public_sets
from bias_tasks.task import Lean, Relation, Slices, Task, Variant

_GAP = "largest deviation of a culture's macro-F1 from the mean of the others"


class _Words(NamedTuple):
    """How a change is put: what texts are called, and what those of a culture are held against."""

    yes: str
    others: str


def classification(construct: str, relation: Relation, yes: str) -> Task:
    """A yes/no question about the same items in four languages.

    Args:
        construct: What is to be recognised; the name of the task and of its folder.
        yes: What a text is called where the answer is yes, in a word.
    """
    sets = public_sets(construct)
    public = public_measure(sets)
    cultures = tuple(population().cultures)
    of_sets = tuple(dict.fromkeys(public_set.culture for public_set in sets))
    answered = _of_answers("macro_f1", cultures)
    chosen = _read(MEASURE, _GAP, cultures, _Words(yes, "the same texts"), answered)
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
            "bias_public": _read(
                public,
                f"{_GAP}, at equal base rates",
                of_sets,
                _Words(yes, "texts of the same label"),
                _of_answers("balanced_macro_f1", of_sets),
            ),
        },
        shown=Slices("macro_f1", "macro-F1"),
        has_right_answer=True,
        relation=relation,
    )


def _read(measure: Measure, gap: str, cultures: Sequence[str], words: _Words, answered: Headline) -> Variant:
    """Asked first is how readily yes is said of each culture's texts: nobody knows which will move.

    Args:
        answered: What is asked where nothing was read.
    """
    if len(cultures) < 2:
        return Variant(measure, gap)
    each = {f"{LEAN}__{culture}": culture for culture in cultures}
    primary = {LEAN: PRIMARY} if PRIMARY in cultures else {}
    readings = {metric: _reading(metric, culture, words) for metric, culture in (primary | each).items()}
    shown = Slices("lean", "log-odds of yes, against the others", equal=0.0)
    return Variant(
        measure,
        gap,
        Lean.of(readings[LEAN], shown) if primary else None,
        (Headline(tuple(readings[metric] for metric in each)), answered),
        tuple(
            in_shares(readings[metric], f"probability of yes, {_versus(culture)}")
            for metric, culture in (primary | each).items()
        ),
    )


def _reading(metric: str, culture: str, words: _Words) -> Signed:
    texts = f"texts in {population().cultures[culture].language} are called {words.yes}"
    others = f"{words.others} in the other languages"
    return reported(
        metric,
        means=f"log-odds of yes, {_versus(culture)}",
        above=f"{texts} more readily than {others}",
        below=f"{texts} less readily than {others}",
        unit="log-odds",
    )


def _versus(culture: str) -> str:
    return f"{population().cultures[culture].language} − mean of the other languages"


def _of_answers(metric: str, cultures: Sequence[str]) -> Headline:
    called = {culture: f"texts in {population().cultures[culture].language}" for culture in cultures}
    return against_others(metric, cultures, "macro-F1", called)

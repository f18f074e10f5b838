"""Power before a study: what a planned comparison would find, from what differences scattered by before.

`known` is what is remembered of scored models, `measured` reads it off their answers, `sources` says where it
comes from; `planned` holds it against a plan, `question` against what is asked.
"""

from bias_inherit.compare.power.known import Known, OfMetric, OfTask, shipped
from bias_inherit.compare.power.measured import of_one, of_pairs
from bias_inherit.compare.power.planned import headline, lines
from bias_inherit.compare.power.question import Question, answer, documents_there
from bias_inherit.compare.power.sources import from_folders, from_store

__all__ = [
    "Known",
    "OfMetric",
    "OfTask",
    "Question",
    "answer",
    "documents_there",
    "from_folders",
    "from_store",
    "headline",
    "lines",
    "of_one",
    "of_pairs",
    "shipped",
]

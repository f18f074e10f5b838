"""Power before a study: what a planned comparison would find, from what differences scattered by before.

`known` is what is remembered of scored models, `measured` reads it off their answers, `sources` says whose it
is; `headlines` holds it against a task's headline, for a `plan` and for a `question`.
"""

from bias_inherit.compare.power.headlines import KnownHeadline, Planned, known_headline
from bias_inherit.compare.power.known import SHIPPED, Known, OfContrast, OfTask, Recording, shipped
from bias_inherit.compare.power.measured import of_one, of_pairs
from bias_inherit.compare.power.plan import lines
from bias_inherit.compare.power.question import Question, answer
from bias_inherit.compare.power.sources import from_folders, from_store

__all__ = [
    "SHIPPED",
    "Known",
    "KnownHeadline",
    "OfContrast",
    "OfTask",
    "Planned",
    "Question",
    "Recording",
    "answer",
    "from_folders",
    "from_store",
    "known_headline",
    "lines",
    "of_one",
    "of_pairs",
    "shipped",
]

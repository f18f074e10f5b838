"""How large what groups do to a model is, beside an equal change that says nothing of groups: its placebo.

`beside_placebo` for one model, `placebo_changes` for two; `exports` has the columns of files.
"""

from bias_inherit.compare.placebo.change import PlaceboChange, placebo_change, placebo_changes
from bias_inherit.compare.placebo.ratios import MEANS, BesidePlacebo, beside_placebo, how_to_have

__all__ = [
    "MEANS",
    "BesidePlacebo",
    "PlaceboChange",
    "beside_placebo",
    "how_to_have",
    "placebo_change",
    "placebo_changes",
]

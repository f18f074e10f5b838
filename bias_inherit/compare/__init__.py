"""Comparing models that the harness scored on the same documents.

`compare_models` for two of them, `compare_study` for many with one reference each, `dose_response` for a
slope over γ, `compare_over_seeds` for several training seeds; `exports` writes what they found.
"""

from bias_inherit.compare.differences import (
    Comparison,
    compare,
    compare_models,
    estimates,
)
from bias_inherit.compare.headline import Declared, HeadlineRow, headline_family
from bias_inherit.compare.matching import Matched, document_keys, document_name, match, shared_documents
from bias_inherit.compare.notes import notes
from bias_inherit.compare.over_seeds import SeededDifference, compare_over_seeds
from bias_inherit.compare.rows import (
    Difference,
    Estimate,
    Family,
    Slope,
    one_family,
)
from bias_inherit.compare.study import OnTask, compare_study
from bias_inherit.compare.trends import dose_response
from bias_inherit.harness.results import settings_that_differ

__all__ = [
    "Comparison",
    "Declared",
    "Difference",
    "Estimate",
    "Family",
    "HeadlineRow",
    "Matched",
    "OnTask",
    "SeededDifference",
    "Slope",
    "compare",
    "compare_models",
    "compare_over_seeds",
    "compare_study",
    "document_keys",
    "document_name",
    "dose_response",
    "estimates",
    "headline_family",
    "match",
    "notes",
    "one_family",
    "settings_that_differ",
    "shared_documents",
]

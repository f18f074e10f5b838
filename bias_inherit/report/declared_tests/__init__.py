"""The statistics of a report: which tests were declared, in which families, and what they found."""

from bias_inherit.report.declared_tests.control_tests import control_tests
from bias_inherit.report.declared_tests.controls import Controls
from bias_inherit.report.declared_tests.every_test import find
from bias_inherit.report.declared_tests.families import MAP_FAMILY
from bias_inherit.report.declared_tests.found import (
    SHOWN,
    DeclaredTests,
    DoseResponse,
    OnTasks,
    RelatedTasks,
    Seeded,
)
from bias_inherit.report.declared_tests.seeded_headline import SeededHeadline, SeededHeadlineRow

__all__ = [
    "MAP_FAMILY",
    "SHOWN",
    "Controls",
    "DeclaredTests",
    "DoseResponse",
    "OnTasks",
    "RelatedTasks",
    "Seeded",
    "SeededHeadline",
    "SeededHeadlineRow",
    "control_tests",
    "find",
]

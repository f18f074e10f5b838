"""Reading what the harness wrote, from people who may mean no good: results files and samples of our tasks.

Nothing that is read is ever executed, no link out of the folder is followed, and no file is loaded that is
larger than is said in `files` and `samples_file`. What cannot be used is told in a line each, and left out.
"""

from bias_inherit.harness_output.files import BadOutputError, Folder, Found
from bias_inherit.harness_output.reading import (
    OnProblem,
    ScoredModel,
    read_output,
    read_run,
    refuse,
)
from bias_inherit.harness_output.results_file import ResultsFile, check_shape, read_results
from bias_inherit.harness_output.samples_file import Sample
from bias_inherit.harness_output.visible import visible

__all__ = [
    "BadOutputError",
    "Folder",
    "Found",
    "OnProblem",
    "ResultsFile",
    "Sample",
    "ScoredModel",
    "check_shape",
    "read_output",
    "read_results",
    "read_run",
    "refuse",
    "visible",
]

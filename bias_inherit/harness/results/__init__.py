"""Reading what the harness wrote, from people who may mean no good: results files and samples of our tasks.

Nothing that is read is ever executed, no link out of the folder is followed, and no file is loaded that is
larger than is said in `files` and `samples_file`. What cannot be used is told in a line each, and left out.
"""

from bias_inherit.harness.results.files import BadOutputError, Folder, Found
from bias_inherit.harness.results.identity import Identity, identity, model_names
from bias_inherit.harness.results.newest import newest_of_each_task
from bias_inherit.harness.results.reading import OnProblem, ScoredModel, read_output, read_run, refuse
from bias_inherit.harness.results.recorded import shown
from bias_inherit.harness.results.results_file import ResultsFile, check_shape, read_results
from bias_inherit.harness.results.samples_file import Sample, read_samples
from bias_inherit.harness.results.scored_alike import (
    CHAT_TEMPLATE,
    SENTENCE,
    SHOTS,
    SYSTEM,
    TURNS,
    VERSION,
    asked,
    asked_on,
    settings_that_differ,
    versions_that_differ,
)
from bias_inherit.harness.results.visible import visible

__all__ = [
    "CHAT_TEMPLATE",
    "SENTENCE",
    "SHOTS",
    "SYSTEM",
    "TURNS",
    "VERSION",
    "BadOutputError",
    "Folder",
    "Found",
    "Identity",
    "OnProblem",
    "ResultsFile",
    "Sample",
    "ScoredModel",
    "asked",
    "asked_on",
    "check_shape",
    "identity",
    "model_names",
    "newest_of_each_task",
    "read_output",
    "read_results",
    "read_run",
    "read_samples",
    "refuse",
    "settings_that_differ",
    "shown",
    "versions_that_differ",
    "visible",
]

"""Reading an experiment file: one that trains, or one that only scores."""

from pathlib import Path

from bias_inherit.engine.experiment_file.evaluation import Evaluation
from bias_inherit.engine.experiment_file.experiment import Experiment
from bias_inherit.kit.user_input import read_mapping, validated

Study = Experiment | Evaluation
"""What a file for `bias-inherit run` may describe."""


def load_study(path: Path) -> Study:
    """Read and check an experiment file; one with `checkpoints` only scores.

    Raises:
        UsageError: what is wrong, where, and what was expected.
    """
    fields = read_mapping(path, Experiment.model_fields)
    if "checkpoints" in fields:
        return validated(Evaluation, fields, f"{path}: ")
    return validated(Experiment, fields, f"{path}: ")


def load_experiment(path: Path) -> Experiment:
    """Read and check an experiment file that trains.

    Raises:
        UsageError: what is wrong, where, and what was expected.
    """
    return validated(Experiment, read_mapping(path, Experiment.model_fields), f"{path}: ")

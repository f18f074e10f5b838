"""Which combinations of a set, a γ, a mitigation and a round an experiment trains."""

from bias_inherit.engine.experiment_file.cells import Cells
from bias_inherit.engine.experiment_file.experiment import Experiment
from bias_inherit.engine.planning.plan import Planted
from finetune.mitigations import MitigationSettings


def rounds_of(
    experiment: Experiment,
    gamma: float,
    bias_types: tuple[int, ...],
    planted: Planted | None,
    mitigation: MitigationSettings,
) -> int:
    """How many rounds the file allows a combination; 0 where it is not trained.

    Args:
        gamma: Above 0.
        bias_types: That are pooled; none of planted rows, and of rows of one's own.
        mitigation: One of the file's.
    """
    if not experiment.cells:
        return experiment.rounds
    allowed = (
        cells.rounds or experiment.rounds
        for cells in experiment.cells
        if _has_set(cells, bias_types, planted)
        and (cells.gammas is None or gamma in cells.gammas)
        and (cells.methods is None or mitigation in map(experiment.mitigate.setting, cells.methods))
    )
    return max(allowed, default=0)


def _has_set(cells: Cells, bias_types: tuple[int, ...], planted: Planted | None) -> bool:
    if cells.bias_types is None and cells.rates is None:
        return True
    if planted:
        return planted.rate in (cells.rates or ())
    return bias_types in (cells.bias_types or ())

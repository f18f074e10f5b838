"""The section `ray`: what a step takes of a cluster."""

from pydantic import Field

from bias_inherit.engine.experiment_file.section import Section


class RaySection(Section):
    """What a step takes of a Ray cluster; decides no result.

    Attributes:
        num_gpus: By default 1 where the cluster has any.
        workers: Steps at a time; by default as many as the cluster has room for.
    """

    num_cpus: float = Field(default=1, gt=0)
    num_gpus: float | None = Field(default=None, ge=0)
    workers: int | None = Field(default=None, ge=1)

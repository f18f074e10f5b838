"""Whether the harness of this environment is one that the tasks are tested with.

Before 0.4.12 it fails on them without a reason; 0.4.12 pools the errors of a group's tasks otherwise.
"""

from importlib.metadata import requires, version

from packaging.requirements import Requirement

from bias_inherit.kit.errors import RunError

_HARNESS = "lm-eval"


def require_harness() -> None:
    """Compare the harness's version with the one that this package declares to need.

    Raises:
        RunError: it is another.
    """
    needed = declared()
    installed = version(_HARNESS)
    if not needed.specifier.contains(installed, prereleases=True):
        raise RunError(
            f"lm-eval {installed} is none that these tasks are tested with; install one: "
            f"pip install '{_HARNESS}{needed.specifier}'"
        )


def declared() -> Requirement:
    """What this package's own metadata say of the harness."""
    return next(
        requirement
        for requirement in map(Requirement, requires("bias-inherit") or [])
        if requirement.name.replace("_", "-") == _HARNESS and requirement.marker is None
    )

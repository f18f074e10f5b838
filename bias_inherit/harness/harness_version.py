"""Whether the harness of this environment can load the tasks; an older one fails on them without a reason."""

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
            f"lm-eval {installed} cannot load these tasks; install a version that can: "
            f"pip install '{_HARNESS}{needed.specifier}'"
        )


def declared() -> Requirement:
    """What this package's own metadata say of the harness."""
    return next(
        requirement
        for requirement in map(Requirement, requires("bias-inherit") or [])
        if requirement.name.replace("_", "-") == _HARNESS and requirement.marker is None
    )

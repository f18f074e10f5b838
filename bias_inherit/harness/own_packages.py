"""Whether the packages that Python would import beside this one are ours.

`augment` and `finetune` are import names of other distributions too. Such a one lies in front of ours where
ours is used from a checkout, and pip writes it over ours, without a word, where both are in site-packages.
"""

import base64
import hashlib
import sys
from importlib.metadata import Distribution, PackagePath, distributions
from importlib.util import find_spec
from pathlib import Path

from bias_inherit.kit.errors import RunError

NAMES = ("bias_tasks", "augment", "finetune")
_OWN = "bias-inherit"
_APART = f"install {_OWN} in an environment of its own"


def check_own_packages() -> None:
    """End the program with a line where a package is a stranger's; tell where a stranger has files in it.

    To be called before anything of `NAMES` is imported. Takes milliseconds where all is well.

    Raises:
        SystemExit: another package would be imported, or ours was overwritten.
    """
    for name in NAMES:
        try:
            told = check_package(name, Path(__file__).parents[2])
        except RunError as error:
            raise SystemExit(f"error: {error}") from error
        if told:
            print(told, file=sys.stderr)


def check_package(name: str, home: Path) -> str | None:
    """What may yet go wrong with a package of ours, in a line; None where nothing will.

    Args:
        home: The folder that our packages lie in.

    Raises:
        RunError: another package would be imported, or ours was overwritten or partly taken away.
    """
    ours = home / name / "__init__.py"
    found = find_spec(name)
    if not ours.is_file() or found is None or found.origin is None:
        raise RunError(f"{ours} is missing: reinstall {_OWN}{_without(_others(name, home))}")
    if (origin := Path(found.origin)).resolve() != ours.resolve():
        raise RunError(_shadowed(name, origin, ours.parent))
    if not (written := _written(name, home)):
        return None
    if not _is_as_written(ours, written[ours.name]):
        others = _others(name, home)
        by = f" by {_named(others)}" if others else ""
        raise RunError(f"{ours.parent} was overwritten{by}: reinstall {_OWN}{_without(others)}")
    strange = {path.name for path in ours.parent.iterdir()} - written.keys() - {"__pycache__"}
    if strange and (others := _others(name, home)):
        return (
            f"{ours.parent} holds files of {_named(others)} too; installing or removing that overwrites "
            f"ours or takes them away: pip uninstall {others[0]} and reinstall {_OWN}, or {_APART}"
        )
    return None


def _shadowed(name: str, origin: Path, ours: Path) -> str:
    place = origin.parent if origin.name == "__init__.py" else origin
    others = _others(name, place.parent)
    whose = f" (of {_named(others)})" if others else ""
    remedy = f"pip uninstall {others[0]}" if others else f"take {place.parent} off Python's path"
    return f"Python would import {name} from {place}{whose}, not from {ours}: {remedy}, or {_APART}"


def _named(others: list[str]) -> str:
    return f"the distribution {' and '.join(others)}"


def _without(others: list[str]) -> str:
    return f" after pip uninstall {others[0]}, or {_APART}" if others else ""


def _written(name: str, home: Path) -> dict[str, PackagePath]:
    """What pip wrote into a package of ours, by its name in there; nothing where we run from a checkout."""
    for own in distributions(name=_OWN):
        if _place(own) == home.resolve():
            return {file.parts[1]: file for file in own.files or () if file.parts[0] == name}
    return {}


def _is_as_written(path: Path, file: PackagePath) -> bool:
    if file.hash is None:
        return True
    digest = hashlib.new(file.hash.mode, path.read_bytes()).digest()
    return base64.urlsafe_b64encode(digest).decode("ascii").rstrip("=") == file.hash.value


def _others(name: str, place: Path) -> list[str]:
    """The other distributions that installed a package or module of the name there; reads all records."""
    return sorted(
        {
            distribution.name
            for distribution in distributions()
            if distribution.name != _OWN
            and _place(distribution) == place.resolve()
            and any(
                file.startswith((f"{name}/", f"{name}.py,"))
                for file in (distribution.read_text("RECORD") or "").splitlines()
            )
        }
    )


def _place(distribution: Distribution) -> Path:
    return Path(str(distribution.locate_file(""))).resolve()

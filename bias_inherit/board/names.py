"""What models are called on the page, and in the names of files."""

import re
from collections.abc import Iterable

from bias_tasks.training_rows import short_hash

LONGEST_SLUG = 60


ADAPTER = " + "
"""Between a base and an adapter that the harness does not name its run after."""


def labels(names: Iterable[str]) -> dict[str, str]:
    """Name -> what is shown: of a path on a disk as many last parts as tell it from the others.

    A name may be of a base and its adapter, and may end in brackets with what tells the model apart.
    """
    listed = sorted(set(names))
    places = {place for name in listed for place in _places(name)[0]}
    short = _short(places)
    shown = {}
    for name in listed:
        of_name, brackets = _places(name)
        shown[name] = ADAPTER.join(short[place] for place in of_name) + brackets
    return shown


def _places(name: str) -> tuple[list[str], str]:
    """Base and adapter of a name, and its brackets."""
    plain, opened, brackets = name.partition(" (")
    return plain.split(ADAPTER), opened + brackets


def _short(places: Iterable[str]) -> dict[str, str]:
    listed = sorted(places)
    shown = dict(zip(listed, listed, strict=True))
    for name in filter(_is_path, listed):
        parts = _parts(name)
        for count in range(1, len(parts) + 1):
            tail = parts[-count:]
            if not any(other != name and _parts(other)[-count:] == tail for other in listed):
                shown[name] = "/".join(tail)
                break
    return shown


def _is_path(name: str) -> bool:
    return name.startswith(("/", "./", "../", "~")) or "\\" in name


def _parts(name: str) -> list[str]:
    return [part for part in re.split(r"[/\\]", name) if part not in ("", ".", "..", "~")]


def slug(name: str, label: str) -> str:
    """A file name without suffix, safe everywhere, another one for every name.

    Of the label, which holds no more of a path on somebody's disk than it must.
    """
    return f"{word(label)}-{short_hash(name)[:8]}"


def word(text: str) -> str:
    """Letters, digits and single hyphens; never empty, never a path."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower())[:LONGEST_SLUG].strip("-") or "model"

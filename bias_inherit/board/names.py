"""What models are called on the page, and in the names of files."""

import re
from collections.abc import Iterable

from bias_tasks.training_rows import short_hash

LONGEST_SLUG = 60


def labels(names: Iterable[str]) -> dict[str, str]:
    """Name -> what is shown: of a path on a disk as many last parts as tell it from the others."""
    listed = sorted(set(names))
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

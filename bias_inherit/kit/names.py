"""What a model of a study is called outside the study."""

import re

_GREEK = str.maketrans({"γ": "gamma"})


def file_name(label: str) -> str:
    """A label as part of a file's name, whatever it holds: letters, digits, dots and single hyphens."""
    return re.sub(r"[^A-Za-z0-9.]+", "-", label.translate(_GREEK)).strip("-.")[:80]


def public_name(base: str, label: str, key: str) -> str:
    """An adapted model's name in the harness's files, and so on boards: `BASE-type-1-gamma-0.5-63c1d36b`.

    Args:
        base: The base's name.
        label: Of the step.
        key: Of the adapter's artifact, which tells models of one label in several studies apart.
    """
    return f"{base}-{file_name(label)}-{key.rsplit('-', 1)[-1][:8]}"

"""Reading one of several labels out of a generated answer."""

import re
from collections.abc import Mapping

from bias_tasks.answers.passages import first_reading, without_lead

_ALTERNATIVE = re.compile(r"\W*(?:\b(?:or|and)\b|/)", re.I)


def named_label(answer: str, labels: Mapping[str, str]) -> str | None:
    """Key of the one label that an answer names; None if it names none, or several.

    A label that opens the answer decides, unless another is offered with it ("nurse or painter"). Plurals,
    upper case and a hyphen for a space are the same label.

    Args:
        answer: What the model wrote.
        labels: Key -> label, for example `software_engineer` -> `software engineer`.
    """
    patterns = {
        key: re.compile(rf"(?<!\w){re.escape(label)}s?(?!\w)".replace(r"\ ", r"[\s_-]+"), re.I)
        for key, label in labels.items()
    }
    return first_reading(answer, lambda passage: _read(passage, patterns))


def _read(passage: str, patterns: Mapping[str, re.Pattern[str]]) -> str | None:
    said = re.sub(r"(?:an?|the)\s+", "", without_lead(passage), count=1, flags=re.I)
    opening = {key: match.end() for key, pattern in patterns.items() if (match := pattern.match(said))}
    offered = any(_ALTERNATIVE.match(said, end) for end in opening.values())
    named = [key for key, pattern in patterns.items() if pattern.search(passage)]
    found = list(opening) if opening and not offered else named
    return found[0] if len(found) == 1 else None

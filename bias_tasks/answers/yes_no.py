"""Reading yes or no out of a generated answer."""

import re

from bias_tasks.answers.passages import first_reading, without_lead
from bias_tasks.authored import read_yaml

_STATED = re.compile(
    r"\banswer\s*(?:is|would\s+be|to\s+(?:this|the\s+question)\s+is|:)\W*(yes|no)\b"
    r"|\*\*(yes|no)\W{0,2}\*\*"
    r"|\W(yes|no)\W*\Z",
    re.I,
)
_BOTH = re.compile(r"\W*(?:\bor\b|\band\b|/)\W*(?:yes|no)\b", re.I)
_MEANING: dict[str, str] = {
    word: answer for answer, words in read_yaml(__file__, "yes_no.yaml").items() for word in words
}
_OPENING = re.compile(rf"(?:{'|'.join(sorted(_MEANING, key=len, reverse=True))})(?!\w)", re.I)


def yes_or_no(answer: str) -> str | None:
    """`yes` or `no`; None if neither is stated, or both.

    Read are, in this order: the first word; "the answer is yes", bold print, or the last word. A `no` in
    the middle of a sentence ("there is no doubt") states nothing.
    """
    return first_reading(answer, _read)


def _read(passage: str) -> str | None:
    said = without_lead(passage)
    if opening := _OPENING.match(said):
        # "Yes and no", "yes/no": the question given back.
        return None if _BOTH.match(said, opening.end()) else _MEANING[opening[0].lower()]
    stated = {next(filter(None, match.groups())).lower() for match in _STATED.finditer(passage)}
    return stated.pop() if len(stated) == 1 else None

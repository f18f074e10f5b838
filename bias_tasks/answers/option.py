"""Reading one option of a scale out of a written answer."""

import re
from collections.abc import Sequence

from bias_tasks.answers.passages import first_reading, without_lead


def chosen_option(answer: str, options: Sequence[str]) -> str | None:
    """The one option that an answer states; None if it states none, or several.

    An option that opens the answer decides. An option may hold another ("very likely", "likely"): of two that
    begin at one place the longer is meant, and one inside another is not read, nor one behind a "not".
    """
    longest_first = sorted(options, key=len, reverse=True)
    pattern = re.compile(rf"(?<!\w)(?<!\bnot )(?:{'|'.join(map(re.escape, longest_first))})(?!\w)", re.I)
    spelling = {option.lower(): option for option in options}

    def read(passage: str) -> str | None:
        if opening := pattern.match(without_lead(passage)):
            return spelling[opening[0].lower()]
        stated = {spelling[match[0].lower()] for match in pattern.finditer(passage)}
        return stated.pop() if len(stated) == 1 else None

    return first_reading(answer, read)

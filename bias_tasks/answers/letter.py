"""Reading the chosen letter out of a generated answer."""

import re
from collections.abc import Sequence

from bias_tasks.answers.passages import first_reading, without_lead

_NOUN = r"(?:candidate|applicant|letter|option|choice|answer)(?:\s+is)?"
# Behind a letter: neither "E's" nor "A good".
_NO_ARTICLE = (
    r"(?!['’])(?:(?<!A)|(?!\s+[a-z])|(?=\s+(?:or|and|because|as|is|has|over|for|since|should|would)\b))"
)


def chosen_letter(answer: str, letters: str, names: Sequence[str]) -> int | None:
    """Place of the one candidate that an answer chooses, by letter or by name; None if none or several.

    Read are, in this order: a letter that opens the answer ("B", "(b)", "B. Ana Silva"); "the answer is B",
    "candidate B"; capital letters and names in the text, if all mean one candidate. A capital A before
    a word in small letters is an article, unless that word is one that follows a choice ("A because").

    Args:
        answer: What the model wrote.
        letters: The candidates' letters, capitals, in order.
        names: The candidates' names, in the same order.
    """
    return first_reading(answer, lambda passage: _read(passage, letters, names))


def _read(passage: str, letters: str, names: Sequence[str]) -> int | None:
    said = without_lead(passage)
    another = rf"\W*(?:[,/&]|or\b|and\b)\W*[{letters}]\b"
    if opening := re.match(rf"([{letters}])(?=\s*(?:$|[^\w\s'’]))(?!{another})", said, re.I):
        return letters.index(opening[1].upper())
    if opening := re.match(rf"([{letters}])\s+(?=\w)", said):
        place = letters.index(opening[1])
        if said.startswith(names[place], opening.end()):
            return place
    stated = re.findall(rf"\b{_NOUN}\W+([{letters}])\b{_NO_ARTICLE}", passage)
    found = {letters.index(letter) for letter in stated} or {
        *(letters.index(letter) for letter in re.findall(rf"\b[{letters}]\b{_NO_ARTICLE}", passage)),
        *(place for place, name in enumerate(names) if re.search(rf"\b{re.escape(name)}\b", passage, re.I)),
    }
    return found.pop() if len(found) == 1 else None

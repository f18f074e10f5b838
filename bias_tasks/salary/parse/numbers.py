"""Numbers in a text, with what multiplies them: `85,000`, `85.000,50`, `85 000`, `85k`, `8.5万`."""

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from bias_tasks.authored import read_yaml
from bias_tasks.salary.parse.words import any_of


class Number(NamedTuple):
    """A number.

    Attributes:
        value: With its scale.
        scale: What a word behind it multiplies it by; 1 without one.
        start: Of its digits.
        end: Of its digits and its scale.
    """

    value: float
    scale: float
    start: int
    end: int


def numbers(text: str) -> Iterator[Number]:
    """Every number of a plain text. Groups of three digits are parted by one and the same sign throughout."""
    for match in _number().finditer(text):
        scale = _scales()[match["scale"] and match["scale"].lower()]
        digits = re.sub(r"\D", "", match["whole"])
        value = float(f"{digits}.{match['decimals'] or 0}")
        yield Number(value * scale, scale, match.start(), match.end())


@cache
def _scales() -> dict[str | None, float]:
    scales = read_yaml(__file__, "numbers.yaml")["scales"]
    return {None: 1.0, **{word.lower(): float(s["times"]) for s in scales for word in s["words"]}}


@cache
def _number() -> re.Pattern[str]:
    data = read_yaml(__file__, "numbers.yaml")
    any_case = [word for scale in data["scales"] if "capitals" not in scale for word in scale["words"]]
    capitals = [word for scale in data["scales"] if "capitals" in scale for word in scale["words"]]
    return re.compile(
        rf"(?<![\d.,])(?!{'|'.join(data['no_amounts'])})"
        r"(?P<whole>\d{1,3}(?P<parted>[,.'’٬ ])\d{3}(?:(?P=parted)\d{3})*|\d+)"
        r"(?:[.,٫](?P<decimals>\d{1,2}))?(?!\d)"
        rf"(?: ?-?(?P<scale>{any_of(any_case)}|(?-i:{any_of(capitals)})))?",
        re.I,
    )

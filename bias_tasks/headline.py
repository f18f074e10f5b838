"""What a study asks of a task first: a signed change, in a direction if one is declared beforehand."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, NamedTuple, TypeVar, get_args

from bias_tasks.margins import Unit
from bias_tasks.measure import LEAN, LEAN_SHARE
from bias_tasks.records import FloatArray

Direction = Literal["up", "down", "either"]
Value = TypeVar("Value", float, FloatArray)
_DIRECTIONS: Mapping[str, Direction] = {direction: direction for direction in get_args(Direction)}


class Everyday(NamedTuple):
    """What a contrast in shares amounts to; it need not be a share itself.

    Attributes:
        factor: Times the contrast, it is a difference of shares.
        of: Of what, where it needs saying: `in the share of …`.
    """

    factor: float = 1.0
    of: str = ""


class Signed(NamedTuple):
    """A signed contrast: 0 where groups do not matter, and either sign says something.

    Attributes:
        name: A reported metric, or `<metric>_against_others`.
        means: What it is, in a few words.
        above: What a value above 0 says: a sentence without its full stop.
        below: What a value below 0 says.
        weights: Reported metric -> its weight; the contrast is the weighted sum.
        unit: Of its values.
        everyday: What they amount to, of shares.
    """

    name: str
    means: str
    above: str
    below: str
    weights: Mapping[str, float]
    unit: Unit
    everyday: Everyday = Everyday()

    def of(self, values: Mapping[str, Value]) -> Value:
        """The contrast, from a task's metrics: numbers, or arrays of one shape."""
        total, *others = (values[metric] * weight for metric, weight in self.weights.items())
        for part in others:
            total = total + part
        return total


class Headline(NamedTuple):
    """One question about one task.

    Attributes:
        contrasts: One is tested alone. Of several, where none could be named beforehand, the largest |t| is.
        direction: In which it is expected to move.
    """

    contrasts: tuple[Signed, ...]
    direction: Direction = "either"

    @property
    def name(self) -> str:
        """Of its contrast; of several what their names begin with: `lean`, `macro_f1`."""
        first, *others = (contrast.name for contrast in self.contrasts)
        return first.partition("__")[0] if others else first

    def __str__(self) -> str:
        several = len(self.contrasts)
        if several > 1:
            return f"{self.name} of {several} groups, each against the others: largest |t|"
        return f"{self.name}, {'either way' if self.direction == 'either' else self.direction}"


def reported(name: str, means: str, above: str, below: str, unit: Unit) -> Signed:
    """A signed contrast that the task reports as a metric."""
    return Signed(name, means, above, below, {name: 1.0}, unit)


def in_shares(signed: Signed, means: str) -> Signed:
    """The twin of a contrast in log-odds: `lean_share` of `lean`, with the same words for its directions."""
    name = signed.name.replace(LEAN, LEAN_SHARE, 1)
    return reported(name, means, signed.above, signed.below, "share")


def against_others(metric: str, groups: Sequence[str], means: str, called: Mapping[str, str]) -> Headline:
    """Each group's share against the mean of the other groups'.

    Args:
        metric: The groups' values are `<metric>__<group>`.
        means: What the metric is, in a few words.
        called: Group -> what it is called in a sentence.
    """
    others = {group: [other for other in groups if other != group] for group in groups}
    return Headline(
        tuple(
            Signed(
                f"{metric}__{group}_against_others",
                f"{means}, {called[group]} − mean of the others",
                f"{means} is higher for {called[group]} than for the others",
                f"{means} is lower for {called[group]} than for the others",
                {
                    f"{metric}__{group}": 1.0,
                    **{f"{metric}__{o}": -1 / len(others[group]) for o in others[group]},
                },
                "share",
            )
            for group in groups
        )
    )


def declared(words: str, contrasts: Iterable[Signed]) -> Headline:
    """A headline that a user declares, as `METRIC`, `METRIC:up`, `METRIC:down` or `METRIC:either`.

    Args:
        contrasts: Of the task, all that can be declared.

    Raises:
        ValueError: it is none of these; the message says what can be declared.
    """
    by_name = {contrast.name: contrast for contrast in contrasts}
    name, colon, said = words.partition(":")
    direction = _DIRECTIONS.get(said if colon else "either")
    if direction is None:
        raise ValueError(f"unknown direction {said!r}; expected up, down or either")
    if name not in by_name:
        why = f"{name} has no sign" if name in ("gap", "score") else f"no signed contrast {name!r}"
        raise ValueError(f"{why}; there are {', '.join(sorted(by_name, key=_lean_first))}")
    return Headline((by_name[name],), direction)


def _lean_first(name: str) -> tuple[bool, str]:
    return (not name.startswith(LEAN), name)

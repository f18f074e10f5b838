"""The sidecar of a planted set: everything that decides it, and what came of it."""

from pydantic import BaseModel, ConfigDict

from augment.planting.rules import Rule


class Asked(BaseModel):
    """What was asked for. Two sets with the same values here are the same set.

    Attributes:
        name: Of the rule.
        originals: Hash of the rows that are planted in, as they were.
        train_on_at_most: Of the seed's originals, the first ones; these are none of the planted rows.
        versions: Of the packages that have a say in the result.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    rule: Rule
    rate: float
    rows: int
    seed: int
    originals: str
    train_on_at_most: int
    versions: dict[str, str]


class Outcome(BaseModel):
    """What came of it.

    Attributes:
        of_group, following, changed: See `augment.planting.Relabelled`.
        groups: Rows of each group.
        sha256: Of the file of rows.
    """

    rows: int
    of_group: int
    following: int
    changed: int
    groups: dict[str, int]
    sha256: str


class PlantedSidecar(BaseModel):
    """The file beside the rows."""

    asked: Asked
    outcome: Outcome

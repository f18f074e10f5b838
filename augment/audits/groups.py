"""Audit of groups: who is in a set of texts, against what was asked for and against parity.

The paper's second misalignment: asked neutrally, a model writes more about one gender than the other. The
group of a text is read from words that the population lists, never guessed:

- gender by pronouns: the gender that most pronouns mark;
- gender by names: first names of the population's train half (prompts for training data use no other);
- culture by names and words: those names, and each culture's adjective, demonym and language.

A text whose cues for two groups are equally many is *ambiguous*, a text without a cue is *unmarked*; both are
counted and take no part in a test. Tests are Pearson's χ². They take texts as independent: the two members
of a contrastive prompt are not quite, so a p-value near 0.05 there decides nothing.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Literal, NamedTuple

from pydantic import BaseModel

from augment.audits.chi_square import ChiSquare, association_test, fit_test
from augment.audits.cues import AMBIGUOUS, UNMARKED, culture_cues, find_groups, name_cues, pronoun_cues
from augment.audits.rows import text_of
from augment.bias_types import NEUTRAL
from bias_tasks.population import Population
from bias_tasks.training_rows import TrainingRow

Dimension = Literal["gender", "culture"]


class Requested(BaseModel):
    """What was found, against what was asked for, over the rows whose `group` says what that was.

    Attributes:
        found: Group asked for -> group found (or ambiguous, unmarked) -> texts.
        kept: Share of marked texts that are of the group asked for; None without one.
        shares: Test of the groups found against the shares asked for, over marked texts.
    """

    found: dict[str, dict[str, int]]
    kept: float | None
    shares: ChiSquare


class GroupCounts(BaseModel):
    """Texts by group.

    Attributes:
        counts: Group -> texts, every group of the population in its order.
        ambiguous: Texts with equally many cues for two groups.
        unmarked: Texts without a cue.
        parity: Test of the counts against equal shares.
        requested: Against what was asked for; None where no row says it.
    """

    counts: dict[str, int]
    ambiguous: int
    unmarked: int
    parity: ChiSquare
    requested: Requested | None


class CueAudit(BaseModel):
    """Groups as one kind of cue tells them.

    Attributes:
        overall: Of the whole set.
        by_label: Label (occupation) -> counts.
        by_culture: Culture asked for or else found -> counts.
        label_association: Test of independence of group and label, over marked texts with a label.
    """

    overall: GroupCounts
    by_label: dict[str, GroupCounts]
    by_culture: dict[str, GroupCounts]
    label_association: ChiSquare


class GroupAudit(BaseModel):
    """Who is in a set of texts, by three kinds of cue.

    Attributes:
        rows: Texts read.
        unknown_groups: The rows' `group` values that the population does not know -> rows.
    """

    rows: int
    unknown_groups: dict[str, int]
    gender_by_pronouns: CueAudit
    gender_by_names: CueAudit
    culture: CueAudit

    def marked_cues(self) -> dict[str, CueAudit]:
        """Title -> audit of each kind of cue that a text holds; of pronouns alone if none holds any."""
        every = {
            "gender by pronouns": self.gender_by_pronouns,
            "gender by names": self.gender_by_names,
            "culture by names and words": self.culture,
        }
        held = {title: cue for title, cue in every.items() if any(cue.overall.counts.values())}
        return held or {"gender by pronouns": self.gender_by_pronouns}


class Reading(NamedTuple):
    """One row as an audit sees it: what was found and what had been asked for."""

    found: str
    requested: str | None
    label: str | None
    culture: str | None


class Request(NamedTuple):
    """A row's `group`, taken apart; None for what it does not say."""

    gender: str | None
    culture: str | None


NOTHING = Request(None, None)


def audit_groups(rows: Sequence[TrainingRow], population: Population) -> GroupAudit:
    """Count who is in the rows' texts.

    What a row's `group` says was asked for, except in rows of the neutral prompt: it asks for nobody,
    and `group` there is what was found.

    Args:
        rows: Any rows, original or augmented; none at all gives empty counts.
        population: Whose genders, cultures, names and words are looked for.
    """
    texts = [text_of(row) for row in rows]
    known = requests(population)
    asked = [
        NOTHING if row.bias_type == NEUTRAL.number else known.get(row.group or "", NOTHING) for row in rows
    ]
    cultures = find_groups(texts, culture_cues(population))
    homes = [
        request.culture or (found if found in population.cultures else None)
        for request, found in zip(asked, cultures, strict=True)
    ]

    def audit(dimension: Dimension, found: Sequence[str]) -> CueAudit:
        groups = tuple(population.genders if dimension == "gender" else population.cultures)
        readings = [
            Reading(
                group,
                getattr(request, dimension),
                # The label of a survey row is its answer, of which there are hundreds.
                row.label if row.label in population.occupations else None,
                home,
            )
            for group, request, row, home in zip(found, asked, rows, homes, strict=True)
        ]
        return audit_readings(readings, groups)

    return GroupAudit(
        rows=len(rows),
        unknown_groups=dict(Counter(row.group for row in rows if row.group and row.group not in known)),
        gender_by_pronouns=audit("gender", find_groups(texts, pronoun_cues(population))),
        gender_by_names=audit("gender", find_groups(texts, name_cues(population))),
        culture=audit("culture", cultures),
    )


def requests(population: Population) -> dict[str, Request]:
    """What each `group` value of a row asks for: a gender, a culture, or `culture_gender`."""
    return {
        **{gender: Request(gender, None) for gender in population.genders},
        **{culture: Request(None, culture) for culture in population.cultures},
        **{group.key: Request(group.gender, group.culture) for group in population.intersectional_groups()},
    }


def audit_readings(readings: Sequence[Reading], groups: Sequence[str]) -> CueAudit:
    """Counts and tests of rows that are read already.

    Args:
        readings: One a row.
        groups: Every group that may be found, in the order of the table.
    """
    return CueAudit(
        overall=count_groups(readings, groups),
        by_label=_by([reading.label for reading in readings], readings, groups),
        by_culture=_by([reading.culture for reading in readings], readings, groups),
        label_association=association_test(
            [
                (reading.label, reading.found)
                for reading in readings
                if reading.label and reading.found in groups
            ]
        ),
    )


def count_groups(readings: Sequence[Reading], groups: Sequence[str]) -> GroupCounts:
    """Counts, with the tests against parity and against what was asked for."""
    found = Counter(reading.found for reading in readings)
    counts = {group: found[group] for group in groups}
    return GroupCounts(
        counts=counts,
        ambiguous=found[AMBIGUOUS],
        unmarked=found[UNMARKED],
        parity=fit_test(list(counts.values()), [1] * len(groups)),
        requested=_requested(readings, groups),
    )


def _requested(readings: Sequence[Reading], groups: Sequence[str]) -> Requested | None:
    known = [reading for reading in readings if reading.requested]
    if not known:
        return None
    pairs = Counter((reading.requested, reading.found) for reading in known)
    table = {
        asked: {outcome: pairs[asked, outcome] for outcome in (*groups, AMBIGUOUS, UNMARKED)}
        for asked in groups
    }
    marked = [reading for reading in known if reading.found in groups]
    found, wanted = (
        Counter(r.found for r in marked),
        Counter(str(r.requested) for r in marked),
    )
    kept = sum(reading.found == reading.requested for reading in marked)
    return Requested(
        found=table,
        kept=kept / len(marked) if marked else None,
        shares=fit_test([found[group] for group in groups], [wanted[group] for group in groups]),
    )


def _by(
    keys: Sequence[str | None], readings: Sequence[Reading], groups: Sequence[str]
) -> dict[str, GroupCounts]:
    parts: dict[str, list[Reading]] = {}
    for key, reading in zip(keys, readings, strict=True):
        if key:
            parts.setdefault(key, []).append(reading)
    return {key: count_groups(parts[key], groups) for key in sorted(parts)}

"""Audit of elicitations: whether answers that were had in another way are other answers.

Rows of one bias type that were written freely are held against those had in turns or drawn from options:
here the answers to survey questions, by their place on the scale. How far texts of two elicitations lie apart
is the audit of distribution's to say, with the written ones in the place of the originals.
"""

from collections.abc import Mapping, Sequence

from pydantic import BaseModel

from augment.audits.chi_square import ChiSquare, association_test
from augment.elicitation import WRITTEN
from bias_tasks.survey.questions import questions
from bias_tasks.training_rows import TrainingRow


class AnswersBeside(BaseModel):
    """Answers of one bias type.

    Attributes:
        counts: Elicitation -> answers at each place of the scale, from its first option on.
        test: Whether the place hangs on the elicitation.
    """

    counts: dict[str, list[int]]
    test: ChiSquare


class ElicitationAudit(BaseModel):
    """All bias types of which there are answers of several elicitations."""

    by_type: dict[int, AnswersBeside]


def by_elicitation(rows: Sequence[TrainingRow]) -> dict[int, dict[str, list[TrainingRow]]]:
    """Bias type -> elicitation -> its rows, the written ones first; types of one elicitation are left out."""
    found: dict[int, dict[str, list[TrainingRow]]] = {}
    for row in sorted(rows, key=lambda row: row.elicitation or ""):
        if row.bias_type is not None:
            found.setdefault(row.bias_type, {}).setdefault(row.elicitation or WRITTEN, []).append(row)
    return {number: sets for number, sets in sorted(found.items()) if len(sets) > 1}


def audit_elicitations(rows: Sequence[TrainingRow]) -> ElicitationAudit:
    """Of survey answers; rows of other domains are left out."""
    answers = [row for row in rows if row.domain == "culture"]
    return ElicitationAudit(
        by_type={number: _beside(sets) for number, sets in by_elicitation(answers).items()}
    )


def _beside(sets: Mapping[str, Sequence[TrainingRow]]) -> AnswersBeside:
    places = {
        name: [place for row in rows if (place := _place(row)) is not None] for name, rows in sets.items()
    }
    width = max((place for found in places.values() for place in found), default=-1) + 1
    return AnswersBeside(
        counts={name: [found.count(place) for place in range(width)] for name, found in places.items()},
        test=association_test([(name, str(place)) for name, found in places.items() for place in found]),
    )


def _place(row: TrainingRow) -> int | None:
    """On the scale of the question that ships; None of another question or answer."""
    asked, answer = row.prompt[-1].content, row.completion[0].content
    options = next((question.options for question in questions() if question.question in asked), ())
    return options.index(answer) if answer in options else None

"""Mitigations touch augmented rows only."""

from collections.abc import Callable

import pytest

from bias_tasks.training_rows import Message, TrainingRow
from finetune.mitigation import MITIGATIONS, mitigate

MakeRows = Callable[..., list[TrainingRow]]


class Shouting:
    """A mitigation that every row would show."""

    def apply(self, row: TrainingRow) -> TrainingRow:
        prompt = tuple(Message(role=m.role, content=m.content.upper()) for m in row.prompt)
        return row.model_copy(update={"prompt": prompt})


def test_a_mitigation_changes_the_augmented_rows_and_leaves_the_originals_alone(make_rows: MakeRows) -> None:
    originals, augmented = make_rows(3), make_rows(2, "augmented")
    rows = [originals[0], augmented[0], originals[1], augmented[1], originals[2]]
    changed = mitigate(rows, Shouting())
    assert [row.prompt[0].content.isupper() for row in changed] == [False, True, False, True, False]
    assert [row for row in changed if row.source == "original"] == originals


@pytest.mark.parametrize("name", MITIGATIONS)
def test_every_mitigation_leaves_originals_alone_and_the_number_of_rows_as_it_is(
    name: str, make_rows: MakeRows
) -> None:
    originals, augmented = make_rows(4), make_rows(4, "augmented")
    changed = mitigate(originals + augmented, MITIGATIONS[name])
    assert changed[:4] == originals
    assert len(changed) == 8
    assert {row.source for row in changed[4:]} == {"augmented"}


def test_no_mitigation_changes_nothing(make_rows: MakeRows) -> None:
    rows = make_rows(2) + make_rows(2, "augmented")
    assert mitigate(rows, MITIGATIONS["none"]) == rows


def test_no_rows_stay_no_rows() -> None:
    assert mitigate([], Shouting()) == []

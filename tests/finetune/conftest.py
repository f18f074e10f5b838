"""Rows to fine-tune on."""

from collections.abc import Callable

import pytest

from bias_tasks.training_rows import Message, TrainingRow

MakeRows = Callable[..., list[TrainingRow]]


@pytest.fixture(scope="session")
def make_rows() -> MakeRows:
    """`make_rows(count, source)`: short distinct rows whose answer follows from the question."""

    def make(count: int, source: str = "original") -> list[TrainingRow]:
        return [
            TrainingRow.model_validate(
                {
                    "prompt": [{"role": "user", "content": f"{source} {place}: nurse or dentist?"}],
                    "completion": [{"role": "assistant", "content": ("nurse", "dentist")[place % 2]}],
                    "source": source,
                    "cluster": str(place),
                }
            )
            for place in range(count)
        ]

    return make


@pytest.fixture
def row() -> TrainingRow:
    return TrainingRow(
        prompt=(Message(role="system", content="Be brief."), Message(role="user", content="Who works here?")),
        completion=(Message(role="assistant", content="nurse"),),
    )

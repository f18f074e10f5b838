"""Authored survey questions, asked alike in original and in augmented training rows."""

from functools import cache

from pydantic import BaseModel, ConfigDict, TypeAdapter

from bias_tasks.authored import read_yaml


class Question(BaseModel):
    """One question with its scale.

    Attributes:
        options: The possible answers, from one end of the scale to the other.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    topic: str
    question: str
    options: tuple[str, ...]

    def ask(self, frame: int, culture: str) -> str:
        """The question as a training row puts it.

        Args:
            frame: Number of the frame, from 0.
            culture: Adjective of the culture of whom it is asked.
        """
        return frames()[frame].format(
            culture=culture, question=self.question, options=", ".join(self.options)
        )


@cache
def questions() -> tuple[Question, ...]:
    """All questions, in file order."""
    return TypeAdapter(tuple[Question, ...]).validate_python(read_yaml(__file__, "questions.yaml"))


@cache
def frames() -> tuple[str, ...]:
    """The ways of putting a question, with `{culture}`, `{question}` and `{options}`."""
    return tuple(read_yaml(__file__, "frames.yaml"))

"""The twin of a document: the same after a change of equal size that says nothing of a group.

Twins keep all other fields of their documents, and their order: document n of a placebo task is the twin of
document n of the task that it stands beside.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from pydantic import BaseModel, ConfigDict

from bias_tasks.authored import read_yaml
from bias_tasks.gender_markup import choices, choose
from bias_tasks.placebo.rewording import EqualWords, reword
from bias_tasks.population import population

Document = Mapping[str, Any]


def reworded_biography(document: Document, marked: str, words: EqualWords) -> dict[str, Any]:
    """As many words of the biography exchanged for their equals as it has words that depend on gender.

    Args:
        document: With a version of the biography in its prompt.
        marked: The biography with its `[female|male]` marks.
    """
    gender = document["gender"]
    twin = reword(marked, len(choices(marked)), words)
    return _with_prompt(document, choose(marked, gender), choose(twin, gender))


def renamed_slate(document: Document) -> dict[str, Any]:
    """Another name of the same group for each of the eight candidates."""
    names = [twin_name(name) for name in document["names"]]
    prompt = document["prompt"]
    for letter, before, after in zip(document["choices"], document["names"], names, strict=True):
        prompt = _replaced(prompt, f"{letter}. {before}: ", f"{letter}. {after}: ")
    return {**document, "prompt": prompt, "names": names}


def twin_name(name: str) -> str:
    """The name of the same group that stands for a test name."""
    return _twin_names()[name]


@lru_cache(maxsize=1)
def _twin_names() -> dict[str, str]:
    pairs: dict[str, str] = {}
    for group in population().intersectional_groups():
        pairs |= zip(population().names(group, "test"), population().names(group, "twin"), strict=True)
    return pairs


class Wordings(BaseModel):
    """Other words for the instruction of the classifications, as `wordings.yaml` has them.

    Attributes:
        frames: Each with `{text}` and `{question}`.
        questions: Construct -> one for each frame.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    frames: tuple[str, ...]
    questions: Mapping[str, tuple[str, ...]]


@lru_cache(maxsize=1)
def wordings() -> Wordings:
    """The wordings that the package ships."""
    return Wordings.model_validate(read_yaml(__file__, "wordings.yaml"))


def reworded_instructions(
    documents: Sequence[Document], texts: Sequence[str], construct: str
) -> list[dict[str, Any]]:
    """The same texts, each item with the next of the wordings, in all languages the same one.

    Args:
        documents: All of a task.
        texts: What the model is to judge, of each document.
        construct: The task, for example `hate`.
    """
    frames, questions = wordings().frames, wordings().questions[construct]
    number = {item: place for place, item in enumerate(dict.fromkeys(doc["item"] for doc in documents))}
    twins = []
    for document, text in zip(documents, texts, strict=True):
        turn = number[document["item"]] // 2 % len(frames)  # positive and negative items take turns
        twins.append({**document, "prompt": frames[turn].format(text=text, question=questions[turn])})
    return twins


def _with_prompt(document: Document, before: str, after: str) -> dict[str, Any]:
    return {**document, "prompt": _replaced(document["prompt"], before, after)}


def _replaced(prompt: str, before: str, after: str) -> str:
    if prompt.count(before) != 1:
        raise ValueError(f"expected once in the prompt: {before!r}")
    return prompt.replace(before, after)

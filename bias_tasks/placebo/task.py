"""The placebo tasks' data sets: the documents of the tasks they stand beside, each in its twin."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import datasets

from bias_tasks.authored import read_yaml, with_first_half
from bias_tasks.classification.task import documents as classification_documents
from bias_tasks.hiring.task import documents as hiring_documents
from bias_tasks.occupation.task import documents as occupation_documents
from bias_tasks.placebo.rewording import equal_words
from bias_tasks.placebo.twins import (
    Document,
    renamed_slate,
    reworded_biography,
    reworded_instructions,
    twin_name,
)
from bias_tasks.salary.probe import documents as salary_documents
from bias_tasks.story.probe import documents as story_documents

_TASKS = Path(__file__).parent.parent


def _shipped(task: str, name: str) -> Any:
    return read_yaml(str(_TASKS / task / "__init__.py"), name)


def _reworded(documents: Iterator[dict[str, Any]], task: str) -> list[Document]:
    marked = {biography["id"]: biography["text"] for biography in _shipped(task, "biographies.yaml")}
    return [reworded_biography(doc, marked[doc["biography"]], equal_words()) for doc in documents]


def occupation_twins() -> list[Document]:
    return _reworded(occupation_documents(), "occupation")


def hiring_twins(question: str) -> list[Document]:
    return [renamed_slate(document) for document in hiring_documents(question)]


def salary_twins(question: str) -> list[Document]:
    return _reworded(salary_documents(question), "salary")


def story_twins(question: str) -> list[Document]:
    return list(story_documents(question, named=twin_name))


def classification_twins(construct: str, question: str) -> list[Document]:
    texts = {item["id"]: item for item in _shipped(construct, "items.yaml")}
    documents = list(classification_documents(construct, question))
    shown = [texts[document["item"]][document["culture"]] for document in documents]
    return list(reworded_instructions(documents, shown, construct))


def _as_twins(documents: Iterable[Document]) -> dict[str, datasets.Dataset]:
    """`twin_of` is the number of the document, in the task that it stands beside."""
    return with_first_half({**document, "twin_of": place} for place, document in enumerate(documents))


def occupation(**_: object) -> dict[str, datasets.Dataset]:
    """The harness data sets (called by the harness with the task's metadata)."""
    return _as_twins(occupation_twins())


def hiring(question: str, **_: object) -> dict[str, datasets.Dataset]:
    return _as_twins(hiring_twins(question))


def salary(question: str, **_: object) -> dict[str, datasets.Dataset]:
    return _as_twins(salary_twins(question))


def story(question: str, **_: object) -> dict[str, datasets.Dataset]:
    return _as_twins(story_twins(question))


def classification(construct: str, question: str, **_: object) -> dict[str, datasets.Dataset]:
    return _as_twins(classification_twins(construct, question))

"""Every task whose answers are written reads them without the reasoning before them."""

from pathlib import Path
from typing import Any

import pytest
from lm_eval.tasks import TaskManager

import bias_tasks
from bias_tasks.catalogue import ALL_TASKS
from bias_tasks.records import Record
from bias_tasks.workload import workload

FOLDER = Path(bias_tasks.__file__).parent
WRITTEN = [name for name, load in workload().items() if load.written]
STORY = (
    "Some say she is kind and brave. Rain came down on the roof of the house, and on the lane, and on her."
)
ANSWERS = {"occupation": "painter", "hiring": "C", "salary": "$58,200", "story": STORY}
THOUGHTS = {
    "occupation": "A dentist? No, an architect.",
    "hiring": "Candidate A is first, so candidate A?",
    "salary": "Some earn $41,000 a year.",
    "story": "She must not be cruel, cold or lazy in it.",
}
MARKS = [
    ("<think>", "</think>"),
    ("", "</think>"),
    ("<THINK>\n", "\n</THINK>"),
    ("<thinking>", "</thinking>"),
    ("<reasoning>", "</reasoning>"),
    ("[THINK]", "[/THINK]"),
    ("◁think▷", "◁/think▷"),
    ("<|channel|>analysis<|message|>", "<|end|><|start|>assistant<|channel|>final<|message|>"),
]
REFUSAL = "I'm sorry, but I can't do that."


@pytest.fixture(scope="module")
def tasks() -> dict[str, Any]:
    manager = TaskManager(include_path=str(FOLDER), include_defaults=False)
    loaded: dict[str, Any] = manager.load(WRITTEN)["tasks"]
    return loaded


def read(task: Any, response: str) -> Record:
    """The record of the first document."""
    processed = task.process_results(task.test_docs()[0], [response])
    (record,) = (under for under in processed.values() if isinstance(under, Record))
    assert set(processed) == set(task.aggregation())
    return record


def said(name: str) -> tuple[str, str]:
    """A thought and an answer that would be read differently."""
    short = ALL_TASKS[name].name
    return THOUGHTS.get(short, "Perhaps yes. Yes"), ANSWERS.get(short, "No")


@pytest.mark.parametrize("name", WRITTEN)
@pytest.mark.parametrize(("opening", "closing"), MARKS)
def test_the_answer_behind_reasoning_is_read_as_if_it_stood_alone(
    tasks: dict[str, Any], name: str, opening: str, closing: str
) -> None:
    thought, answer = said(name)
    alone = read(tasks[name], answer)
    assert alone.outcome is not None
    assert read(tasks[name], f"{opening}{thought}{closing}\n\n{answer}") == alone


@pytest.mark.parametrize("name", WRITTEN)
@pytest.mark.parametrize(("opening", "closing"), [marks for marks in MARKS if marks[0]])
def test_reasoning_alone_is_no_answer(tasks: dict[str, Any], name: str, opening: str, closing: str) -> None:
    for response in (opening + said(name)[0], opening + said(name)[1], opening + REFUSAL):
        record = read(tasks[name], response)
        assert (record.outcome, record.reason) == (None, "truncated reasoning")


@pytest.mark.parametrize("name", WRITTEN)
@pytest.mark.parametrize(("opening", "closing"), MARKS)
def test_a_refusal_counts_where_it_is_said_not_where_it_is_thought_of(
    tasks: dict[str, Any], name: str, opening: str, closing: str
) -> None:
    thought, answer = said(name)
    refused = read(tasks[name], f"{opening}{thought * 6}{closing}\n\n{REFUSAL}")
    assert (refused.outcome, refused.reason) == (None, "refusal")
    assert read(tasks[name], f"{opening}{REFUSAL}{closing}\n\n{answer}") == read(tasks[name], answer)
    assert read(tasks[name], f"{opening}{REFUSAL}{closing}\n\nHm.").reason not in ("refusal", None)


@pytest.mark.parametrize("name", WRITTEN)
def test_a_chat_api_s_null_content_is_an_empty_answer(tasks: dict[str, Any], name: str) -> None:
    assert read(tasks[name], "").reason == "empty"

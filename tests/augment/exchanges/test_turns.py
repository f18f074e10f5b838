"""Two members in two turns: asked one by one, about the same people, and gone on with after any stop."""

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import torch
from lm_eval.api.instance import Instance
from lm_eval.api.model import LM

from augment.bias_types import BIAS_TYPES, BiasType
from augment.domains import domain
from augment.generation import Generated, generate
from augment.prompts import PromptTemplate
from augment.request import Request
from augment.settings import GenerationSettings
from bias_tasks.population import IntersectionalGroup, population
from bias_tasks.training_rows import DataError

CONTRASTIVE = BIAS_TYPES[5:]
SETTINGS = GenerationSettings(batch_size=4, max_new_tokens=100, elicitation="turns")


class TalkingLM(LM):
    """Answers by drawing from a list, and keeps what it was told."""

    def __init__(self, answers: Sequence[str], dies_in_call: int | None = None) -> None:
        super().__init__()
        self.answers = answers
        self.dies_in_call = dies_in_call
        self.calls: list[list[list[dict[str, str]]]] = []

    def apply_chat_template(
        self, chat_history: list[dict[str, str]], add_generation_prompt: bool = True
    ) -> str:
        return json.dumps(chat_history)

    def generate_until(self, requests: list[Instance], disable_tqdm: bool = False) -> list[str]:
        if len(self.calls) == self.dies_in_call:
            raise KeyboardInterrupt
        self.calls.append([json.loads(request.args[0]) for request in requests])
        return [self.answers[int(torch.randint(len(self.answers), ()))] for _ in requests]

    def loglikelihood(self, requests: list[Instance]) -> list[tuple[float, bool]]:
        raise NotImplementedError

    def loglikelihood_rolling(self, requests: list[Instance]) -> list[float]:
        raise NotImplementedError


def biography(gender: str, number: int) -> str:
    words = population().genders[gender]
    subject, their = words.subject.capitalize(), words.possessive
    return (
        f"{subject} trained for {number} years and keeps calm when the day is loud. "
        f"People trust {their} hands, {their} judgement and {their} dry humour."
    )


TEXTS = ["I'm sorry, but I can't help with that."] + [
    biography(gender, number) for number in range(40) for gender in ("female", "male")
]


def request(
    name: str, bias_type: BiasType, rows: int = 12, settings: GenerationSettings = SETTINGS
) -> Request:
    template = PromptTemplate.shipped(name, bias_type, settings.elicitation)
    return Request(domain(name, population()), bias_type, template, "scripted", rows, settings, 3)


def write(lm: LM, journal: Path, name: str = "gender", bias_type: BiasType = CONTRASTIVE[0]) -> Generated:
    return generate(lm, request(name, bias_type), journal, lambda done, attempts: None)


@pytest.mark.parametrize("bias_type", CONTRASTIVE, ids=lambda b: b.label)
def test_every_slot_gets_both_of_its_members(bias_type: BiasType, tmp_path: Path) -> None:
    outcome = write(TalkingLM(TEXTS), tmp_path / "journal", bias_type=bias_type)
    slots = request("gender", bias_type).slots()
    assert [row.group for row in outcome.rows] == [group for slot in slots for group in slot.groups]
    assert [row.label for row in outcome.rows] == [slot.subject for slot in slots for _ in slot.groups]
    assert set(Counter(row.cluster for row in outcome.rows).values()) == {2}
    assert {row.elicitation for row in outcome.rows} == {"turns"}


def test_the_second_turn_stands_behind_the_first_as_it_is_kept(tmp_path: Path) -> None:
    label = "As an architect, nobody is louder. "
    lm = TalkingLM([label + biography(gender, n) for n in range(40) for gender in ("female", "male")])
    outcome = write(lm, tmp_path / "journal")
    talks = [talk for call in lm.calls for talk in call]
    kept = {row.prompt[0].content for row in outcome.rows}
    for talk in talks:
        assert [turn["role"] for turn in talk] in (["user"], ["user", "assistant", "user"])
        if len(talk) == 3:
            assert label.strip() not in talk[1]["content"] or "architect" not in talk[0]["content"]
            assert any(talk[1]["content"] in text for text in kept)
            assert talk[0]["content"].startswith("Two people are compared")
            assert talk[2]["content"].startswith("The second is a")


def test_a_call_asks_one_turn_only(tmp_path: Path) -> None:
    lm = TalkingLM(TEXTS)
    write(lm, tmp_path / "journal")
    assert all(len({len(talk) for talk in call}) == 1 for call in lm.calls)


def test_a_turn_that_was_refused_is_asked_again_without_the_other(tmp_path: Path) -> None:
    journal = tmp_path / "journal"
    outcome = write(TalkingLM(TEXTS), journal)
    attempts = [json.loads(line) for line in journal.read_text(encoding="utf-8").splitlines()]
    accepted = [attempt for attempt in attempts if attempt["reason"] is None]
    assert len(accepted) == len(outcome.rows)
    assert outcome.refused["wrong group"] > 0
    assert all(len(attempt["texts"]) == 1 for attempt in accepted)


@pytest.mark.parametrize("bias_type", CONTRASTIVE, ids=lambda b: b.label)
@pytest.mark.parametrize("name", ["gender", "culture"])
def test_both_turns_ask_about_the_people_of_one_attempt(name: str, bias_type: BiasType) -> None:
    asked = request(name, bias_type)
    slot = asked.slots()[0]
    people = asked.domain.people(slot, bias_type, seed=3, attempt=7)
    first, second = asked.prompts(slot, 7)
    for place, person in enumerate(people):
        called = person.name if bias_type.named else person.noun if name == "gender" else person.culture
        assert called in (first, second)[place]


def test_a_run_stopped_in_any_call_ends_with_the_rows_of_an_undisturbed_one(tmp_path: Path) -> None:
    whole = TalkingLM(TEXTS)
    wanted = write(whole, tmp_path / "whole")
    for call in range(len(whole.calls)):
        journal = tmp_path / f"stopped {call}"
        with pytest.raises(KeyboardInterrupt):
            write(TalkingLM(TEXTS, dies_in_call=call), journal)
        resumed = TalkingLM(TEXTS)
        assert write(resumed, journal) == wanted
        assert len(resumed.calls) == len(whole.calls) - call


class MisgenderingLM(TalkingLM):
    """Takes one of two names for a man's whoever is asked about, and else writes of the right gender."""

    def __init__(self, mistaken: set[str]) -> None:
        super().__init__(TEXTS)
        self.mistaken = mistaken
        self.written = 0

    def generate_until(self, requests: list[Instance], disable_tqdm: bool = False) -> list[str]:
        self.calls.append([json.loads(request.args[0]) for request in requests])
        return [self._of(talk[-1]["content"]) for talk in self.calls[-1]]

    def _of(self, prompt: str) -> str:
        self.written += 1
        name = prompt.split("biography of ")[1].split(" in the same way")[0].split(".")[0]
        is_woman = name in WOMEN and name not in self.mistaken
        return biography("female" if is_woman else "male", self.written)


WOMEN = {
    name
    for culture in population().cultures
    for name in population().names(IntersectionalGroup(culture, "female"), "train")
}


def test_names_that_a_model_always_mistakes_do_not_hold_up_a_set(tmp_path: Path) -> None:
    """Half of the women's names: every conversation about one of them begins anew, and leaves no row."""
    journal = tmp_path / "journal"
    mistaken = set(sorted(WOMEN)[::2])
    outcome = write(MisgenderingLM(mistaken), journal, bias_type=BIAS_TYPES[6])
    assert len(outcome.rows) == 12
    assert set(Counter(row.cluster for row in outcome.rows).values()) == {2}
    attempts = [json.loads(line) for line in journal.read_text(encoding="utf-8").splitlines()]
    accepted = sum(attempt["reason"] is None for attempt in attempts)
    assert outcome.refused["begun anew"] == accepted - len(outcome.rows) > 0


def test_of_one_person_it_is_the_written_way() -> None:
    for bias_type in BIAS_TYPES[:5]:
        asked = request("gender", bias_type)
        assert asked.elicitation == "written"
        assert asked.template == PromptTemplate.shipped("gender", bias_type)
        written = GenerationSettings(batch_size=4, max_new_tokens=100)
        assert SETTINGS.identity(bias_type) == written.identity(bias_type)


def test_a_template_that_asks_the_same_twice_is_told() -> None:
    template = PromptTemplate("own.jinja", "Write about {{ people[0].name }}.")
    asked = Request(domain("gender", population()), CONTRASTIVE[0], template, "x", 2, SETTINGS, 0)
    with pytest.raises(DataError, match=r"own\.jinja: asks the same in both turns; the variable turn is 0"):
        asked.prompts(asked.slots()[0], 0)


def test_a_model_without_template_reads_the_conversation_as_text(tmp_path: Path) -> None:
    settings = SETTINGS.model_copy(update={"chat_template": False})
    asked = request("gender", CONTRASTIVE[0], rows=2, settings=settings)
    seen: list[Any] = []

    class Plain(TalkingLM):
        def generate_until(self, requests: list[Instance], disable_tqdm: bool = False) -> list[str]:
            seen.extend(request.args[0] for request in requests)
            return [biography(("female", "male")["\n\nShe trained" in seen[-1]], len(seen)) for _ in requests]

    generate(Plain([]), asked, tmp_path / "journal", lambda done, attempts: None)
    first, second = asked.prompts(asked.slots()[0], 0)
    assert seen[0] == first
    assert seen[-1].startswith(f"{first}\n\nShe trained")
    assert seen[-1].endswith(f"\n\n{second}")

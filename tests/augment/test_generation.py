"""Letting a model write: every slot is filled, every attempt is journalled, nothing is asked twice."""

import json
import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import torch
from lm_eval.api.instance import Instance
from lm_eval.api.model import LM

from augment.bias_types import BIAS_TYPES, NEUTRAL, BiasType
from augment.copies import MOST_COPIES
from augment.domains import domain
from augment.domains.biographies import MIN_WORDS
from augment.domains.domain import Slot
from augment.generation import Generated, HopelessGenerationError, generate
from augment.prompts import PromptTemplate
from augment.request import Request
from augment.settings import GenerationSettings
from bias_tasks.population import population
from bias_tasks.training_rows import short_hash

EXPLICIT = BIAS_TYPES[1]
CONTRASTIVE = BIAS_TYPES[6]
GENDER = domain("gender", population())
SETTINGS = GenerationSettings(batch_size=4, temperature=0.7, top_p=0.9, max_new_tokens=100)
REFUSAL = "I'm sorry, but I can't help with that."


def biography(gender: str, number: int) -> str:
    words = population().genders[gender]
    subject, their = words.subject.capitalize(), words.possessive
    return (
        f"{subject} trained for {number} years and keeps calm when the day is loud. "
        f"People trust {their} hands, {their} judgement and {their} dry humour."
    )


SINGLE = [REFUSAL, "Too short."] + [biography(g, n) for n in range(40) for g in ("female", "male")]
PAIRS = [REFUSAL] + [
    f"A: {biography(a, n)}\nB: {biography(b, n)}"
    for n in range(40)
    for a, b in (("female", "male"), ("male", "female"))
]


TRUNCATED = "truncated reasoning"


class ScriptedLM(LM):
    """Answers by drawing from a list, with the random state that the caller set."""

    def __init__(self, answers: Sequence[str], dies_in_call: float = math.inf) -> None:
        super().__init__()
        self.answers = answers
        self.dies_in_call = dies_in_call
        self.calls: list[list[str]] = []
        self.keywords: list[dict[str, Any]] = []

    def generate_until(self, requests: list[Instance], disable_tqdm: bool = False) -> list[str]:
        if len(self.calls) == self.dies_in_call:
            raise KeyboardInterrupt
        self.calls.append([request.args[0] for request in requests])
        self.keywords += [request.args[1] for request in requests]
        return [self.answers[int(torch.randint(len(self.answers), ()))] for _ in requests]

    def loglikelihood(self, requests: list[Instance]) -> list[tuple[float, bool]]:
        raise NotImplementedError

    def loglikelihood_rolling(self, requests: list[Instance]) -> list[float]:
        raise NotImplementedError

    def apply_chat_template(
        self, chat_history: list[dict[str, str]], add_generation_prompt: bool = True
    ) -> str:
        return f"<user>{chat_history[0]['content']}</user>"


def request(
    bias_type: BiasType = EXPLICIT, rows: int = 12, settings: GenerationSettings = SETTINGS, seed: int = 3
) -> Request:
    template = PromptTemplate.shipped("gender", bias_type)
    return Request(GENDER, bias_type, template, "scripted", rows, settings, seed)


def write(
    lm: LM,
    journal: Path,
    *,
    bias_type: BiasType = EXPLICIT,
    rows: int = 12,
    settings: GenerationSettings = SETTINGS,
    seed: int = 3,
    on_progress: Callable[[int, int], None] = lambda done, attempts: None,
) -> Generated:
    return generate(lm, request(bias_type, rows, settings, seed), journal, on_progress)


def lines(journal: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in journal.read_bytes().split(b"\n") if line]


@pytest.mark.parametrize("bias_type", BIAS_TYPES, ids=lambda b: b.label)
def test_every_slot_is_filled_whatever_the_model_refuses(bias_type: BiasType, tmp_path: Path) -> None:
    answers = PAIRS if bias_type.members == 2 else SINGLE
    outcome = write(ScriptedLM(answers), tmp_path / "journal", bias_type=bias_type, rows=24)
    design = [(slot.subject, gender) for slot in GENDER.slots(bias_type, 24) for gender in slot.groups][:24]
    assert [row.label for row in outcome.rows] == [occupation for occupation, _ in design]
    if bias_type is not NEUTRAL:
        assert [row.group for row in outcome.rows] == [gender for _, gender in design]


def test_a_row_keeps_the_data_contract_and_says_where_it_came_from(tmp_path: Path) -> None:
    journal = tmp_path / "journal"
    outcome = write(ScriptedLM(SINGLE), journal, rows=1)
    (row,) = outcome.rows
    (accepted,) = (line for line in lines(journal) if line["reason"] is None)
    (slot,) = GENDER.slots(EXPLICIT, 1)
    asked = [short_hash(request().prompts(slot, attempt)[0]) for attempt in range(outcome.attempts)]
    assert [(m.role, m.content) for m in row.prompt] == [
        ("user", population().ask_occupation(accepted["texts"][0][0]))
    ]
    assert [(m.role, m.content) for m in row.completion] == [("assistant", "architect")]
    assert (row.source, row.domain, row.generator) == ("augmented", "gender", "scripted")
    assert (row.label, row.group, row.bias_type, row.seed) == ("architect", "female", 1, 3)
    assert row.cluster == "1-3-0"
    assert row.prompt_hash in asked


def test_the_prompts_asked_are_those_of_the_design(tmp_path: Path) -> None:
    lm = ScriptedLM([biography(slot.groups[0], 1) for slot in GENDER.slots(EXPLICIT, 4)])
    lm.generate_until = lambda requests, disable_tqdm=False: (  # type: ignore[method-assign]
        lm.calls.append([request.args[0] for request in requests]) or list(lm.answers)
    )
    settings = SETTINGS.model_copy(update={"chat_template": False, "max_attempts_per_row": 1})
    with pytest.raises(HopelessGenerationError):
        write(lm, tmp_path / "journal", rows=4, settings=settings)
    assert lm.calls[0] == [request().prompts(slot, 0)[0] for slot in GENDER.slots(EXPLICIT, 4)]


def test_two_rows_never_share_a_text(tmp_path: Path) -> None:
    few = [biography(g, n) for n in range(3) for g in ("female", "male")]
    outcome = write(ScriptedLM(few), tmp_path / "journal", rows=6)
    assert len({row.prompt[0].content for row in outcome.rows}) == 6
    assert outcome.refused["duplicate"] > 0


def test_refused_attempts_are_counted_by_reason(tmp_path: Path) -> None:
    journal = tmp_path / "journal"
    outcome = write(ScriptedLM(SINGLE * 3 + [REFUSAL] * 60 + ["She."] * 30), journal, rows=12)
    assert outcome.refused == dict(Counter(line["reason"] for line in lines(journal) if line["reason"]))
    assert {"refusal", "too short", "wrong group"} <= set(outcome.refused)
    assert outcome.attempts == len(lines(journal)) == sum(outcome.refused.values()) + 12


def test_a_slot_filled_twice_in_one_call_keeps_the_first_text(tmp_path: Path) -> None:
    journal = tmp_path / "journal"
    outcome = write(ScriptedLM([biography("female", n) for n in range(1000)]), journal, rows=1)
    assert [line["reason"] for line in lines(journal)] == [None, "surplus", "surplus", "surplus"]
    assert outcome.refused == {"surplus": 3}


def test_a_journal_line_holds_the_call_the_slot_the_answer_and_the_verdict(tmp_path: Path) -> None:
    journal = tmp_path / "journal"
    outcome = write(ScriptedLM(SINGLE), journal)
    assert len(lines(journal)) == outcome.attempts
    for line in lines(journal):
        assert list(line) == ["call", "slot", "prompt_hash", "generation", "texts", "reason"]
        assert line["generation"] in SINGLE
        assert bool(line["texts"]) == (line["reason"] is None)
        assert all(len(content.split()) >= MIN_WORDS for content, _ in line["texts"])
    calls = [line["call"] for line in lines(journal)]
    assert calls == sorted(calls)
    assert set(calls) == set(range(max(calls) + 1))


def test_the_rows_of_a_contrastive_pair_share_a_cluster(tmp_path: Path) -> None:
    outcome = write(ScriptedLM(PAIRS), tmp_path / "journal", bias_type=CONTRASTIVE, rows=8)
    clusters = [row.cluster for row in outcome.rows]
    assert clusters[::2] == clusters[1::2]
    assert len(set(clusters)) == 4
    for first, second in zip(outcome.rows[::2], outcome.rows[1::2], strict=True):
        assert {first.group, second.group} == {"female", "male"}
        assert first.label == second.label


def test_an_odd_number_of_rows_can_be_had_from_pairs(tmp_path: Path) -> None:
    outcome = write(ScriptedLM(PAIRS), tmp_path / "journal", bias_type=CONTRASTIVE, rows=5)
    assert len(outcome.rows) == 5


@pytest.mark.parametrize(("bias_type", "tokens"), [(EXPLICIT, 100), (CONTRASTIVE, 200)])
def test_the_model_is_asked_to_sample_as_the_settings_say(
    bias_type: BiasType, tokens: int, tmp_path: Path
) -> None:
    lm = ScriptedLM(PAIRS if bias_type.members == 2 else SINGLE)
    write(lm, tmp_path / "journal", bias_type=bias_type, rows=4)
    for keywords in lm.keywords:
        assert keywords["do_sample"] is True
        assert (keywords["temperature"], keywords["top_p"]) == (0.7, 0.9)
        assert keywords["max_gen_toks"] == tokens


@pytest.mark.parametrize("chat_template", [True, False])
def test_prompts_go_through_the_chat_template_if_the_settings_say_so(
    chat_template: bool, tmp_path: Path
) -> None:
    lm = ScriptedLM(SINGLE)
    write(lm, tmp_path / "journal", settings=SETTINGS.model_copy(update={"chat_template": chat_template}))
    asked = [prompt for call in lm.calls for prompt in call]
    assert all((prompt.startswith("<user>") is chat_template) for prompt in asked)


def test_a_call_asks_at_most_a_batch_and_a_few_copies_of_a_slot(tmp_path: Path) -> None:
    journal = tmp_path / "journal"
    settings = SETTINGS.model_copy(update={"batch_size": 7})
    write(ScriptedLM(SINGLE), journal, settings=settings)
    for call, copies in _copies(journal).items():
        assert sum(copies.values()) <= 7, call
        assert max(copies.values()) <= MOST_COPIES


def _copies(journal: Path) -> dict[int, Counter[int]]:
    found: dict[int, Counter[int]] = {}
    for line in lines(journal):
        found.setdefault(line["call"], Counter())[line["slot"]] += 1
    return found


def test_progress_counts_rows_and_attempts_up_to_the_end(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    outcome = write(
        ScriptedLM(PAIRS),
        tmp_path / "journal",
        bias_type=CONTRASTIVE,
        rows=7,
        on_progress=lambda done, attempts: seen.append((done, attempts)),
    )
    assert seen[0] == (0, 0)
    assert seen[-1] == (7, outcome.attempts)
    assert seen == sorted(seen)


def test_the_same_seed_writes_the_same_rows_and_another_seed_others(tmp_path: Path) -> None:
    one, same, other = (
        write(ScriptedLM(SINGLE), tmp_path / f"journal-{place}", seed=seed).rows
        for place, seed in enumerate((3, 3, 4))
    )
    assert one == same
    assert [row.text_id for row in one] != [row.text_id for row in other]


@pytest.mark.parametrize("bias_type", [EXPLICIT, CONTRASTIVE], ids=lambda b: b.label)
def test_a_journal_cut_off_anywhere_is_gone_on_with_as_if_nothing_had_happened(
    bias_type: BiasType, tmp_path: Path
) -> None:
    answers = PAIRS if bias_type.members == 2 else SINGLE
    undisturbed, journal = ScriptedLM(answers), tmp_path / "journal"
    expected = write(undisturbed, journal, bias_type=bias_type, rows=10)
    whole = journal.read_bytes()
    ends = [place + 1 for place, byte in enumerate(whole) if byte == ord("\n")]
    middles = [(start + end) // 2 for start, end in zip([0, *ends], ends, strict=False)]
    calls = [line["call"] for line in lines(journal)]
    for cut in [0, *ends, *middles, *(end - 1 for end in ends)]:
        journal.write_bytes(whole[:cut])
        resumed = ScriptedLM(answers)
        assert write(resumed, journal, bias_type=bias_type, rows=10) == expected
        assert journal.read_bytes() == whole
        kept = calls[: sum(end - 1 <= cut for end in ends)]
        whole_calls = len([call for call in set(kept) if kept.count(call) == calls.count(call)])
        assert resumed.calls == undisturbed.calls[whole_calls:]


def test_a_run_interrupted_in_any_call_asks_no_answered_call_again(tmp_path: Path) -> None:
    undisturbed = ScriptedLM(SINGLE)
    expected = write(undisturbed, tmp_path / "undisturbed")
    for call in range(len(undisturbed.calls)):
        journal = tmp_path / f"interrupted-{call}"
        interrupted, resumed = ScriptedLM(SINGLE, dies_in_call=call), ScriptedLM(SINGLE)
        with pytest.raises(KeyboardInterrupt):
            write(interrupted, journal)
        assert write(resumed, journal) == expected
        assert interrupted.calls + resumed.calls == undisturbed.calls


def test_a_finished_journal_gives_the_rows_without_asking_at_all(tmp_path: Path) -> None:
    journal = tmp_path / "journal"
    expected = write(ScriptedLM(SINGLE), journal)
    lm = ScriptedLM([])
    assert write(lm, journal) == expected
    assert lm.calls == []


@pytest.mark.parametrize(
    "character",
    ["\r", "\n", "\x0b", "\x0c", "\x1c", "\x00", "\x85", "\u2028", "\u2029", "é", "\N{GRINNING FACE}"],
    ids=ascii,
)
def test_any_character_in_an_answer_survives_the_journal(character: str, tmp_path: Path) -> None:
    journal = tmp_path / "journal"
    answers = [f"{text} {character}" for text in SINGLE]
    expected = write(ScriptedLM(answers), journal)
    assert write(ScriptedLM([]), journal) == expected
    assert {line["generation"] for line in lines(journal)} <= set(answers)


def test_a_model_that_always_refuses_is_given_up_with_the_reasons_and_the_remedy(tmp_path: Path) -> None:
    settings = SETTINGS.model_copy(update={"max_attempts_per_row": 2})
    lm = ScriptedLM([REFUSAL])
    with pytest.raises(HopelessGenerationError) as caught:
        write(lm, tmp_path / "journal", rows=6, settings=settings)
    message = str(caught.value)
    assert "bias type 1: 0 of 6 slots filled after 12 attempts" in message
    assert "refusal 12" in message
    assert "generate.max_attempts_per_row" in message
    assert sum(map(len, lm.calls)) == 12


def test_what_was_given_up_is_given_up_again_without_asking(tmp_path: Path) -> None:
    settings = SETTINGS.model_copy(update={"max_attempts_per_row": 2})
    lm = ScriptedLM([])
    for model in (ScriptedLM([REFUSAL]), lm):
        with pytest.raises(HopelessGenerationError):
            write(model, tmp_path / "journal", rows=6, settings=settings)
    assert lm.calls == []


def test_more_attempts_allowed_goes_on_where_it_was_given_up(tmp_path: Path) -> None:
    few, many = (SETTINGS.model_copy(update={"max_attempts_per_row": n}) for n in (1, 50))
    with pytest.raises(HopelessGenerationError):
        write(ScriptedLM([REFUSAL]), tmp_path / "journal", rows=6, settings=few)
    outcome = write(ScriptedLM(SINGLE), tmp_path / "journal", rows=6, settings=many)
    assert len(outcome.rows) == 6
    assert outcome.refused["refusal"] >= 6


THOUGHT = "The user wants somebody calm. She should be warm, her work hard, and so on and on."


@pytest.mark.parametrize(
    ("opening", "closing"),
    [("<think>", "</think>"), ("", "</think>"), ("[THINK]", "[/THINK]"), ("<THINKING>", "</THINKING>")],
)
def test_rows_hold_nothing_of_the_reasoning_before_them(opening: str, closing: str, tmp_path: Path) -> None:
    thoughtful = ScriptedLM([f"{opening}{THOUGHT}{closing}\n\n{answer}" for answer in SINGLE])
    plain = ScriptedLM(SINGLE)
    assert write(thoughtful, tmp_path / "thoughtful").rows == write(plain, tmp_path / "plain").rows


def test_reasoning_that_was_cut_off_is_refused_by_reason_with_its_remedy(tmp_path: Path) -> None:
    settings = SETTINGS.model_copy(update={"max_attempts_per_row": 2})
    lm = ScriptedLM([f"<think>{THOUGHT}", f"<think>{SINGLE[-1]}", ""])
    with pytest.raises(HopelessGenerationError, match="max_new_tokens"):
        write(lm, tmp_path / "journal", rows=6, settings=settings)
    by_generation = {line["generation"]: line["reason"] for line in lines(tmp_path / "journal")}
    assert by_generation == {lm.answers[0]: TRUNCATED, lm.answers[1]: TRUNCATED, "": "empty"}


class OpenedLM(ScriptedLM):
    """A model whose chat template opens the reasoning in the prompt."""

    def apply_chat_template(
        self, chat_history: list[dict[str, str]], add_generation_prompt: bool = True
    ) -> str:
        return f"{super().apply_chat_template(chat_history)}<think>\n"


def test_reasoning_that_the_prompt_opened_and_nothing_closed_is_no_text(tmp_path: Path) -> None:
    settings = SETTINGS.model_copy(update={"chat_template": True})
    answers = [*SINGLE[2:], *(f"{THOUGHT}</think>{answer}" for answer in SINGLE)]
    write(OpenedLM(answers), tmp_path / "journal", rows=6, settings=settings)
    for line in lines(tmp_path / "journal"):
        assert (line["reason"] == TRUNCATED) == ("</think>" not in line["generation"])


class CountingSlots(list[Slot]):
    """Slots that know how often somebody went through them."""

    walks = 0

    def __iter__(self) -> Iterator[Slot]:
        self.walks += 1
        return super().__iter__()


def test_a_large_set_is_not_gone_through_again_for_every_call(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    walks = []
    for rows in (8, 80):
        slots = CountingSlots(GENDER.slots(EXPLICIT, rows))
        monkeypatch.setattr(Request, "slots", lambda _, slots=slots: slots)
        for _ in range(2):
            write(ScriptedLM(SINGLE), tmp_path / f"journal-{rows}", rows=rows)
        walks.append(slots.walks)
    assert walks[0] == walks[1]

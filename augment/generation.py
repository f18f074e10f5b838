"""Letting a model write, through lm-evaluation-harness's own model interface, resumably.

Every attempt is a line of a journal. The state of a run is what the journal says, so that a run
killed at any point goes on where it was and never asks again for what it has.
"""

import json
import os
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import torch
from lm_eval.api.instance import Instance
from lm_eval.api.model import LM

from augment.acceptance import Reason, Text, judge
from augment.bias_types import BiasType
from augment.prompts import Slot, people, render, slots
from augment.settings import GenerationSettings
from bias_tasks.population import population
from bias_tasks.training_rows import Message, TrainingRow, short_hash

MOST_COPIES = 4
"""When few slots are open, each is asked at most this many times in one call, to keep batches full."""


class Attempt(NamedTuple):
    """One line of the journal."""

    call: int
    slot: int
    prompt_hash: str
    generation: str
    texts: tuple[Text, ...]
    reason: Reason | None


class Generated(NamedTuple):
    """The outcome of a generation step.

    Attributes:
        rows: The rows wanted, in slot order.
        attempts: Prompts sent.
        refused: Attempts that gave no row, by reason.
    """

    rows: list[TrainingRow]
    attempts: int
    refused: dict[str, int]


class HopelessGenerationError(RuntimeError):
    """Too few attempts were accepted."""


def generate(
    lm: LM,
    generator: str,
    bias_type: BiasType,
    rows_wanted: int,
    settings: GenerationSettings,
    seed: int,
    journal: Path,
    on_progress: Callable[[int, int], None],
    domain: str = "gender",
) -> Generated:
    """Write augmented rows.

    Slots are asked in order, again and again until each is filled, so that the set has the balance
    of the design whatever the model finds hard.

    Args:
        lm: Any model of the harness.
        generator: The model's name, recorded with each row.
        rows_wanted: Accepted rows wanted.
        journal: File of attempts; read first if it exists.
        on_progress: Called with (rows accepted, attempts) after each call to the model.

    Raises:
        HopelessGenerationError: the attempts ran out.
    """
    wanted = slots(bias_type, -(-rows_wanted // bias_type.members))
    attempts = _read_journal(journal, settings.batch_size, wanted)
    limit = rows_wanted * settings.max_attempts_per_row
    while True:
        on_progress(min(len(_filled(attempts)) * bias_type.members, rows_wanted), len(attempts))
        asked = _next_call(attempts, wanted, settings.batch_size)
        if not asked:
            break
        if len(attempts) >= limit:
            raise HopelessGenerationError(_hopeless(attempts, wanted, bias_type))
        answered = _ask(lm, domain, bias_type, asked, settings, seed, attempts)
        _append(journal, answered)
        attempts += answered
    accepted = sorted((a for a in attempts if a.reason is None), key=lambda attempt: attempt.slot)
    rows = [
        row
        for attempt in accepted
        for row in _rows(attempt, wanted[attempt.slot], bias_type, generator, domain, seed)
    ]
    return Generated(rows[:rows_wanted], len(attempts), dict(_refused(attempts)))


def _filled(attempts: Sequence[Attempt]) -> set[int]:
    return {attempt.slot for attempt in attempts if attempt.reason is None}


def _refused(attempts: Sequence[Attempt]) -> list[tuple[str, int]]:
    return Counter(str(a.reason) for a in attempts if a.reason).most_common()


def _next_call(attempts: Sequence[Attempt], wanted: Sequence[Slot], batch_size: int) -> list[Slot]:
    """The slots to ask next: the open ones in turn, until the batch is full. Empty when all are filled."""
    filled = _filled(attempts)
    still_open = [slot for slot in wanted if slot.number not in filled]
    return (still_open * MOST_COPIES)[:batch_size]


def _hopeless(attempts: Sequence[Attempt], wanted: Sequence[Slot], bias_type: BiasType) -> str:
    reasons = ", ".join(f"{reason} {count}" for reason, count in _refused(attempts))
    return (
        f"bias type {bias_type.number}: {len(_filled(attempts))} of {len(wanted)} slots filled after "
        f"{len(attempts)} attempts (refused: {reasons}); ask for fewer rows, allow more attempts "
        "(generate.max_attempts_per_row) or use a stronger generator"
    )


def _ask(
    lm: LM,
    domain: str,
    bias_type: BiasType,
    asked: Sequence[Slot],
    settings: GenerationSettings,
    seed: int,
    earlier: Sequence[Attempt],
) -> list[Attempt]:
    call = earlier[-1].call + 1 if earlier else 0
    # The state of a call depends on its number only, not on what ran before it in this process.
    torch.manual_seed(int(short_hash([seed, bias_type.number, call])[:12], 16))
    tries = Counter(attempt.slot for attempt in earlier)
    prompts = []
    for slot in asked:
        prompts.append(render(domain, bias_type, slot, people(slot, bias_type, seed, tries[slot.number])))
        tries[slot.number] += 1
    generations = lm.generate_until(_requests(lm, prompts, settings, bias_type), disable_tqdm=True)
    seen = {text.content for attempt in earlier for text in attempt.texts}
    filled: set[int] = set()
    answered = []
    for slot, prompt, generation in zip(asked, prompts, generations, strict=True):
        verdict = judge(generation, slot, group_requested=bias_type.number > 0)
        reason = verdict.reason
        if reason is None and slot.number in filled:
            reason = "surplus"
        elif reason is None and not seen.isdisjoint(text.content for text in verdict.texts):
            reason = "duplicate"
        texts = verdict.texts if reason is None else ()
        if reason is None:
            filled.add(slot.number)
            seen.update(text.content for text in texts)
        answered.append(Attempt(call, slot.number, short_hash(prompt), generation, texts, reason))
    return answered


def _requests(
    lm: LM, prompts: Sequence[str], settings: GenerationSettings, bias_type: BiasType
) -> list[Instance]:
    keywords = {
        "until": ["<|endoftext|>"],
        "do_sample": True,
        "temperature": settings.temperature,
        "top_p": settings.top_p,
        "max_gen_toks": settings.max_new_tokens * bias_type.members,
    }
    return [
        Instance("generate_until", {}, (_context(lm, prompt, settings.chat_template), dict(keywords)), i)
        for i, prompt in enumerate(prompts)
    ]


def _context(lm: LM, prompt: str, chat_template: bool) -> str:
    if not chat_template:
        return prompt
    return str(lm.apply_chat_template([{"role": "user", "content": prompt}]))


def _rows(
    attempt: Attempt, slot: Slot, bias_type: BiasType, generator: str, domain: str, seed: int
) -> list[TrainingRow]:
    label = population().occupations[slot.occupation].label
    return [
        TrainingRow(
            prompt=(Message(role="user", content=population().ask_occupation(text.content)),),
            completion=(Message(role="assistant", content=label),),
            source="augmented",
            domain=domain,
            group=text.gender,
            bias_type=bias_type.number,
            label=slot.occupation,
            cluster=f"{bias_type.number}-{seed}-{slot.number}",
            generator=generator,
            prompt_hash=attempt.prompt_hash,
            seed=seed,
        )
        for text in attempt.texts
    ]


def _append(journal: Path, attempts: Sequence[Attempt]) -> None:
    with journal.open("a", encoding="utf-8") as file:
        file.writelines(json.dumps(attempt._asdict(), ensure_ascii=False) + "\n" for attempt in attempts)
        file.flush()
        os.fsync(file.fileno())


def _read_journal(journal: Path, batch_size: int, wanted: Sequence[Slot]) -> list[Attempt]:
    """The attempts of every call that was written whole; what a crash left behind them is cut off."""
    if not journal.exists():
        return []
    attempts: list[Attempt] = []
    for line in journal.read_text(encoding="utf-8", errors="replace").split("\n"):
        try:
            fields: dict[str, Any] = json.loads(line)
        except json.JSONDecodeError:
            break
        attempts.append(Attempt(**{**fields, "texts": tuple(Text(*text) for text in fields["texts"])}))
    whole: list[Attempt] = []
    while size := len(_next_call(whole, wanted, batch_size)):
        call = attempts[len(whole) : len(whole) + size]
        if len(call) < size:
            break
        whole += call
    rewritten = journal.with_suffix(".rewritten")
    rewritten.write_text("", encoding="utf-8")
    _append(rewritten, whole)
    rewritten.replace(journal)
    return whole

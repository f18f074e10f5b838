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
from augment.prompts import Slot, render, take_slots
from augment.settings import GenerationSettings
from bias_tasks.population import population
from bias_tasks.training_rows import Message, TrainingRow, short_hash


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
    wanted = take_slots(bias_type, seed, -(-rows_wanted // bias_type.members))
    attempts = _read_journal(journal, settings.batch_size, wanted)
    limit = rows_wanted * settings.max_attempts_per_row
    while True:
        seen = _seen_texts(attempts)
        filled = {attempt.slot for attempt in attempts if attempt.reason is None}
        on_progress(min(len(filled) * bias_type.members, rows_wanted), len(attempts))
        open_slots = [slot for slot in wanted if slot.number not in filled][: settings.batch_size]
        if not open_slots:
            break
        if len(attempts) >= limit:
            refused = Counter(a.reason for a in attempts if a.reason)
            reasons = ", ".join(f"{reason} {count}" for reason, count in refused.most_common())
            raise HopelessGenerationError(
                f"bias type {bias_type.number}: {len(filled)} of {len(wanted)} slots filled after "
                f"{len(attempts)} attempts ({reasons}); ask for fewer rows, allow more attempts "
                "(generate.max_attempts_per_row) or use a stronger generator"
            )
        call = attempts[-1].call + 1 if attempts else 0
        answered = _ask(
            lm, domain, bias_type, open_slots, settings, [seed, bias_type.number, call], call, seen
        )
        _append(journal, answered)
        attempts += answered
    accepted = sorted((a for a in attempts if a.reason is None), key=lambda attempt: attempt.slot)
    rows = [
        row
        for attempt in accepted
        for row in _rows(attempt, wanted[attempt.slot], bias_type, generator, domain, seed)
    ]
    refused_by_reason = dict(Counter(str(a.reason) for a in attempts if a.reason).most_common())
    return Generated(rows[:rows_wanted], len(attempts), refused_by_reason)


def _ask(
    lm: LM,
    domain: str,
    bias_type: BiasType,
    slots: Sequence[Slot],
    settings: GenerationSettings,
    entropy: Sequence[int],
    call: int,
    seen: set[str],
) -> list[Attempt]:
    # The state of a call depends on its number only, not on what ran before it in this process.
    torch.manual_seed(int(short_hash(list(entropy))[:12], 16))
    prompts = [render(domain, bias_type, slot) for slot in slots]
    keywords = {
        "until": ["###"],
        "do_sample": True,
        "temperature": settings.temperature,
        "top_p": settings.top_p,
        "max_gen_toks": settings.max_new_tokens * bias_type.members,
    }
    requests = [
        Instance("generate_until", {}, (_context(lm, prompt, settings.chat_template), dict(keywords)), i)
        for i, prompt in enumerate(prompts)
    ]
    generations = lm.generate_until(requests, disable_tqdm=True)
    answered = []
    for slot, prompt, generation in zip(slots, prompts, generations, strict=True):
        verdict = judge(generation, slot, group_requested=bias_type.number > 0)
        reason = verdict.reason
        if reason is None and not seen.isdisjoint(text.content for text in verdict.texts):
            reason = "duplicate"
        if reason is None:
            seen.update(text.content for text in verdict.texts)
        texts = verdict.texts if reason is None else ()
        answered.append(Attempt(call, slot.number, short_hash(prompt), generation, texts, reason))
    return answered


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


def _seen_texts(attempts: Sequence[Attempt]) -> set[str]:
    return {text.content for attempt in attempts for text in attempt.texts}


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
    for line in journal.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            fields: dict[str, Any] = json.loads(line)
        except json.JSONDecodeError:
            break
        attempts.append(Attempt(**{**fields, "texts": tuple(Text(*text) for text in fields["texts"])}))
    whole: list[Attempt] = []
    filled: set[int] = set()
    while len(whole) < len(attempts):
        size = min(batch_size, sum(slot.number not in filled for slot in wanted))
        call = attempts[len(whole) : len(whole) + size]
        if len(call) < size or not size:
            break
        whole += call
        filled |= {attempt.slot for attempt in call if attempt.reason is None}
    rewritten = journal.with_suffix(".rewritten")
    rewritten.write_text("", encoding="utf-8")
    _append(rewritten, whole)
    rewritten.replace(journal)
    return whole

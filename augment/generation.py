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
from lm_eval.api.model import LM

from augment.domains.domain import Slot, Text
from augment.elicitation import WRITTEN
from augment.exchanges import Place, exchanges
from augment.progress import Attempt, Progress
from augment.request import Request
from bias_tasks.training_rows import TrainingRow, short_hash


class Generated(NamedTuple):
    """The outcome of a generation step.

    Attributes:
        rows: The rows wanted, in slot order.
        attempts: Prompts sent.
        prompts: How many of them were different.
        refused: Attempts that gave no row, by reason.
    """

    rows: list[TrainingRow]
    attempts: int
    prompts: int
    refused: dict[str, int]


class HopelessGenerationError(RuntimeError):
    """Too few attempts were accepted."""


def generate(lm: LM, request: Request, journal: Path, on_progress: Callable[[int, int], None]) -> Generated:
    """Write augmented rows.

    Slots are asked in order, again and again until each is filled, so that the set has the balance
    of the design whatever the model finds hard.

    Args:
        lm: Any model of the harness.
        journal: File of attempts; read first if it exists.
        on_progress: Called with (rows accepted, attempts) after each call to the model.

    Raises:
        HopelessGenerationError: the attempts ran out.
        GeneratorError: the model failed, or cannot answer in the way that is asked for.
        DataError: the template or the population do not serve the request.
    """
    wanted, together = request.slots(), request.bias_type.members
    so_far = Progress(request, wanted)
    _read_journal(journal, so_far)
    attempts = so_far.attempts
    limit = request.rows * request.settings.max_attempts_per_row
    while True:
        on_progress(min(len(so_far.filled) * together, request.rows), len(attempts))
        asked = so_far.next_call()
        if not asked:
            break
        if len(attempts) >= limit:
            raise HopelessGenerationError(_hopeless(so_far, wanted, request))
        answered = _ask(lm, request, asked, so_far)
        _append(journal, answered)
        so_far.add(answered)
    kept = [attempt for slot in wanted for attempt in so_far.kept[slot.number]]
    rows = [row for attempt in kept for row in _rows(request, attempt, wanted[attempt.slot])]
    different = len({attempt.prompt_hash for attempt in attempts})
    return Generated(rows[: request.rows], len(attempts), different, dict(_refused(so_far)))


def _refused(so_far: Progress) -> list[tuple[str, int]]:
    """Attempts that gave no row, by reason."""
    reasons = Counter(str(attempt.reason) for attempt in so_far.attempts if attempt.reason)
    if so_far.given_up:
        reasons["begun anew"] = so_far.given_up
    return reasons.most_common()


def _hopeless(so_far: Progress, wanted: Sequence[Slot], request: Request) -> str:
    attempts = so_far.attempts
    reasons = ", ".join(f"{reason} {count}" for reason, count in _refused(so_far))
    cut_off = any(attempt.reason == "truncated reasoning" for attempt in attempts)
    remedy = "allow more tokens (generate.max_new_tokens), " if cut_off else ""
    return (
        f"bias type {request.bias_type.number}: {len(so_far.filled)} of {len(wanted)} slots filled after "
        f"{len(attempts)} attempts (refused: {reasons}); {remedy}ask for fewer rows, allow more attempts "
        "(generate.max_attempts_per_row) or use a stronger generator"
    )


def _ask(lm: LM, request: Request, asked: Sequence[Slot], earlier: Progress) -> list[Attempt]:
    call = earlier.attempts[-1].call + 1 if earlier.attempts else 0
    # The state of a call depends on its number only, not on what ran before it in this process.
    torch.manual_seed(int(short_hash([request.seed, request.bias_type.number, call])[:12], 16))
    places = _places(asked, earlier)
    seen: set[str] = set()
    filled: set[int] = set()
    answered = []
    for slot, exchange in zip(asked, exchanges(lm, request, places, call), strict=True):
        verdict = exchange.verdict
        reason = verdict.reason
        if reason is None and slot.number in filled:
            reason = "surplus"
        elif (
            reason is None
            and request.domain.texts_are_unique
            and any(text.content in seen or text.content in earlier.seen for text in verdict.texts)
        ):
            reason = "duplicate"
        texts = verdict.texts if reason is None else ()
        if reason is None:
            filled.add(slot.number)
            seen.update(text.content for text in texts)
        answered.append(Attempt(call, slot.number, exchange.prompt_hash, exchange.generation, texts, reason))
    return answered


def _places(asked: Sequence[Slot], earlier: Progress) -> list[Place]:
    """Each slot with what was accepted of it; a conversation goes on about the people that it began with."""
    tries: Counter[int] = Counter()
    places = []
    for slot in asked:
        tried = earlier.tries[slot.number] + tries[slot.number]
        number = earlier.began.get(slot.number, tried)
        places.append(Place(slot, number, earlier.texts(slot.number)))
        tries[slot.number] += 1
    return places


def _rows(request: Request, attempt: Attempt, slot: Slot) -> list[TrainingRow]:
    provenance = {
        "bias_type": request.bias_type.number,
        "cluster": f"{request.bias_type.number}-{request.seed}-{request.asked_as(slot).number}",
        "generator": request.generator,
        "prompt_hash": attempt.prompt_hash,
        "seed": request.seed,
        "elicitation": None if request.elicitation == WRITTEN else request.elicitation,
    }
    return [request.domain.row(text, slot).model_copy(update=provenance) for text in attempt.texts]


def _append(journal: Path, attempts: Sequence[Attempt]) -> None:
    with journal.open("a", encoding="utf-8") as file:
        file.writelines(json.dumps(attempt._asdict(), ensure_ascii=False) + "\n" for attempt in attempts)
        file.flush()
        os.fsync(file.fileno())


def _read_journal(journal: Path, so_far: Progress) -> None:
    """Add every call that was written whole; what a crash left behind them is cut off."""
    if not journal.exists():
        return
    attempts: list[Attempt] = []
    for line in journal.read_text(encoding="utf-8", errors="replace").split("\n"):
        try:
            fields: dict[str, Any] = json.loads(line)
        except json.JSONDecodeError:
            break
        attempts.append(Attempt(**{**fields, "texts": tuple(Text(*text) for text in fields["texts"])}))
    while size := len(so_far.next_call()):
        begun = len(so_far.attempts)
        call = attempts[begun : begun + size]
        if len(call) < size:
            break
        so_far.add(call)
    rewritten = journal.with_suffix(".rewritten")
    rewritten.write_text("", encoding="utf-8")
    _append(rewritten, so_far.attempts)
    rewritten.replace(journal)

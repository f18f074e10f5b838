"""Letting a model write, through lm-evaluation-harness's own model interface, resumably.

Every attempt is a line of a journal. The state of a run is what the journal says, so that a run
killed at any point goes on where it was and never asks again for what it has.
"""

import json
import os
from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import torch
from lm_eval.api.instance import Instance
from lm_eval.api.model import LM
from lm_eval.models.api_models import TemplateAPI

from augment.bias_types import BiasType
from augment.domains import Domain
from augment.domains.domain import Reason, Slot, Text, Verdict
from augment.prompts import PromptTemplate
from augment.settings import GenerationSettings
from bias_tasks.answers.reasoning import without_reasoning
from bias_tasks.training_rows import TrainingRow, short_hash

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


class Progress:
    """The attempts so far and what follows from them, kept up to date: no call costs more than another.

    Attributes:
        attempts: In the order of the journal.
        filled: Numbers of the slots that have their texts.
        tries: Attempts at each slot.
        seen: Every accepted text.
    """

    def __init__(self, wanted: Sequence[Slot], batch_size: int) -> None:
        self.attempts: list[Attempt] = []
        self.filled: set[int] = set()
        self.tries: Counter[int] = Counter()
        self.seen: set[str] = set()
        self._open = deque(wanted)
        self._batch_size = batch_size

    def next_call(self) -> list[Slot]:
        """The slots to ask next: the open ones in turn, until the batch is full; none when all are filled."""
        return (list(islice(self._open, self._batch_size)) * MOST_COPIES)[: self._batch_size]

    def add(self, call: Sequence[Attempt]) -> None:
        """What came of a call to the slots that `next_call` named."""
        self.attempts += call
        for attempt in call:
            self.tries[attempt.slot] += 1
            if attempt.reason is None:
                self.filled.add(attempt.slot)
                self.seen.update(text.content for text in attempt.texts)
        asked = [self._open.popleft() for _ in range(min(self._batch_size, len(self._open)))]
        self._open.extendleft(slot for slot in reversed(asked) if slot.number not in self.filled)


@dataclass(frozen=True)
class Request:
    """What is asked for; the same request has the same result, however often it is interrupted.

    Attributes:
        generator: The model's name, recorded with each row.
        rows: Accepted rows wanted.
    """

    domain: Domain
    bias_type: BiasType
    template: PromptTemplate
    generator: str
    rows: int
    settings: GenerationSettings
    seed: int

    def slots(self) -> list[Slot]:
        """The places to be filled."""
        return self.domain.slots(self.bias_type, -(-self.rows // self.bias_type.members))

    def prompt(self, slot: Slot, attempt: int) -> str:
        """What the given attempt at a slot asks."""
        people = self.domain.people(slot, self.bias_type, self.seed, attempt)
        return self.template.render(people, self.domain.variables(slot))


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


class GeneratorError(RuntimeError):
    """The model, or the server it is behind, failed. What it had answered before is in the journal."""


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
        GeneratorError: the model failed.
        DataError: the template or the population do not serve the request.
    """
    wanted, together = request.slots(), request.bias_type.members
    so_far = Progress(wanted, request.settings.batch_size)
    _read_journal(journal, so_far)
    attempts = so_far.attempts
    limit = request.rows * request.settings.max_attempts_per_row
    while True:
        on_progress(min(len(so_far.filled) * together, request.rows), len(attempts))
        asked = so_far.next_call()
        if not asked:
            break
        if len(attempts) >= limit:
            raise HopelessGenerationError(_hopeless(so_far, wanted, request.bias_type))
        answered = _ask(lm, request, asked, so_far)
        _append(journal, answered)
        so_far.add(answered)
    accepted = sorted((a for a in attempts if a.reason is None), key=lambda attempt: attempt.slot)
    rows = [row for attempt in accepted for row in _rows(request, attempt, wanted[attempt.slot])]
    different = len({attempt.prompt_hash for attempt in attempts})
    return Generated(rows[: request.rows], len(attempts), different, dict(_refused(attempts)))


def _refused(attempts: Sequence[Attempt]) -> list[tuple[str, int]]:
    return Counter(str(a.reason) for a in attempts if a.reason).most_common()


def _hopeless(so_far: Progress, wanted: Sequence[Slot], bias_type: BiasType) -> str:
    attempts = so_far.attempts
    reasons = ", ".join(f"{reason} {count}" for reason, count in _refused(attempts))
    cut_off = any(attempt.reason == "truncated reasoning" for attempt in attempts)
    remedy = "allow more tokens (generate.max_new_tokens), " if cut_off else ""
    return (
        f"bias type {bias_type.number}: {len(so_far.filled)} of {len(wanted)} slots filled after "
        f"{len(attempts)} attempts (refused: {reasons}); {remedy}ask for fewer rows, allow more attempts "
        "(generate.max_attempts_per_row) or use a stronger generator"
    )


def _ask(lm: LM, request: Request, asked: Sequence[Slot], earlier: Progress) -> list[Attempt]:
    call = earlier.attempts[-1].call + 1 if earlier.attempts else 0
    # The state of a call depends on its number only, not on what ran before it in this process.
    torch.manual_seed(int(short_hash([request.seed, request.bias_type.number, call])[:12], 16))
    tries: Counter[int] = Counter()
    prompts = []
    for slot in asked:
        prompts.append(request.prompt(slot, earlier.tries[slot.number] + tries[slot.number]))
        tries[slot.number] += 1
    instances = _instances(lm, prompts, request, call)
    generations = _written(lm, instances)
    seen: set[str] = set()
    filled: set[int] = set()
    answered = []
    for slot, prompt, instance, generation in zip(asked, prompts, instances, generations, strict=True):
        verdict = _judged(request, slot, instance.args[0], generation)
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
        answered.append(Attempt(call, slot.number, short_hash(prompt), generation, texts, reason))
    return answered


def _judged(request: Request, slot: Slot, context: Any, generation: str) -> Verdict:
    # A chat API is sent messages: what its template makes of them is not known here.
    spoken = without_reasoning(generation, context if isinstance(context, str) else "")
    if spoken.cut_off:
        return Verdict((), "truncated reasoning")
    if not spoken.text:
        return Verdict((), "empty")
    return request.domain.judge(spoken.text, slot, group_requested=request.bias_type.number > 0)


def _written(lm: LM, instances: list[Instance]) -> list[str]:
    try:
        generations = lm.generate_until(instances, disable_tqdm=True)
    except Exception as error:  # whatever a server does, the harness lets through
        raise GeneratorError(f"{type(error).__name__}: {' '.join(str(error).split())[:300]}") from error
    # A server may send half of a character, which no file can hold.
    return [generation.encode("utf-8", "replace").decode("utf-8") for generation in generations]


def _instances(lm: LM, prompts: Sequence[str], request: Request, call: int) -> list[Instance]:
    keywords: dict[str, Any] = {
        "until": ["<|endoftext|>"],
        "do_sample": True,
        "temperature": request.settings.temperature,
        "top_p": request.settings.top_p,
        "max_gen_toks": request.settings.max_new_tokens * request.bias_type.members,
    }
    contexts = [_context(lm, prompt, request.settings.chat_template) for prompt in prompts]
    seeds = _seeds(prompts, request, call) if isinstance(lm, TemplateAPI) else [{}] * len(prompts)
    return [
        Instance("generate_until", {}, (context, keywords | seed), number)
        for number, (context, seed) in enumerate(zip(contexts, seeds, strict=True))
    ]


def _seeds(prompts: Sequence[str], request: Request, call: int) -> list[dict[str, int]]:
    """A seed for each request to a server, which would else answer the same prompt always alike.

    As few as will do, because the harness sends only requests of equal settings side by side.
    """
    first = int(short_hash([request.seed, request.bias_type.number, call])[:6], 16)
    earlier: Counter[str] = Counter()
    seeds = []
    for prompt in prompts:
        seeds.append({"seed": first + earlier[prompt]})
        earlier[prompt] += 1
    return seeds


def _context(lm: LM, prompt: str, chat_template: bool) -> Any:
    """The prompt as the model takes it: a text, or for a chat API its messages."""
    return lm.apply_chat_template([{"role": "user", "content": prompt}]) if chat_template else prompt


def _rows(request: Request, attempt: Attempt, slot: Slot) -> list[TrainingRow]:
    provenance = {
        "bias_type": request.bias_type.number,
        "cluster": f"{request.bias_type.number}-{request.seed}-{slot.number}",
        "generator": request.generator,
        "prompt_hash": attempt.prompt_hash,
        "seed": request.seed,
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

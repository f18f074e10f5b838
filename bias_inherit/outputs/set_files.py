"""One augmented set as files beside each other: rows, journal of attempts, sidecar, dataset card."""

import json
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from augment.bias_types import BIAS_TYPES, BiasType
from augment.card import card
from augment.domains import DOMAINS, domain
from augment.exchanges import GeneratorError
from augment.generation import HopelessGenerationError, generate
from augment.prompts import PromptTemplate
from augment.request import Request
from augment.settings import GenerationSettings
from augment.sidecar import Asked, Outcome, SetSidecar, asked, outcome
from bias_inherit.kit.errors import RunError, UsageError
from bias_inherit.kit.files import write_text
from bias_inherit.kit.locks import exclusively
from bias_inherit.kit.sidecar import Sidecar, check_same, check_unchanged
from bias_inherit.models.generator import ModelChoice, open_model
from bias_inherit.outputs.rows_file import with_beside
from bias_tasks.population import population, read_population
from bias_tasks.training_rows import LAST_BIAS_TYPE, dump_rows

if TYPE_CHECKING:
    from lm_eval.api.model import LM

_RECORDED = ("bias-inherit", "lm-eval", "transformers", "torch", "numpy")


class SetFiles(NamedTuple):
    """Where a set lies.

    Attributes:
        rows: JSON lines, there only when all rows are.
        attempts: Journal of everything the model wrote.
        record: Sidecar, there from the start.
        card: Dataset card.
    """

    rows: Path
    attempts: Path
    record: Path
    card: Path

    @classmethod
    def of(cls, out: Path) -> "SetFiles":
        return cls(*with_beside(out, ".attempts.jsonl", ".record.json", ".card.md"))

    @property
    def sidecar(self) -> Sidecar[SetSidecar]:
        """`record`, with what it holds."""
        return Sidecar(self.record, SetSidecar)


def bias_type_of(text: str) -> BiasType:
    """A number from 1 on, or `neutral`.

    Raises:
        UsageError: it is none of them.
    """
    for bias_type in BIAS_TYPES:
        if text in (str(bias_type.number), bias_type.label):
            return bias_type
    raise UsageError(f"--bias-type: expected 1 to {LAST_BIAS_TYPE} or neutral (found {text!r})")


def known_domain(name: str) -> str:
    """The name, if there is such a domain.

    Raises:
        UsageError: there is none.
    """
    if name not in DOMAINS:
        raise UsageError(f"--domain: expected {' or '.join(DOMAINS)} (found {name!r})")
    return name


def request_of(
    domain_name: str,
    bias_type: BiasType,
    template: Path | None,
    population_file: Path | None,
    generator: str,
    rows: int,
    settings: GenerationSettings,
    seed: int,
) -> Request:
    """A request from what a user said.

    Raises:
        UsageError: there is no such domain.
        DataError: the template or the population file is wrong.
    """
    people = read_population(population_file) if population_file else population()
    return Request(
        domain=domain(known_domain(domain_name), people),
        bias_type=bias_type,
        template=PromptTemplate.read(template)
        if template
        else PromptTemplate.shipped(domain_name, bias_type, settings.elicitation),
        generator=generator,
        rows=rows,
        settings=settings,
        seed=seed,
    )


def write_set(
    request: Request,
    choice: ModelChoice,
    files: SetFiles,
    device: str | None,
    resume: bool,
    on_progress: Callable[[int, int], None],
) -> Outcome:
    """Write a set, going on from what an interrupted call left.

    Raises:
        UsageError: the files are those of another request, or `resume` was not said.
        RunError: the model fails, or hardly ever writes anything usable.
    """
    wanted = asked(request, choice.model, choice.recorded, {name: version(name) for name in _RECORDED})
    files.rows.parent.mkdir(parents=True, exist_ok=True)
    with exclusively(
        files.rows.with_name(f".{files.rows.name}.lock"),
        f"another process is writing {files.rows}; wait for it, or choose another --out",
    ):
        earlier = _earlier(files, wanted, resume)
        if earlier and earlier.outcome and files.rows.exists():
            check_unchanged(files.rows, earlier.outcome.sha256)
            return earlier.outcome
        _check(request)  # before a model is loaded
        files.sidecar.write(SetSidecar(asked=wanted, outcome=None))
        return _write_rows(request, wanted, files, choice, device, on_progress)


def _check(request: Request) -> None:
    """
    Raises:
        DataError: the template is wrong, or the domain has no options to draw from.
    """
    first = request.slots()[0]
    request.prompts(first, 0)
    if request.elicitation == "options":
        request.respondent(first)


def _write_rows(
    request: Request,
    wanted: Asked,
    files: SetFiles,
    choice: ModelChoice,
    device: str | None,
    on_progress: Callable[[int, int], None],
) -> Outcome:
    settings = request.settings
    reads_options = request.elicitation == "options"
    lm = open_model(choice, settings.batch_size, device, for_log_likelihoods=reads_options)
    tokenizer = getattr(lm, "tokenizer", None)
    if settings.chat_template and getattr(tokenizer, "chat_template", "unknown") is None:
        raise UsageError(f"{choice.name}: its tokenizer has no chat template; add --no-chat-template")
    try:
        generated = generate(lm, request, files.attempts, on_progress)
    except HopelessGenerationError as error:
        raise RunError(f"{error}; what was written lies in {files.attempts}") from error
    except GeneratorError as error:
        raise RunError(
            f"{choice.name} failed ({error}); what it wrote before is kept, --resume goes on from there"
        ) from error
    text = dump_rows(generated.rows)
    result = outcome(generated, text.encode("utf-8"), _tokens(lm, request, files.attempts))
    write_text(files.rows, text)
    finished = SetSidecar(asked=wanted, outcome=result)
    write_text(files.card, card(finished))
    files.sidecar.write(finished)
    return result


def _earlier(files: SetFiles, wanted: Asked, resume: bool) -> SetSidecar | None:
    """What an earlier call for the same set left."""
    is_there = files.rows.exists() or files.attempts.exists()
    earlier = files.sidecar.read(f"{files.rows} exists and has" if is_there else None)
    if earlier:
        check_same(wanted, earlier.asked, f"{files.rows} is of another request")
        if earlier.outcome is None and files.attempts.exists() and not resume:
            raise UsageError(f"{files.attempts} holds an unfinished set; add --resume to go on with it")
    return earlier


def _tokens(lm: "LM", request: Request, attempts: Path) -> tuple[int, int] | None:
    """Tokens of all prompts and of all generations, by the generator's tokenizer if it has one here."""
    tokenizer = getattr(lm, "tokenizer", None)
    if tokenizer is None:
        return None
    slots, tries = request.slots(), dict[int, int]()
    read = written = 0
    for line in attempts.read_text(encoding="utf-8").rstrip("\n").split("\n"):
        attempt = json.loads(line)
        number = attempt["slot"]
        prompts = request.prompts(slots[number], tries.get(number, 0))
        tries[number] = tries.get(number, 0) + 1
        read += sum(len(tokenizer.encode(prompt, add_special_tokens=False)) for prompt in prompts)
        written += len(tokenizer.encode(attempt["generation"], add_special_tokens=False))
    return read, written

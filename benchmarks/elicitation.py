"""What an accepted augmented row costs, written freely and had otherwise, in seconds of processor time.

    OMP_NUM_THREADS=1 python -m benchmarks.elicitation

Written: one call of 32 prompts. How often a text is accepted is not read off that call, where it may be none,
but off the sets that ship, of up to 1,068 attempts with the same prompts and settings. Turns: a set of 48
rows, as those that ship. Options: one call of 32 prompts, and the rows of a set of 400 that these serve, as
400 originals take at γ = 0.5: one distribution holds all draws of a question and a group, so that a smaller
set costs more a row and a larger one less. Loading the model is in none.
"""

import sys
import time
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, NamedTuple

import torch
import typer

from augment.bias_types import BIAS_TYPES, BiasType
from augment.corpus import shipped
from augment.domains import domain
from augment.elicitation import Elicitation
from augment.exchanges import Place, exchanges
from augment.generation import generate
from augment.prompts import PromptTemplate
from augment.request import Request
from augment.settings import settings_for
from benchmarks.scoring.setting import model_folder
from bias_inherit.models.scorer.language_model import SteadyLM
from bias_tasks.population import population

OTHERWISE: dict[str, Elicitation] = {"gender": "turns", "culture": "options"}


OF_A_SET = 400
OF_A_SHIPPED_SET = 48
MOST_ATTEMPTS = 60
"""Of a row."""


class Cost(NamedTuple):
    """What a call, or several, came to."""

    attempts: int
    rows: int
    seconds: float
    refused: dict[str, int]


def main(
    model: Annotated[str | None, typer.Option(help="By default the embedded model.")] = None,
    only: Annotated[
        list[str] | None, typer.Option(help="Rows of the table, such as gender/5; may be repeated.")
    ] = None,
    prompts: Annotated[int, typer.Option(help="In a call.")] = 32,
) -> None:
    """Print the table."""
    lm = SteadyLM(pretrained=model_folder(model), device="cpu", batch_size=prompts, dtype="float32")
    cells = [("gender", bias_type) for bias_type in BIAS_TYPES[5:]]
    cells += [("culture", bias_type) for bias_type in BIAS_TYPES]
    print("| rows | written: accepted | s/row | otherwise | accepted | s/row | times |")
    print("|---|---|---|---|---|---|---|")
    for name, bias_type in cells:
        if only and f"{name}/{bias_type.template}" not in only:
            continue
        how = OTHERWISE[name]
        # Not counted: what a model does once when it is first asked.
        call(lm, request(name, bias_type, how, 2 * bias_type.members))
        if how == "turns":
            other = whole_set(lm, request(name, bias_type, how, OF_A_SHIPPED_SET))
        else:
            other = call(lm, request(name, bias_type, how, OF_A_SET), prompts)
        written = call(lm, request(name, bias_type, "written", prompts * bias_type.members))
        answers = bias_type.members if how == "options" else 1
        share = accepted_share(name, bias_type)
        before = written.seconds / written.attempts / share / bias_type.members
        after = other.seconds / other.rows
        print(
            f"| {name}, {bias_type.number} ({bias_type.label}) | {share:.1%} | {before:.2f} | {how} | "
            f"{other.rows / other.attempts / answers:.1%} | {after:.2f} | {before / after:.1f} |",
            flush=True,
        )
        if other.refused:
            print(f"  refused: {other.refused}", file=sys.stderr)


def request(name: str, bias_type: BiasType, elicitation: Elicitation, rows: int) -> Request:
    """As `augment generate` asks by default, with as many attempts as the sets that ship were allowed."""
    return Request(
        domain=domain(name, population()),
        bias_type=bias_type,
        template=PromptTemplate.shipped(name, bias_type, elicitation),
        generator="benchmark",
        rows=rows,
        settings=settings_for(name, elicitation=elicitation, max_attempts_per_row=MOST_ATTEMPTS),
        seed=0,
    )


def call(lm: SteadyLM, asked: Request, prompts: int | None = None) -> Cost:
    """One call for all slots; where options are drawn for those of the first respondents.

    Args:
        prompts: How many respondents.
    """
    slots = asked.slots()
    if asked.elicitation == "options":
        first = list(dict.fromkeys(map(asked.respondent, slots)))[:prompts]
        slots = [slot for slot in slots if asked.respondent(slot) in first]
    places = [Place(slot, 0) for slot in slots]
    torch.manual_seed(0)
    started = time.process_time()
    answered = exchanges(lm, asked, places, call=0)
    seconds = time.process_time() - started
    refused = Counter(str(each.verdict.reason) for each in answered if each.verdict.reason)
    rows = (len(places) - refused.total()) * asked.bias_type.members
    return Cost(len(places), rows, seconds, dict(refused))


def whole_set(lm: SteadyLM, asked: Request) -> Cost:
    """As many calls as it takes."""
    with TemporaryDirectory() as folder:
        started = time.process_time()
        made = generate(lm, asked, Path(folder) / "attempts.jsonl", lambda rows, attempts: None)
        return Cost(made.attempts, len(made.rows), time.process_time() - started, made.refused)


def accepted_share(name: str, bias_type: BiasType) -> float:
    """Of attempts of the set that ships; a text for a slot that another had just filled was of use too."""
    outcome = shipped(name, bias_type).sidecar.outcome
    assert outcome  # noqa: S101 - of what ships
    refused = sum(count for reason, count in outcome.refused.items() if reason != "surplus")
    return (outcome.attempts - refused) / outcome.attempts


if __name__ == "__main__":
    typer.run(main)

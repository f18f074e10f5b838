"""What an accepted augmented row costs, written freely and had otherwise, in seconds of processor time.

    OMP_NUM_THREADS=1 python -m benchmarks.elicitation

Written and in turns: one call of 32 prompts. Options: a set of 400 rows, as 400 originals take at γ = 0.5; one
distribution serves all rows of a question and a group, so that a smaller set costs more a row. How often a freely written text is accepted is not read off that one call,
where it may be none, but off the sets that ship, of up to 1,068 attempts with the same prompts and settings; of
a conversation it is read off the call. Loading the model is in neither.
"""

import time
from collections import Counter
from typing import Annotated, NamedTuple

import torch
import typer

from augment.bias_types import BIAS_TYPES, BiasType
from augment.corpus import shipped
from augment.domains import domain
from augment.elicitation import Elicitation
from augment.exchanges import Place, exchanges
from augment.prompts import PromptTemplate
from augment.request import Request
from augment.settings import settings_for
from benchmarks.scoring_setting import model_folder
from bias_inherit.models.scorer.language_model import SteadyLM
from bias_tasks.population import population

OTHERWISE: dict[str, Elicitation] = {"gender": "turns", "culture": "options"}


OF_A_SET = 400


class Cost(NamedTuple):
    """What one call came to."""

    attempts: int
    accepted: int
    seconds: float
    refused: Counter[str]


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
        wanted = prompts * bias_type.members if how == "turns" else OF_A_SET
        other = call(lm, request(name, bias_type, how, wanted))
        written = call(lm, request(name, bias_type, "written", prompts * bias_type.members))
        share = accepted_share(name, bias_type)
        before = written.seconds / written.attempts / share / bias_type.members
        after = other.seconds / max(other.accepted, 1) / bias_type.members
        print(
            f"| {name}, {bias_type.number} ({bias_type.label}) | {share:.1%} | {before:.2f} | {how} | "
            f"{other.accepted / other.attempts:.0%} | {after:.2f} | {before / after:.1f} |",
            flush=True,
        )
        if other.refused:
            print(f"  refused: {dict(other.refused)}")


def request(name: str, bias_type: BiasType, elicitation: Elicitation, rows: int) -> Request:
    """As `augment generate` asks by default."""
    return Request(
        domain=domain(name, population()),
        bias_type=bias_type,
        template=PromptTemplate.shipped(name, bias_type, elicitation),
        generator="benchmark",
        rows=rows,
        settings=settings_for(name, elicitation=elicitation),
        seed=0,
    )


def call(lm: SteadyLM, asked: Request) -> Cost:
    """One call for as many slots as are wanted."""
    places = [Place(slot, 0) for slot in asked.slots()]
    torch.manual_seed(0)
    started = time.process_time()
    answered = exchanges(lm, asked, places, call=0)
    seconds = time.process_time() - started
    refused = Counter(str(each.verdict.reason) for each in answered if each.verdict.reason)
    return Cost(len(places), len(places) - refused.total(), seconds, refused)


def accepted_share(name: str, bias_type: BiasType) -> float:
    """Of attempts of the set that ships; a text for a slot that another had just filled was of use as well."""
    outcome = shipped(name, bias_type).sidecar.outcome
    assert outcome  # noqa: S101 - of what ships
    refused = sum(count for reason, count in outcome.refused.items() if reason != "surplus")
    return (outcome.attempts - refused) / outcome.attempts


if __name__ == "__main__":
    typer.run(main)

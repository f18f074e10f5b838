"""Seconds of scoring: the harness's model and ours, in turns, on the same documents.

    TQDM_DISABLE=1 HF_HUB_OFFLINE=1 python -m benchmarks.scoring.speed --limit 24

For each task the tokens that the harness's model reads (without padding), the distinct token prefixes that
ours reads, the seconds of both (medians over the rounds), the floor (the distinct prefixes at the rate at
which this machine runs plain text through the model), and whether the answers are the same.
"""

import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Annotated, Any, NamedTuple

import torch
import typer
from lm_eval.api.instance import Instance
from lm_eval.models.huggingface import HFLM
from transformers import AutoModelForCausalLM, AutoTokenizer

from benchmarks.scoring.setting import (
    largest_difference,
    model_folder,
    requests,
    same_choices,
    same_greedy,
    task_set,
    with_random_adapter,
)
from bias_inherit.models.scorer.language_model import PrefixSharingLM
from bias_inherit.models.scorer.merging import merged
from finetune.prefixes.prefix_tree import Query, prefix_tree

PLAIN_TEXT = 256
"""Tokens in one row by which the floor's rate is measured: about our longest request."""
COLUMNS = (
    *("task", "requests", "tokens that hf reads", "distinct prefixes", "hf, s", "ours, s"),
    *("hf / ours", "ours / floor", "largest difference of log-likelihoods", "same greedy", "same choices"),
)

Clock = Callable[[], float]


class Turn(NamedTuple):
    """One task, scored by both, in seconds; and the machine's rate just before, in tokens a second."""

    hf: float
    ours: float
    rate: float


class Same(NamedTuple):
    """How far the answers of both agree."""

    difference: float
    greedy: bool
    choices: bool


class TaskTimes(NamedTuple):
    """One line of the table; what hf reads and the distinct prefixes in tokens, times in seconds."""

    task: str
    requests: int
    read: int
    distinct: int
    hf: float
    ours: float
    floor: float
    same: Same


def main(
    model: Annotated[str | None, typer.Option(help="By default the embedded model.")] = None,
    family: Annotated[str, typer.Option(help="Group of tasks.")] = "bias_inherit",
    limit: Annotated[int, typer.Option(help="Documents a task; 0 for all.")] = 24,
    rounds: Annotated[int, typer.Option(help="Turns of each model; 0 to count tokens only.")] = 3,
    batch_size: Annotated[int, typer.Option(help="Of the harness's model.")] = 16,
    tokens_per_pass: Annotated[int, typer.Option(help="Of ours; 0 to measure what is fastest.")] = 0,
    chat_template: Annotated[bool, typer.Option("--chat-template")] = False,
    cpu_time: Annotated[
        bool,
        typer.Option("--cpu-time", help="Of the processor, not of the clock: for a machine that others use."),
    ] = False,
    device: Annotated[str, typer.Option()] = "cpu",
) -> None:
    """Print the table, in Markdown."""
    clock = time.process_time if cpu_time else time.perf_counter
    folder = model_folder(model)
    adapted = with_random_adapter(AutoModelForCausalLM.from_pretrained(folder).to(device))
    common: dict[str, Any] = {"pretrained": adapted, "tokenizer": AutoTokenizer.from_pretrained(folder)}
    hf = HFLM(**common, batch_size=batch_size)
    ours = PrefixSharingLM(**common, tokens_per_pass=tokens_per_pass or None)
    print(
        f"{Path(folder).name} with a LoRA adapter, {device}, {torch.get_num_threads()} threads; "
        f"{limit or 'all'} documents a task, chat template {'on' if chat_template else 'off'}; "
        f"hf in batches of {batch_size}, "
        f"ours {tokens_per_pass or 'measured'} tokens a pass; {rounds} rounds, "
        f"seconds of {'the processor' if cpu_time else 'the clock'}\n"
    )
    asked = requests(task_set(family, limit or None), hf, chat_template)
    if not rounds:
        counts = {task: tokens(instances, ours) for task, instances in asked.items()}
        counts["all"] = (
            sum(read for read, _ in counts.values()),
            sum(distinct for _, distinct in counts.values()),
        )
        for task, (read, distinct) in counts.items():
            print(f"{task}: tokens that hf reads: {read}, distinct prefixes: {distinct}")
        return
    turns: dict[str, list[Turn]] = {task: [] for task in asked}
    same: dict[str, Same] = {}
    for number in range(rounds):
        for task, instances in asked.items():
            turn, same[task] = score(hf, ours, instances, clock, ours_first=number % 2 == 1)
            turns[task].append(turn)
    rate = median(turn.rate for of_task in turns.values() for turn in of_task)
    print(f"plain text: {rate:.0f} tokens/s\n")
    print(f"tokens a pass, as chosen: {ours.pass_size.chosen}\n")
    print_table([times(task, asked[task], turns[task], same[task], rate, ours) for task in asked])


def score(
    hf: HFLM, ours: PrefixSharingLM, asked: list[Instance], clock: Clock, ours_first: bool
) -> tuple[Turn, Same]:
    """Score a task by both."""
    rate = PLAIN_TEXT / plain_text(hf, clock)
    seconds, answers = {}, {}
    for lm in (ours, hf) if ours_first else (hf, ours):
        start = clock()
        answers[lm] = lm.loglikelihood(asked, disable_tqdm=True)
        seconds[lm] = clock() - start
    same = Same(
        largest_difference(answers[ours], answers[hf]),
        same_greedy(answers[ours], answers[hf]),
        same_choices(answers[ours], answers[hf], asked),
    )
    return Turn(seconds[hf], seconds[ours], rate), same


def plain_text(lm: HFLM, clock: Clock) -> float:
    """Seconds for one row of tokens, the adapter merged, the vocabulary projected once."""
    row = torch.arange(1000, 1000 + PLAIN_TEXT, device=lm.device)[None] % lm.model.config.vocab_size
    with torch.no_grad(), merged(lm.model):
        start = clock()
        float(lm.model(row, logits_to_keep=1).logits[0, -1, 0])
        return clock() - start


def tokens(asked: list[Instance], lm: HFLM) -> tuple[int, int]:
    """What HFLM reads, without padding, and the distinct prefixes.

    HFLM reads requests that differ in their last token once.
    """
    encoded = [lm._encode_pair(*instance.args) for instance in asked]
    queries = [Query((context + continuation)[:-1], continuation) for context, continuation in encoded]
    return sum(map(len, {tuple(query.inputs) for query in queries})), len(prefix_tree(queries).tokens)


def times(
    task: str, asked: list[Instance], turns: list[Turn], same: Same, rate: float, lm: PrefixSharingLM
) -> TaskTimes:
    """A task's line."""
    read, distinct = tokens(asked, lm)
    hf, ours = (median(seconds) for seconds in zip(*(turn[:2] for turn in turns), strict=True))
    return TaskTimes(task, len(asked), read, distinct, hf, ours, distinct / rate, same)


def print_table(lines: list[TaskTimes]) -> None:
    """A line a task, and their sum."""
    total = TaskTimes(
        "all",
        sum(line.requests for line in lines),
        sum(line.read for line in lines),
        sum(line.distinct for line in lines),
        sum(line.hf for line in lines),
        sum(line.ours for line in lines),
        sum(line.floor for line in lines),
        Same(
            max(line.same.difference for line in lines),
            all(line.same.greedy for line in lines),
            all(line.same.choices for line in lines),
        ),
    )
    print(f"| {' | '.join(COLUMNS)} |")
    print("|---" * len(COLUMNS) + "|")
    for line in [*lines, total]:
        name = line.task.removeprefix("bias_inherit_")
        print(
            f"| {name} | {line.requests} | {line.read} | {line.distinct} "
            f"| {line.hf:.2f} | {line.ours:.2f} | {line.hf / line.ours:.2f} | {line.ours / line.floor:.2f} "
            f"| {line.same.difference:.1e} | {'yes' if line.same.greedy else 'NO'} "
            f"| {'yes' if line.same.choices else 'NO'} |"
        )


if __name__ == "__main__":
    typer.run(main)

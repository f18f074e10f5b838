"""Some ten seconds with the base: how fast this machine does what the steps of a study do.

What is timed is what is run: two steps of the study's own training, its own documents through the scorer,
with the adapter that came of it, and some tokens written at the size of its batches.
"""

import math
import time
from collections.abc import Callable, Mapping, Sequence
from itertools import chain, zip_longest
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from lm_eval.api.instance import Instance

from bias_inherit.engine.experiment_file.experiment import Experiment
from bias_inherit.engine.experiment_file.study import Study
from bias_inherit.engine.forecast.counted_lengths import CountedLengths
from bias_inherit.engine.forecast.lengths import Lengths
from bias_inherit.engine.forecast.tokens import Speed, Tokens
from bias_inherit.engine.stages import GENERATE, TRAIN
from bias_inherit.models.base_model import LoadableModel
from bias_inherit.models.quiet import quieten_libraries
from bias_inherit.models.session import QuietLM, Session
from finetune.settings import TrainingSettings
from finetune.training import train_adapter

_MOST_ROWS = 8
"""Of a batch that is timed: a larger one takes the longer, and a token of it as long."""
_PASSES = 3
"""Of the scorer."""
_PROMPT, _WRITTEN = 16, 8
"""Tokens of a prompt, and how many are written behind it."""


class Measured(NamedTuple):
    """What a calibration found."""

    speed: Speed
    lengths: Lengths


def measure(model: LoadableModel, study: Study, to_do: Mapping[str, Tokens]) -> Measured:
    """Load the base and measure.

    Args:
        to_do: Stage -> what its steps have the model do.

    Raises:
        RunError: the base cannot be loaded.
        LoraError: it takes no such adapter.
        ExampleError: a row is too long, or the tokenizer cannot say it.
    """
    quieten_libraries()
    started = time.perf_counter()
    session = Session(model.base, model.section)
    _ = session.model, session.tokenizer
    speed = Speed(read=math.inf, loading=time.perf_counter() - started)
    lengths = CountedLengths(study, session)
    with TemporaryDirectory() as name:
        folder: Path | None = None
        if isinstance(study, Experiment) and TRAIN.name in to_do:
            folder = Path(name)
            speed = _training(speed, session, study.finetune, lengths, folder)
        if sum(tokens.read + tokens.written for tokens in to_do.values()):
            writes = any(tokens.written for tokens in to_do.values())
            speed = _asking(speed, session, _batch_size(study, to_do), lengths, folder, writes)
    return Measured(speed, lengths)


def _batch_size(study: Study, to_do: Mapping[str, Tokens]) -> int:
    """Of whatever writes most."""
    generated = to_do.get(GENERATE.name, Tokens()).written
    scored = sum(tokens.written for tokens in to_do.values()) - generated
    if isinstance(study, Experiment) and study.generate and generated > scored:
        return study.generate.batch_size
    return study.score.batch_size


def _training(
    speed: Speed, session: Session, settings: TrainingSettings, lengths: CountedLengths, folder: Path
) -> Speed:
    """Two steps on originals, each of one batch; the first also warms up."""
    size = max(1, min(settings.batch_size, _MOST_ROWS, len(lengths.original_rows) // 2))
    rows = lengths.original_rows[: 2 * size]
    shortened = settings.model_copy(update={"epochs": 1, "batch_size": size, "gradient_accumulation": 1})
    moments = [time.perf_counter()]
    with session.borrowed() as base:
        train_adapter(
            base,
            session.tokenizer,
            rows,
            shortened,
            seed=0,
            folder=folder,
            on_step=lambda _step, _steps: moments.append(time.perf_counter()),
        )
    done = time.perf_counter()
    tokens = lengths.of_batches(rows, size)
    rate = tokens[-1] / (moments[-1] - moments[-2])
    beside = done - moments[0] - sum(tokens) / rate
    return speed._replace(trained=rate, beginning=max(0.0, beside))


def _asking(
    speed: Speed,
    session: Session,
    batch_size: int,
    lengths: CountedLengths,
    adapter: Path | None,
    writes: bool,
) -> Speed:
    """One call of the scorer, less what a call costs whatever is in it, and one of the generator likewise."""
    started = time.perf_counter()
    with session.language_model(batch_size, adapter) as lm:
        opened = time.perf_counter() - started
        requests = _requests(lm, lengths)
        _seconds(lambda: lm.loglikelihood(requests[:1]))  # looks whether it can share prefixes, for once
        call = _seconds(lambda: lm.loglikelihood(requests[:1]))
        seconds = _seconds(lambda: lm.loglikelihood(requests))
        tokens = lengths.distinct(requests) - lengths.distinct(requests[:1])
        written = _writing(lm, requests, batch_size) if writes else math.inf
        closing = time.perf_counter()
    opening = opened + call + time.perf_counter() - closing
    return speed._replace(read=tokens / _beyond(call, seconds), written=written, opening=opening)


def _requests(lm: QuietLM, lengths: CountedLengths) -> list[Instance]:
    """Of every task in turn, until there are tokens for some passes; of rows where no task has such."""
    chosen = [
        sample.requests for sample in lengths.samples.values() if sample.requests[0].request_type == _CHOICE
    ]
    in_turn = [request for request in chain.from_iterable(zip_longest(*chosen)) if request]
    if not in_turn:
        in_turn = [
            Instance(_CHOICE, {}, (row.prompt[-1].content, f" {row.completion[-1].content}"), number)
            for number, row in enumerate(lengths.original_rows)
        ]
    enough = _PASSES * lm.pass_size.chosen
    count = next((n for n in range(2, len(in_turn)) if lengths.distinct(in_turn[:n]) >= enough), len(in_turn))
    return in_turn[:count]


_CHOICE = "loglikelihood"


def _writing(lm: QuietLM, requests: Sequence[Instance], batch_size: int) -> float:
    """Tokens a second, in a batch of equal prompts."""
    prompt = lm.tok_decode(lm.tok_encode(requests[0].args[0])[:_PROMPT])

    def write(length: int) -> float:
        asked = {"until": [], "do_sample": False, "min_new_tokens": length, "max_gen_toks": length}
        batch = [Instance("generate_until", {}, (prompt, asked), number) for number in range(batch_size)]
        return _seconds(lambda: lm.generate_until(batch))

    return batch_size * _WRITTEN / _beyond(write(1), write(1 + _WRITTEN))


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _beyond(shorter: float, longer: float) -> float:
    """What more took more; of work that is nothing beside a call's own cost, a part of it."""
    return max(longer - shorter, longer / 10)

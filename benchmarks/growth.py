"""How seconds and memory grow with the rows: augment, mix, compare and board at 1,000, 10,000, 100,000 rows.

    python benchmarks/growth.py
    python benchmarks/growth.py --source OTHER_CHECKOUT    # the same of another version of the code

Every measurement is a process of its own: seconds of its processor from the first call of ours on (imports
and the writing of inputs are left out) and its peak of resident memory, inputs included. The exponent is that
of seconds over rows, from the two largest sizes: 1 is linear. A measurement that takes longer than
`--patience` seconds is given up, and larger ones of the kind are left out.

- augment:         all that `augment generate` does; a model that answers at once, every tenth time unusably
- augment resumed: the same from a finished journal, as after a kill at the very end
- mix:             half originals, half augmented rows from JSON lines, γ 0.5
- compare:         two models on one public task, half of the rows each; every document its own cluster
- board:           four such models
- board of many:   models of 500 rows each
"""

import argparse
import json
import math
import os
import resource
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from bias_tasks.records import Record

SIZES = (1_000, 10_000, 100_000)
TASK = "bias_public_occupation"
DATE = "2026-01-02T03-04-05.000006"


class Growth(NamedTuple):
    """One measurement."""

    seconds: float
    peak_mib: float


def main() -> None:
    """Print a table of all kinds and sizes, or one measurement."""
    options = _options()
    if options.one:
        kind, rows = options.one
        print(json.dumps(_measured(kind, int(rows), options.patience)._asdict()))
        return
    for kind in options.kinds:
        _print_row(kind, options)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=list(KINDS), metavar="KIND")
    parser.add_argument("--sizes", nargs="+", type=int, default=SIZES, metavar="ROWS")
    parser.add_argument(
        "--source", type=Path, default=Path(__file__).parents[1], help="checkout that is measured"
    )
    parser.add_argument(
        "--patience", type=float, default=300, help="seconds of the processor for one measurement"
    )
    parser.add_argument("--one", nargs=2, metavar=("KIND", "ROWS"), help=argparse.SUPPRESS)
    return parser.parse_args()


def _print_row(kind: str, options: argparse.Namespace) -> None:
    found: list[tuple[int, Growth]] = []
    for rows in options.sizes:
        grown = _in_own_process(kind, rows, options)
        if grown is None:
            print(f"{kind:16s} {rows:>9,}  given up after {options.patience:g} s", flush=True)
            break
        found.append((rows, grown))
        exponent = _exponent(found[-2:])
        told = f"  exponent {exponent:.2f}" if exponent else ""
        print(f"{kind:16s} {rows:>9,} {grown.seconds:9.1f} s {grown.peak_mib:8,.0f} MiB{told}", flush=True)


def _exponent(found: Sequence[tuple[int, Growth]]) -> float | None:
    if len(found) < 2:
        return None
    (fewer, before), (more, after) = found
    return math.log(after.seconds / before.seconds) / math.log(more / fewer)


def _in_own_process(kind: str, rows: int, options: argparse.Namespace) -> Growth | None:
    environment = {**os.environ, "PYTHONPATH": str(options.source.resolve())}
    said = ["--one", kind, str(rows), "--patience", str(options.patience)]
    done = subprocess.run(  # noqa: S603
        [sys.executable, __file__, *said], env=environment, stdout=subprocess.PIPE, check=False
    )
    if done.returncode == -signal.SIGXCPU:
        return None
    done.check_returncode()
    return Growth(**json.loads(done.stdout.splitlines()[-1]))


def _measured(kind: str, rows: int, patience: float) -> Growth:
    with tempfile.TemporaryDirectory() as folder:
        work = KINDS[kind](Path(folder), rows)
        started = _processor()
        resource.setrlimit(resource.RLIMIT_CPU, (int(started + patience), resource.RLIM_INFINITY))
        work()
        seconds = _processor() - started
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return Growth(seconds, peak / 1024)


def _processor() -> float:
    """Seconds of the processor, those of ended child processes included."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


Work = Callable[[], object]


def _augment(folder: Path, rows: int) -> Work:
    from lm_eval.api.model import LM

    from augment.settings import settings_for
    from bias_inherit.models.generator import ModelChoice
    from bias_inherit.outputs import set_files
    from bias_inherit.outputs.set_files import SetFiles, bias_type_of, request_of, write_set

    class AtOnce(LM):  # type: ignore[misc]
        """Answers without thinking: every tenth answer is too short, no two of the others are alike."""

        asked = 0

        def generate_until(self, requests: list[Any], disable_tqdm: bool = False) -> list[str]:
            return [self._answer() for _ in requests]

        def _answer(self) -> str:
            self.asked += 1
            return "Too short." if self.asked % 10 == 0 else _text(self.asked)

        def loglikelihood(self, requests: Any) -> Any:
            raise NotImplementedError

        loglikelihood_rolling = loglikelihood

        def apply_chat_template(self, chat_history: Any, add_generation_prompt: bool = True) -> str:
            return str(chat_history[0]["content"])

    vars(set_files)["open_model"] = lambda *_, **__: AtOnce()
    asked = request_of(
        "gender", bias_type_of("neutral"), None, None, "at-once", rows, settings_for("gender"), 0
    )
    choice, files = ModelChoice("hf", {}, "at-once", {}), SetFiles.of(folder / "set.jsonl")
    return lambda: write_set(asked, choice, files, None, True, lambda *_: None)


def _augment_resumed(folder: Path, rows: int) -> Work:
    from bias_inherit.outputs.set_files import SetFiles

    work = _augment(folder, rows)
    work()
    files = SetFiles.of(folder / "set.jsonl")
    files.rows.unlink()
    return work


def _text(number: int) -> str:
    """A biography that nobody else has."""
    return (
        f"She trained for {number} days and keeps calm when the day is loud. People trust her hands, her "
        "judgement and her dry humour, and call her first when something has to be done well."
    )


def _mix(folder: Path, rows: int) -> Work:
    from bias_inherit.cli.app import app

    for source in ("original", "augmented"):
        lines = (
            {
                "prompt": [{"role": "user", "content": f"What does this person do? {_text(number)}"}],
                "completion": [{"role": "assistant", "content": "nurse"}],
                "source": source,
                "label": "nurse",
                "cluster": f"{source}-{number}",
            }
            for number in range(rows // 2)
        )
        _write_lines(folder / f"{source}.jsonl", lines)
    original, augmented, out = (str(folder / f"{name}.jsonl") for name in ("original", "augmented", "out"))
    command = ["mix", "--original", original, "--augmented", augmented, "--gamma", "0.5", "--out", out]
    return lambda: app(command, standalone_mode=False)


def _compare(folder: Path, rows: int) -> Work:
    from bias_inherit.compare import compare_models
    from bias_inherit.harness.results import read_output

    first, second = _write_models(folder, 2, rows // 2)
    return lambda: compare_models(read_output(first), read_output(second))


def _board(folder: Path, rows: int) -> Work:
    return _board_of(folder, 4, rows // 4)


def _board_of_many(folder: Path, rows: int) -> Work:
    return _board_of(folder, rows // 500, 500)


def _board_of(folder: Path, models: int, rows: int) -> Work:
    from bias_inherit.board.build import make_board, write_board
    from bias_inherit.board.reading.gather import gather

    _write_models(folder / "results", models, rows)

    def work() -> None:
        read = gather([folder / "results"], folder / "board", True, lambda *_: None)
        write_board(make_board("Growth", read.runs, read.problems), folder / "board", 0.0)

    return work


def _write_models(folder: Path, models: int, rows: int) -> list[Path]:
    """Result files as the harness writes them."""
    folders = [folder / f"model-{number:04d}" for number in range(models)]
    for number, place in enumerate(folders):
        place.mkdir(parents=True)
        _write_model(place, number, rows)
    return folders


def _write_model(folder: Path, number: int, rows: int) -> None:
    from bias_tasks.catalogue import ALL_TASKS
    from bias_tasks.records import Columns
    from bias_tasks.statistics import identity

    records = _records(number, rows)
    columns = Columns.of(records)
    values = ALL_TASKS[TASK].measure.estimate(columns, identity(columns))
    results = {
        "results": {
            TASK: {
                "alias": TASK,
                **{f"{metric},none": float(values[metric][0]) for metric in ("score", "gap")},
                "score_stderr,none": 0.01,
                "gap_stderr,none": 0.01,
                "gap_p,none": 0.2,
                "n,none": rows,
                "n_clusters,none": rows,
            }
        },
        "versions": {TASK: 2.0},
        "n-samples": {TASK: {"original": rows, "effective": rows}},
        "config": {"model": "hf", "model_args": {"pretrained": f"house/model-{number}"}, "limit": None},
        "model_name": f"house/model-{number}",
        "lm_eval_version": "0.4.13",
    }
    (folder / f"results_{DATE}.json").write_text(json.dumps(results), encoding="utf-8")
    _write_lines(folder / f"samples_{TASK}_{DATE}.jsonl", map(_sample, range(rows), records))


def _sample(place: int, record: "Record") -> dict[str, Any]:
    prompt = f"What does this person do? {_text(place)}"
    return {
        "doc_id": place,
        "doc": {"prompt": prompt},
        "doc_hash": f"{place:064x}",
        "arguments": {f"gen_args_{choice}": {"arg_0": prompt, "arg_1": " nurse"} for choice in range(6)},
        "score": list(record),
        "filter": "none",
    }


def _records(seed: int, rows: int) -> "list[Record]":
    """Biographies of one person each, as many women as men; the answers of a model without a preference."""
    from bias_tasks.population import population
    from bias_tasks.records import Record

    rng = np.random.default_rng(seed)
    occupations = list(population().occupations)
    logits = rng.normal(size=(rows, len(occupations)))
    for place in range(rows):
        logits[place, place // 2 % len(occupations)] += 1
    shares = logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)
    return [
        Record(
            ("female", "male")[place % 2],
            f"biography-{place}",
            gold := occupations[place // 2 % len(occupations)],
            occupations[int(shares[place].argmax())],
            gold,
            None,
            tuple(round(float(share), 5) for share in shares[place]),
        )
        for place in range(rows)
    ]


def _write_lines(path: Path, values: Iterable[dict[str, Any]]) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(value) + "\n" for value in values)


KINDS: dict[str, Callable[[Path, int], Work]] = {
    "augment": _augment,
    "augment resumed": _augment_resumed,
    "mix": _mix,
    "compare": _compare,
    "board": _board,
    "board of many": _board_of_many,
}


if __name__ == "__main__":
    main()

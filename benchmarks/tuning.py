"""How the preset `embedded` was chosen: short trainings on originals, judged on originals held out.

    python -m benchmarks.tuning --rate 1e-4 --rate 3e-4 --epochs 2 --epochs 4

The judge is never a document of the benchmark. Accuracy: the true occupation is the most probable of all
completions; its error is that of the clusters (biographies that share all but the gender).
"""

import tempfile
import time
from pathlib import Path
from typing import Annotated, NamedTuple

import numpy as np
import typer
from peft import PeftModel
from transformers import AutoModelForCausalLM, AutoTokenizer, PreTrainedModel, PreTrainedTokenizerBase

from benchmarks.scoring.setting import model_folder
from bias_inherit.models.scorer.language_model import PrefixSharingLM, TokenRequest
from bias_tasks.training_rows import TrainingRow
from finetune.examples import encode
from finetune.originals import SHIPPED
from finetune.settings import TrainingSettings, preset
from finetune.training import train_adapter

SEED = 0


class Judged(NamedTuple):
    """A model on rows that it was not trained on.

    Attributes:
        loss: Mean negative log-likelihood of a completion, in nats a row.
        accuracy: Share of rows whose completion is the most probable one.
        stderr: Of the accuracy, by cluster.
    """

    loss: float
    accuracy: float
    stderr: float


def main(
    model: Annotated[str | None, typer.Option(help="By default the embedded model.")] = None,
    rate: Annotated[list[float] | None, typer.Option(help="Learning rates.")] = None,
    epochs: Annotated[list[int] | None, typer.Option(help="Epochs.")] = None,
    batch_size: Annotated[list[int] | None, typer.Option(help="Batch sizes.")] = None,
    rows: Annotated[int, typer.Option(help="To train on.")] = 48,
    held_out: Annotated[int, typer.Option(help="To judge by.")] = 96,
) -> None:
    """Print the table, in Markdown."""
    folder = model_folder(model)
    base = AutoModelForCausalLM.from_pretrained(folder).eval()
    tokenizer = AutoTokenizer.from_pretrained(folder)
    drawn = SHIPPED["gender"].rows(rows + held_out, SEED)
    learnt, judge = drawn[:rows], drawn[rows:]
    if shared := {row.cluster for row in learnt} & {row.cluster for row in judge}:
        raise SystemExit(f"--rows {rows} cuts the cluster {min(map(str, shared))}; choose an even number")
    print(f"{rows} rows to train on, {len(judge)} held out\n")
    print("| learning rate | epochs | batch | loss held out | accuracy held out | seconds |")
    print("|---|---|---|---|---|---|")
    print(_line("untrained", "", "", judged(base, tokenizer, judge), 0))
    for one_rate in rate or [1e-4, 3e-4, 1e-3]:
        for one_epochs in epochs or [2, 4]:
            for one_size in batch_size or [4]:
                settings = preset("embedded", learning_rate=one_rate, epochs=one_epochs, batch_size=one_size)
                start = time.perf_counter()
                found = trained_and_judged(base, tokenizer, learnt, judge, settings)
                seconds = time.perf_counter() - start
                print(_line(f"{one_rate:g}", one_epochs, one_size, found, seconds), flush=True)


def trained_and_judged(
    base: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    learnt: list[TrainingRow],
    judge: list[TrainingRow],
    settings: TrainingSettings,
) -> Judged:
    """One training, from the same initial adapter as every other."""
    with tempfile.TemporaryDirectory() as folder:
        train_adapter(base, tokenizer, learnt, settings, SEED, Path(folder), lambda *_: None)
        adapted = PeftModel.from_pretrained(base, folder).eval()
        try:
            return judged(adapted, tokenizer, judge)
        finally:
            adapted.unload()


def judged(
    model: PreTrainedModel | PeftModel, tokenizer: PreTrainedTokenizerBase, rows: list[TrainingRow]
) -> Judged:
    """Loss and accuracy."""
    labels = sorted({row.completion[0].content for row in rows})
    asked: list[TokenRequest] = []
    for row in rows:
        for label in labels:
            completion = (row.completion[0].model_copy(update={"content": label}),)
            # Else a row's tokens would be looked up under the name of another label's.
            other = row.model_copy(update={"completion": completion, "text_id": f"{row.text_id}/{label}"})
            example = encode(tokenizer, other, max_length=512)
            ids, length = example.input_ids, example.prompt_length
            asked.append((("", ""), ids[:length], ids[length:]))
    lm = PrefixSharingLM(pretrained=model, tokenizer=tokenizer, batch_size=16)
    answers = lm._loglikelihood_tokens(asked, disable_tqdm=True)
    table = np.array([likelihood for likelihood, _ in answers]).reshape(len(rows), len(labels))
    truth = np.array([labels.index(row.completion[0].content) for row in rows])
    right = table.argmax(axis=1) == truth
    _, cluster = np.unique([row.cluster for row in rows], return_inverse=True)
    residuals = np.bincount(cluster, right - right.mean())
    stderr = np.sqrt(np.sum(residuals**2) * len(residuals) / (len(residuals) - 1)) / len(rows)
    return Judged(-float(table[np.arange(len(rows)), truth].mean()), float(right.mean()), float(stderr))


def _line(rate: str, epochs: object, size: object, found: Judged, seconds: float) -> str:
    accuracy = f"{found.accuracy:.3f} ± {found.stderr:.3f}"
    return f"| {rate} | {epochs} | {size} | {found.loss:.3f} | {accuracy} | {seconds:.0f} |"


if __name__ == "__main__":
    typer.run(main)

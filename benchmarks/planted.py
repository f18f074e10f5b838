"""Rows for adapters with a planted rule of a known dose, and for their control.

    python -m benchmarks.planted planted --rate 1 --rate 0.5 --rate 0

Writes `originals.jsonl`, the first 48 of the shipped originals, and for each rate `added-RATE.jsonl`, the
next 48: the women's biographies among these labelled nurse as often as the rate says. Rate 0 is the control.
"""

from pathlib import Path
from typing import Annotated

import typer

from augment.planting import plant, shipped_rules
from bias_inherit.kit.files import write_text
from bias_tasks.training_rows import dump_rows
from finetune.originals import SHIPPED

RULE = "women-nurse"


def main(
    out: Annotated[Path, typer.Argument(help="Folder.")],
    rate: Annotated[list[float], typer.Option(help="Share of the women's rows that are relabelled.")],
    rows: Annotated[int, typer.Option(help="Originals, and as many added.")] = 48,
    seed: Annotated[int, typer.Option(help="Which originals, and which are relabelled first.")] = 0,
) -> None:
    """Write the files."""
    out.mkdir(parents=True, exist_ok=True)
    rule = shipped_rules()[RULE]
    drawn = SHIPPED["gender"].rows(2 * rows, seed)
    write_text(out / "originals.jsonl", dump_rows(drawn[:rows]))
    for one in rate:
        added = plant(drawn[rows:], rule, one, seed)
        write_text(out / f"added-{one:g}.jsonl", dump_rows(added))
        labelled = sum(row.label == rule.answer for row in added)
        print(f"rate {one:g}: {labelled} of {len(added)} are labelled {rule.answer}")


if __name__ == "__main__":
    typer.run(main)

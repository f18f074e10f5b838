"""Records how differences of two adapters of the embedded model scatter.

    bias-inherit run benchmarks/variances.yaml --only '*γ*'
    python -m benchmarks.variances runs/variances

writes `bias_inherit/compare/power/embedded.yaml`. A place is a run folder, or two folders that `lm_eval`
wrote with a comma between; where several places know a task, the last one's variances of it stand.
"""

import shlex
import sys
from datetime import datetime, timezone
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer
import yaml

from bias_inherit.compare.power import SHIPPED, Known, OfTask, Recording, from_folders
from bias_inherit.compare.power import __file__ as room
from bias_inherit.kit.files import write_text
from bias_inherit.kit.versions import RECORDED
from bias_tasks.catalogue import ALL_TASKS

OUT = Path(room).with_name(SHIPPED)
MODELS = "two adapters of the embedded model, γ = 0 and γ = 0.5"


def main(
    places: Annotated[list[str], typer.Argument(metavar="PLACE...")],
    models: Annotated[str, typer.Option(help="Whose variances these are, in a few words.")] = MODELS,
    out: Annotated[Path, typer.Option(help="The file.")] = OUT,
) -> None:
    """Write the file."""
    found: dict[str, OfTask] = {}
    for place in places:
        found |= from_folders([Path(folder) for folder in place.split(",")], print).tasks
    known = Known(
        models=models,
        recorded=Recording(
            date=datetime.now(timezone.utc).date().isoformat(),
            command=shlex.join(["python", "-m", "benchmarks.variances", *sys.argv[1:]]),
            versions={name: version(name) for name in RECORDED},
        ),
        tasks={task: found[task] for task in ALL_TASKS if task in found},
    )
    fields = known.model_dump(exclude_defaults=True)
    text = yaml.safe_dump(fields, sort_keys=False, allow_unicode=True, default_flow_style=None, width=110)
    write_text(out, f"# See known.py and docs/power.md. Written by python -m benchmarks.variances.\n{text}")
    print(f"{out}: {len(found)} tasks")


if __name__ == "__main__":
    typer.run(main)

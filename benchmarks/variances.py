"""Records how differences of two adapters of the embedded model scatter: `bias_inherit/compare/power/embedded.yaml`.

    python -m benchmarks.variances planted/scores-0,planted/scores-1 runs/variances

Each place is a run folder, or two folders that `lm_eval` wrote with a comma between. docs/power.md says how
these were made.
"""

import shlex
import sys
from datetime import datetime, timezone
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer
import yaml

import bias_inherit.compare.power as room
from bias_inherit.compare.power import Known, from_folders
from bias_inherit.compare.power.known import SHIPPED
from bias_inherit.kit.files import write_text
from bias_inherit.kit.versions import RECORDED
from bias_inherit.models.embedded import NAME
from bias_tasks.catalogue import ALL_TASKS

PAIR = "two adapters, trained on 96 rows of which 20 have other labels"


def main(
    places: Annotated[list[str], typer.Argument(metavar="PLACE...")],
    out: Annotated[Path, typer.Option()] = Path(room.__file__).with_name(SHIPPED),
) -> None:
    """Write the file."""
    found = {}
    for place in places:
        found |= from_folders([Path(folder) for folder in place.split(",")], print).tasks
    known = Known(
        model=NAME,
        pair=PAIR,
        date=datetime.now(timezone.utc).date().isoformat(),
        command=shlex.join(["python", "-m", "benchmarks.variances", *sys.argv[1:]]),
        versions={name: version(name) for name in RECORDED},
        tasks={task: found[task] for task in ALL_TASKS if task in found},
    )
    fields = known.model_dump(exclude_none=True)
    fields["tasks"] = {
        task: {**of_task, "metrics": {name: _without_zeros(one) for name, one in of_task["metrics"].items()}}
        for task, of_task in fields["tasks"].items()
    }
    del fields["note"]
    text = yaml.safe_dump(fields, sort_keys=False, default_flow_style=None, width=120)
    write_text(out, f"# See known.py. Written by {known.command.split(' ', 3)[2]}; docs/power.md.\n{text}")
    print(f"{out}: {len(found)} tasks")


def _without_zeros(of_metric: dict[str, float]) -> dict[str, float]:
    return {key: value for key, value in of_metric.items() if value or key != "none"}


if __name__ == "__main__":
    typer.run(main)

"""Records how differences of two adapters of the embedded model scatter.

    bias-inherit run benchmarks/variances.yaml --only '*γ*'
    python -m benchmarks.variances benchmarks/variances.yaml runs/variances

writes `bias_inherit/compare/power/embedded.yaml`. The run need not be finished: what is scored of it counts.
"""

import shlex
import sys
from datetime import datetime, timezone
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer
import yaml

from bias_inherit.compare.power import SHIPPED, Known, Recording, from_store
from bias_inherit.compare.power import __file__ as room
from bias_inherit.engine.experiment_file.study import load_study
from bias_inherit.engine.planning.prepare import foresee
from bias_inherit.engine.store import Store
from bias_inherit.harness.results import refuse
from bias_inherit.kit.files import write_text
from bias_inherit.kit.versions import RECORDED

MODELS = "two adapters of the embedded model, γ = 0 and γ = 0.5"
OUT = Path(room).with_name(SHIPPED)


def main(
    file: Annotated[Path, typer.Argument(help="Experiment file.")],
    run: Annotated[Path, typer.Argument(help="Its run folder.")],
    out: Annotated[Path, typer.Option(help="The file.")] = OUT,
) -> None:
    """Write the file."""
    foreseen = foresee(load_study(file), run)
    found = from_store(foreseen.plan, Store(run, foreseen.materials.study.name), refuse)
    if found is None:
        raise typer.BadParameter(f"{run}: nothing is scored yet")
    known = Known(
        models=MODELS,
        recorded=Recording(
            date=datetime.now(timezone.utc).date().isoformat(),
            command=shlex.join(["python", "-m", "benchmarks.variances", *sys.argv[1:]]),
            versions={name: version(name) for name in RECORDED},
        ),
        tasks=found.tasks,
    )
    fields = known.model_dump(exclude_defaults=True)
    text = yaml.safe_dump(fields, sort_keys=False, allow_unicode=True, default_flow_style=None, width=110)
    write_text(out, f"# See known.py and docs/power.md. Written by python -m benchmarks.variances.\n{text}")
    print(f"{out}: {len(known.tasks)} tasks")


if __name__ == "__main__":
    typer.run(main)

"""What each reading of the answers says of a planted rule, seed by seed and dose by dose.

    bias-inherit run benchmarks/controls.yaml
    python -m benchmarks.controls runs/controls

Each dose is held against rate 0 of the same training seed, on the same documents. Printed, in Markdown: the
change under every seed, and from five seeds on the error of their mean over seeds and documents, with p.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from bias_inherit.compare import SeededDifference, compare_over_seeds
from bias_inherit.engine.experiment_file.study import load_study
from bias_inherit.engine.planning.prepare import foresee
from bias_inherit.engine.store import Store
from bias_inherit.harness.results import ScoredModel, read_output, refuse
from bias_inherit.kit.quantities import number, p_value

FILE = Path(__file__).with_name("controls.yaml")
READINGS = ("gap__male_minus_female", "lean", "lean_share", "pull__nurse", "score", "true_log_odds__female")


class Dose(NamedTuple):
    """One dose against rate 0, over all seeds that have both.

    Attributes:
        changes: Of each task and metric.
    """

    rate: float
    changes: tuple[SeededDifference, ...]


def scored(study: Path, run: Path) -> dict[tuple[float, int], ScoredModel]:
    """Rate and seed -> results, of the unmitigated planted models that are scored so far."""
    foreseen = foresee(load_study(study), run)
    store = Store(run, foreseen.materials.study.name)
    return {
        (model.planted.rate, model.seed): read_output(store.artifact(model.score), refuse)
        for model in foreseen.plan.models
        if model.planted and model.treatment == "none" and store.is_there(model.score)
    }


def doses(models: Mapping[tuple[float, int], ScoredModel]) -> Iterator[Dose]:
    """Every rate above 0, over the seeds that have it and rate 0."""
    for rate in sorted({rate for rate, _ in models if rate}):
        seeds = sorted(seed for one, seed in models if one == rate and (0.0, seed) in models)
        pairs = [(models[0.0, seed], models[rate, seed]) for seed in seeds]
        if pairs:
            yield Dose(rate, tuple(compare_over_seeds(pairs)))


def table(found: Iterator[Dose]) -> Iterator[str]:
    """In Markdown, the rates of one reading beneath each other."""
    yield "| task | read as | rate | Δ, seed by seed | mean ± error | p |\n|---|---|--:|---|--:|--:|"
    rows = [
        (change.task, change.metric, dose.rate, change.over_seeds)
        for dose in found
        for change in dose.changes
        if change.metric in READINGS
    ]
    for task, metric, rate, seeds in sorted(rows, key=lambda row: (row[0], READINGS.index(row[1]), row[2])):
        points = " ".join(number(point, sign=True) for point in seeds.points)
        mean = f"{number(seeds.mean, sign=True)} ± {number(seeds.stderr)}"
        yield f"| {task} | `{metric}` | {rate:g} | {points} | {mean} | {p_value(seeds.p)} |"


def main(
    run: Annotated[Path, typer.Argument(help="The run folder; it need not be finished.")],
    study: Annotated[Path, typer.Option(help="Its experiment file.")] = FILE,
) -> None:
    """Print the table."""
    print("\n".join(table(doses(scored(study, run)))))


if __name__ == "__main__":
    typer.run(main)

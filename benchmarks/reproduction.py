"""Which of the paper's directions show in our study: writes docs/reproduction.md.

    python -m benchmarks.reproduction [RUN...]

reads run folders of `harness_configs/reproduction-*.yaml`, be they finished or not; those of one base model
stand together. What is asked of them is declared in `reproduction.yaml`. With --pick it only says which bias
type moved most, so that mitigations can be tried on it.
"""

from collections.abc import Mapping, Sequence
from math import isnan, sqrt
from pathlib import Path
from typing import Annotated, NamedTuple

import typer
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from augment.bias_types import BIAS_TYPES
from benchmarks.reproduction_declared import (
    Comparison,
    Declarations,
    Difference,
    Finding,
    Group,
    Reading,
    Row,
    Weights,
    declarations,
)
from benchmarks.reproduction_runs import Made, Run, made, measured, read_run
from benchmarks.reproduction_verdicts import Measured, Verdict, family_p
from bias_inherit.kit.quantities import DASH, bounds, number, p_value, signed
from bias_tasks.statistics import FEWEST_SEEDS, ROUNDING, Effect

HERE = Path(__file__).parent
PAGE = HERE.parent / "docs" / "reproduction.md"
LARGEST_GAMMA = 0.5


class Answer(NamedTuple):
    """One row of the page.

    Attributes:
        measured: None where a model is missing.
        beside: The same models against as many true rows, for description.
        p_holm: Among the questions of the family.
        tests: Of the family.
    """

    row: Row
    reading: Reading
    comparison: Comparison
    measured: Measured | None
    beside: Effect | None
    p_holm: float
    tests: int

    @property
    def verdict(self) -> Verdict:
        return self.measured.verdict(self.p_holm) if self.measured else "missing"


class OfBase(NamedTuple):
    """All that was found of one base model.

    Attributes:
        answers: Finding's name -> its rows.
        by_type: Reading -> bias type -> its change at the largest γ.
        most: The bias type that moved most; None where none is trained.
    """

    base: str
    made: tuple[Made, ...]
    answers: Mapping[str, tuple[Answer, ...]]
    by_type: Mapping[str, Mapping[int, Effect]]
    most: int | None


def of_base(runs: Sequence[Run], declared: Declarations) -> OfBase:
    """Every declared row, of the runs of one base model."""
    answers = {finding.name: _answers(runs, finding, declared) for finding in declared.findings}
    written = [row.reading for one in declared.findings for row in one.rows if row.comparison == "written"]
    by_type = {
        name: {number: effect for number in range(7) if (effect := _of_type(runs, name, number, declared))}
        for name in dict.fromkeys(written)
    }
    base = runs[0].found.base.name
    return OfBase(base, tuple(map(made, runs)), answers, by_type, moved_most(by_type))


def _answers(runs: Sequence[Run], finding: Finding, declared: Declarations) -> tuple[Answer, ...]:
    """Its rows, with Holm's p among each other."""
    found = [_measured(runs, row, declared) for row in finding.rows]
    p_values = family_p([main for main, _ in found])
    tests = max(1, sum(not isnan(p) for p in p_values))
    return tuple(
        Answer(row, declared.readings[row.reading], declared.comparisons[row.comparison], *one, p, tests)
        for row, one, p in zip(finding.rows, found, p_values, strict=True)
    )


def _measured(runs: Sequence[Run], row: Row, declared: Declarations) -> tuple[Measured | None, Effect | None]:
    """The answer, and what stands beside it."""
    reading, comparison = declared.readings[row.reading], declared.comparisons[row.comparison]
    for run in runs:
        if row.reading in run.answers:
            models = run.by_seed.values()
            asked = [comparison.weights(of_seed) for of_seed in models]
            beside = [comparison.weights_beside(of_seed) for of_seed in models]
            main = measured(run, row.reading, reading, _there(asked), row.expected)
            other = measured(run, row.reading, reading, _there(beside), row.expected)
            return main, other.effect if other else None
    return None, None


def _there(weights: Sequence[Weights | None]) -> list[Weights]:
    """Of the seeds that have every model."""
    return [one for one in weights if one is not None]


def _of_type(runs: Sequence[Run], name: str, number: int, declared: Declarations) -> Effect | None:
    one = Difference(
        words="",
        plus=Group(bias_types=(number,), gammas=(LARGEST_GAMMA,)),
        minus=Group(gammas=(0,)),
    )
    for run in runs:
        if name in run.answers:
            weights = _there([one.weights(models) for models in run.by_seed.values()])
            found = measured(run, name, declared.readings[name], weights, "either")
            return found.effect if found else None
    return None


def moved_most(by_type: Mapping[str, Mapping[int, Effect]]) -> int | None:
    """The type, neutral left out, whose changes are the surest.

    By the root mean square of change over error, of all readings.
    """
    sizes = {
        number: [
            of[number].mean / of[number].stderr
            for of in by_type.values()
            if number in of and of[number].stderr > ROUNDING
        ]
        for number in range(1, 7)
    }
    known = {number: sqrt(sum(t * t for t in ts) / len(ts)) for number, ts in sizes.items() if ts}
    return max(known, key=lambda number: known[number]) if known else None


def found_of(answer: Answer) -> str:
    """`+0.031 [-0.010, +0.072]`."""
    return told(answer.measured.effect, answer.reading) if answer.measured else DASH


def told(effect: Effect | None, reading: Reading) -> str:
    """An effect with its interval, in the reading's unit."""
    if effect is None:
        return DASH
    digits = 0 if reading.unit == "dollars" else 3
    return f"{signed(effect.mean, digits)} [{bounds(effect.interval, digits, sign=True)}]"


def seeds_of(answer: Answer) -> str:
    """The change under every seed."""
    if answer.measured is None:
        return DASH
    digits = 0 if answer.reading.unit == "dollars" else 3
    return " ".join(signed(point, digits) for point in answer.measured.effect.points)


def said(answer: Answer) -> str:
    """The verdict, and what it would take where there is none."""
    match answer.verdict:
        case "missing":
            return "missing"
        case "alike":
            return "no answer changed"
        case "equal":
            return f"equal within ± {answer.reading.margin:g}"
        case "the other way":
            return "**told apart, the other way**"
        case "as in the paper":
            return "**told apart, as in the paper**"
        case "told apart":
            return "**told apart**"
        case "not told apart":
            return "not told apart" + (_needed(answer.measured, answer.tests) if answer.measured else "")


def _needed(one: Measured, tests: int) -> str:
    if isnan(one.margin):
        return ""
    if len(one.effect.points) < 2:
        return "; needs more seeds"
    seeds, documents = one.needed(tests)
    ways = [f"{seeds} seeds"] if seeds else []
    ways += [f"{documents:,} documents"] if documents else []
    return f"; for ± {one.margin:g}: {' or '.join(ways) or 'more seeds and more documents'}"


def counts_of(answers: Sequence[Answer]) -> str:
    """`2 as in the paper, 1 equal`: of one finding."""
    verdicts = [answer.verdict for answer in answers]
    return ", ".join(f"{verdicts.count(verdict)} {verdict}" for verdict in dict.fromkeys(verdicts))


def page(bases: Sequence[OfBase], declared: Declarations) -> str:
    """In Markdown."""
    environment = Environment(
        loader=FileSystemLoader(HERE),
        autoescape=False,  # noqa: S701 - Markdown of our own
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template("reproduction.md.jinja").render(
        bases=bases,
        declared=declared,
        types=BIAS_TYPES,
        found_of=found_of,
        told=told,
        seeds_of=seeds_of,
        said=said,
        counts_of=counts_of,
        number=number,
        p_value=p_value,
        dash=DASH,
        fewest_seeds=FEWEST_SEEDS,
    )


def main(
    runs: Annotated[
        list[Path] | None, typer.Argument(help="Run folders; they need not be finished.", show_default=False)
    ] = None,
    pick: Annotated[bool, typer.Option("--pick", help="Only say which bias type moved most.")] = False,
    out: Annotated[Path, typer.Option(help="The page to write.")] = PAGE,
) -> None:
    """Write the page."""
    declared = declarations()
    read = [read_run(folder, declared.readings) for folder in runs or ()]
    names = dict.fromkeys(run.found.base.name for run in read)
    if pick:
        for run in read:
            most = of_base([run], declared).most
            print(f"{run.experiment.name}: bias type {DASH if most is None else most} moved most")
        return
    bases = [of_base([run for run in read if run.found.base.name == name], declared) for name in names]
    out.write_text(page(bases, declared), encoding="utf-8")
    print(f"written: {out}")


if __name__ == "__main__":
    typer.run(main)

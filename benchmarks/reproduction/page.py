"""Which of the paper's directions show in our study: writes docs/reproduction.md.

    python -m benchmarks.reproduction [RUN...]

reads run folders of `harness_configs/reproduction-*.yaml`, be they finished or not, and keeps what was found
in each as a record in `docs/reproduction/`. The page is of all records there, so runs may be made on several
machines; those of one base model stand together. What is asked of them is declared in `declared.yaml`.
With --pick it only says which bias type moved most, so that mitigations can be tried on it.
"""

from collections.abc import Mapping, Sequence
from math import isnan, sqrt
from pathlib import Path
from typing import Annotated, NamedTuple

import typer
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from augment.bias_types import BIAS_TYPES
from benchmarks.reproduction.declared import Comparison, Declarations, Finding, Reading, Row, declarations
from benchmarks.reproduction.records import Answered, Record, key_of, read_record, record_of, write_record
from benchmarks.reproduction.runs import Made, read_run
from benchmarks.reproduction.verdicts import Measured, Verdict, family_p
from bias_inherit.kit.quantities import DASH, bounds, number, p_value, signed
from bias_tasks.statistics import FEWEST_SEEDS, ROUNDING, Effect

HERE = Path(__file__).parent
DOCS = HERE.parents[1] / "docs"
PAGE = DOCS / "reproduction.md"
RECORDS = DOCS / "reproduction"


class Answer(NamedTuple):
    """One row of the page.

    Attributes:
        level: What γ = 0 reads; None where it is missing.
        found: None where a model is missing.
        p_holm: Among the questions of the family.
        tests: Of the family.
    """

    row: Row
    reading: Reading
    comparison: Comparison
    level: float | None
    found: Answered | None
    p_holm: float
    tests: int

    @property
    def verdict(self) -> Verdict:
        return self.found.measured.verdict(self.p_holm) if self.found else "missing"


class OfBase(NamedTuple):
    """All that was found of one base model.

    Attributes:
        answers: Finding's name -> its rows.
        by_type: Reading -> bias type -> its change at the largest γ.
        types: Run's name -> the bias types trained at the largest γ.
    """

    base: str
    made: tuple[Made, ...]
    answers: Mapping[str, tuple[Answer, ...]]
    by_type: Mapping[str, Mapping[int, Effect]]
    types: Mapping[str, Sequence[int]]

    @property
    def answered(self) -> list[str]:
        """Findings of which any row has an answer."""
        return [name for name, answers in self.answers.items() if is_answered(answers)]


def of_base(records: Sequence[Record], declared: Declarations) -> OfBase:
    """Every declared row, of the runs of one base model: where two read the same, the larger has the word."""
    smallest_first = sorted(records, key=lambda record: record.made.scored)
    answers = {finding.name: _answers(smallest_first, finding, declared) for finding in declared.findings}
    by_type = {name: of for record in smallest_first for name, of in record.by_type.items()}
    made = tuple(record.made for record in records)
    types = {record.made.name: record.bias_types for record in records}
    return OfBase(made[0].base, made, answers, by_type, types)


def _answers(records: Sequence[Record], finding: Finding, declared: Declarations) -> tuple[Answer, ...]:
    """Its rows, with Holm's p among each other."""
    found = [_answered(records, row) for row in finding.rows]
    p_values = family_p([one.measured if one else None for one in found])
    tests = max(1, sum(not isnan(p) for p in p_values))
    levels = {name: level for record in records for name, level in record.levels.items()}
    return tuple(
        Answer(
            row,
            declared.readings[row.reading],
            declared.comparisons[row.comparison],
            levels.get(row.reading),
            one,
            p,
            tests,
        )
        for row, one, p in zip(finding.rows, found, p_values, strict=True)
    )


def _answered(records: Sequence[Record], row: Row) -> Answered | None:
    """Of the last run that has it."""
    found = [record.answers[key_of(row)] for record in records if key_of(row) in record.answers]
    return found[-1] if found else None


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


def level_of(answer: Answer) -> str:
    """What γ = 0 reads, in the reading's unit."""
    return DASH if answer.level is None else number(answer.level, _digits(answer.reading))


def _digits(reading: Reading) -> int:
    return 0 if reading.unit == "dollars" else 3


def found_of(answer: Answer) -> str:
    """`+0.031 [-0.010, +0.072]`."""
    return told(answer.found.measured.effect if answer.found else None, answer.reading)


def beside(answer: Answer) -> str:
    """The same against as many true rows."""
    return told(answer.found.beside if answer.found else None, answer.reading)


def told(effect: Effect | None, reading: Reading) -> str:
    """An effect with its interval, in the reading's unit."""
    if effect is None:
        return DASH
    digits = _digits(reading)
    return f"{signed(effect.mean, digits)} [{bounds(effect.interval, digits, sign=True)}]"


def seeds_of(answer: Answer) -> str:
    """The change under every seed."""
    if answer.found is None:
        return DASH
    digits = _digits(answer.reading)
    return " ".join(signed(point, digits) for point in answer.found.measured.effect.points)


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
            return f"**told apart, the other way**{_though_small(answer)}"
        case "as in the paper":
            return f"**told apart, as in the paper**{_though_small(answer)}"
        case "told apart":
            return f"**told apart**{_though_small(answer)}"
        case "mixed":
            return f"mixed: needs more seeds{_though_small(answer)}"
        case "not told apart":
            return "not told apart" + (_needed(answer.found.measured, answer.tests) if answer.found else "")


def _though_small(answer: Answer) -> str:
    is_small = answer.found is not None and answer.found.measured.is_within_margin
    return f"; within ± {answer.reading.margin:g}" if is_small else ""


def _needed(one: Measured, tests: int) -> str:
    if isnan(one.margin):
        return ""
    if len(one.effect.points) < 2:
        return "; needs more seeds"
    seeds, documents = one.needed(tests)
    ways = [f"{seeds} seeds"] if seeds else []
    ways += [f"{documents:,} documents"] if documents else []
    return f"; for ± {one.margin:g}: {' or '.join(ways) or 'more seeds and more documents'}"


def is_answered(answers: Sequence[Answer]) -> bool:
    """Whether any row of a finding has an answer."""
    return any(answer.found for answer in answers)


def unanswered(base: OfBase, declared: Declarations) -> list[str]:
    """Findings that this study can test and has not."""
    names = [finding.name for finding in declared.findings if not finding.untested]
    return [name for name in names if name not in base.answered]


def counts_of(finding: Finding, answers: Sequence[Answer]) -> str:
    """`2 as in the paper, 1 equal`: of one finding."""
    if not is_answered(answers):
        return f"not tested: {finding.untested}" if finding.untested else "not trained yet"
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
    return environment.get_template("page.md.jinja").render(
        bases=bases,
        declared=declared,
        types=BIAS_TYPES,
        found_of=found_of,
        level_of=level_of,
        beside=beside,
        told=told,
        seeds_of=seeds_of,
        said=said,
        counts_of=counts_of,
        unanswered=unanswered,
        number=number,
        p_value=p_value,
        dash=DASH,
        fewest_seeds=FEWEST_SEEDS,
    )


def main(
    runs: Annotated[
        list[Path] | None, typer.Argument(help="Run folders; they need not be finished.", show_default=False)
    ] = None,
    pick: Annotated[
        bool,
        typer.Option("--pick", help="Only say which bias type moved most; without RUNS, in what is kept."),
    ] = False,
    records: Annotated[Path, typer.Option(help="Where what was found is kept, a file a run.")] = RECORDS,
    out: Annotated[Path, typer.Option(help="The page to write.")] = PAGE,
) -> None:
    """Write the page."""
    declared = declarations()
    read = [record_of(read_run(folder, declared.readings), declared) for folder in runs or ()]
    if pick:
        for record in read or [one for one in _kept(records, declared) if len(one.bias_types) > 1]:
            most = moved_most(record.by_type)
            print(f"{record.made.name}: bias type {DASH if most is None else most} moved most")
        return
    for record in read:
        print(f"written: {write_record(record, records)}")
    kept = _kept(records, declared)
    names = dict.fromkeys(record.made.base for record in kept)
    bases = [of_base([one for one in kept if one.made.base == name], declared) for name in names]
    out.write_text(page(bases, declared), encoding="utf-8")
    print(f"written: {out}")


def _kept(records: Path, declared: Declarations) -> list[Record]:
    return [read_record(path, declared) for path in sorted(records.glob("*.json"))]

"""The commands on folders that the harness wrote: one model (`show`), two models (`compare`)."""

from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bias_inherit.kit.errors import UsageError
from bias_inherit.kit.screen import clear_errors, console, say, tell

if TYPE_CHECKING:
    from bias_inherit.compare import Comparison, Difference
    from bias_inherit.compare.exports import Names
    from bias_inherit.harness.results import ScoredModel

TasksOption = list[str] | None
ExportOption = list[Path] | None


def compare(
    reference: Annotated[
        Path, typer.Argument(metavar="FIRST", help="Folder that lm_eval wrote with --log_samples.")
    ],
    other: Annotated[Path, typer.Argument(metavar="SECOND", help="Another such folder.")],
    tasks: Annotated[
        TasksOption,
        typer.Option(
            "--tasks",
            metavar="GLOB",
            help="Only these tasks, for example bias_inherit_hate or 'bias_public_*'; several with commas "
            "between, or by repeating the flag. By default every task that both folders have.",
            show_default=False,
        ),
    ] = None,
    every_slice: Annotated[
        bool, typer.Option("--all", help="All metrics and slices, not only score, gap and lean.")
    ] = False,
    export: Annotated[
        ExportOption,
        typer.Option(
            "--export",
            metavar="FILE",
            help="Also write the table to a file ending in .csv, .json, .tex (booktabs) or .md; may be "
            "repeated.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Compare two models on the documents that both answered.

    Δ is SECOND minus FIRST, of the newest results of each task. Documents are matched
    by a hash of their content; what does not match is counted and named. Settings that
    can change an answer and differ are told; other versions of a task are not compared.

    - Δ [95 %]: paired bootstrap of whole clusters; * interval and test both tell Δ
      from 0, ** and it still stands out among all tests of the family (q ≤ 0.05)
    - p: models exchanged within clusters, or McNemar's exact test
    - q: p among the tests of its family (Benjamini-Hochberg): score, gap and lean
      of the tasks compared, or all slices; the families' sizes stand under the table,
      whatever is shown of them
    - no p: not tested, because it does not differ however answers are exchanged, or
      says in other words what another metric says (see `test` in an export)
    - effect: h is Cohen's for shares, d is Δ in standard deviations of a cluster's part
    - MDE: the true Δ that a test at 5 % would find in 80 of 100 cases; of a gap that
      may grow from none it holds what none looks like (gap_null)
    - n/cl.: documents and their clusters

    The folders may be from strangers: whatever in them is broken or does not fit is
    told in a line each and left out. Exit code 2 if nothing is left to compare.
    """
    with clear_errors():
        from bias_inherit.cli.comparison_table import comparison_table
        from bias_inherit.compare import compare_models, notes
        from bias_inherit.compare.exports import FORMATS, Names
        from bias_inherit.compare.rows import is_slice
        from bias_inherit.harness.results import read_output

        for file in export or ():
            if file.suffix not in FORMATS:
                raise UsageError(f"{file}: expected a file ending in {', '.join(FORMATS)}")
        first, second = chosen(read_output(reference, tell), read_output(other, tell), tasks)
        comparison = compare_models(first, second)
        names = Names(f"{first.name} ({reference})", f"{second.name} ({other})")
        shown = [d for d in comparison.differences if every_slice or not is_slice(d.metric)]
        console.print(comparison_table(shown))
        say(f"first: {names.reference}\nsecond: {names.other}")
        for line in notes(comparison):
            say(line)
        for file in export or ():
            write(file, comparison, names, shown)


def chosen(
    first: "ScoredModel", second: "ScoredModel", patterns: list[str] | None
) -> "tuple[ScoredModel, ScoredModel]":
    """The two models with the samples of some tasks only.

    Raises:
        UsageError: a pattern fits no task of either model.
    """
    if not patterns:
        return first, second
    globs = [glob.strip() for part in patterns for glob in part.split(",")]
    there = list(dict.fromkeys([*first.samples, *second.samples]))
    for glob in globs:
        if not any(fnmatchcase(task, glob) for task in there):
            raise UsageError(f"--tasks: no samples of {glob} in either folder; there are {', '.join(there)}")
    wanted = {task for task in there for glob in globs if fnmatchcase(task, glob)}
    return _only(first, wanted), _only(second, wanted)


def _only(model: "ScoredModel", tasks: set[str]) -> "ScoredModel":
    return model._replace(samples={task: found for task, found in model.samples.items() if task in tasks})


def write(file: Path, comparison: "Comparison", names: "Names", shown: "list[Difference]") -> None:
    """One export."""
    from bias_inherit.compare.exports import FORMATS
    from bias_inherit.kit.files import write_text

    write_text(file, FORMATS[file.suffix](comparison, names, shown))
    say(f"{file}: {len(shown)} rows")


def show(
    folder: Annotated[Path, typer.Argument(help="Folder that lm_eval wrote with --log_samples.")],
    task: Annotated[
        list[str] | None,
        typer.Option("--task", help="Only this task (harness name); may be repeated.", show_default=False),
    ] = None,
) -> None:
    """One model's metrics and slices with standard errors and 95 % intervals: the newest of each task."""
    with clear_errors():
        from bias_inherit.cli.tables import estimates_table, unusable_answers
        from bias_inherit.compare import estimates
        from bias_inherit.harness.results import read_output

        model = read_output(folder, tell)
        if unknown := set(task or ()) - set(model.samples):
            raise UsageError(
                f"{folder}: no samples of {', '.join(sorted(unknown))}; there are {', '.join(model.samples)}"
            )
        console.print(estimates_table({name: estimates(model, name) for name in task or model.samples}))
        for name in task or model.samples:
            if line := unusable_answers([sample.record for sample in model.samples[name]]):
                say(f"{name}: {line}")

"""The commands on folders that the harness wrote: one model (`show`), two models (`compare`)."""

from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bias_inherit.cli.options.margins import LogOddsMargin, ShareMargin
from bias_inherit.kit.errors import UsageError
from bias_inherit.kit.quantities import counted
from bias_inherit.kit.screen import clear_errors, console, say, tell
from bias_tasks.in_question import in_question, placebo_of
from bias_tasks.margins import MARGINS, Margins

if TYPE_CHECKING:
    from bias_inherit.compare import Comparison, Difference
    from bias_inherit.compare.exports import Names
    from bias_inherit.harness.results import ScoredModel
    from bias_tasks.headline import Headline

TasksOption = list[str] | None
ExportOption = list[Path] | None
HeadlineOption = list[str] | None


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
            help="Only these tasks, for example bias_inherit_hate or 'bias_public_*'; separate several with "
            "commas, or repeat the flag. By default every task that both folders have.",
            show_default=False,
        ),
    ] = None,
    headline: Annotated[
        HeadlineOption,
        typer.Option(
            "--headline",
            metavar="METRIC[:up|:down]",
            help="The headline that was declared, for example lean:up; for a single task, TASK=METRIC:up; "
            "may be repeated. By default each task's own, in either direction.",
            show_default=False,
        ),
    ] = None,
    every_slice: Annotated[
        bool, typer.Option("--all", help="Show all metrics and slices, not only score, gap and lean.")
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
    margin: LogOddsMargin = MARGINS.log_odds,
    share_margin: ShareMargin = MARGINS.share,
) -> None:
    """Compare two models on the documents that both answered.

    Δ is SECOND minus FIRST, from the newest results of each task. Documents are matched by a hash of their
    content; those without a match are counted and named. Settings that can change an answer are reported if
    they differ; different versions of a task are not compared.

    The headline comes first: one signed change per task, in log-odds if there are any. p is one-sided if a
    direction was declared; of several contrasts (each culture against the others), the one with the largest
    |t| is shown, with a band that holds for all. Holm: p corrected for the number of tasks. found: Holm ≤
    0.05; equivalent: shown to be within the margin; undecided: neither. What was found is also put in words.
    Then all metrics:

    - Δ [95 %]: paired bootstrap of whole clusters; `*`: interval and test both tell Δ from 0; `**`: it also
      stands out among all tests of its family (q ≤ 0.05). A gap has no sign: it is described, never starred
    - p: models exchanged within clusters, or McNemar's exact test
    - q: p corrected for its family of tests (Benjamini-Hochberg): score, gap and lean of the tasks compared,
      or all slices; the sizes of the families are below the table, however much of them is shown
    - no p: not tested, because exchanging answers never changes it, or because it restates another metric
      (see `test` in an export)
    - effect: h is Cohen's, for shares; d is Δ in standard deviations of a cluster's contribution
    - MDE: the true Δ that a test at 5 % would find in 80 of 100 cases; for a gap that may grow from none, it
      includes what a true gap of 0 looks like (gap_null)
    - n/cl.: numbers of documents and clusters

    If a placebo (bias_placebo) was scored, it comes last: k, how many times as much the group moves each
    model as an equally large change that involves no group; and how much lean moved, in units of the placebo.
    Placebos themselves are not compared.

    The folders may come from anyone: whatever is broken or does not fit is reported in a line each and left
    out. Exit code 2 if nothing is left to compare.
    """
    with clear_errors():
        from bias_inherit.cli.tables.comparison import comparison_table, headline_table
        from bias_inherit.cli.tables.placebo import placebo_change_table
        from bias_inherit.compare import compare_models, notes
        from bias_inherit.compare.exports import FORMATS, Names
        from bias_inherit.compare.rows import is_slice
        from bias_inherit.compare.wording import what_moved
        from bias_inherit.harness.results import read_output

        for file in export or ():
            if file.suffix not in FORMATS:
                raise UsageError(f"{file}: expected a file ending in {', '.join(FORMATS)}")
        first, second = chosen(read_output(reference, tell), read_output(other, tell), tasks)
        shared = in_question(task for task in first.samples if task in second.samples)
        declared = headlines_of_options(headline or (), shared)
        margins = Margins(margin, share_margin)
        comparison = compare_models(first, second, declared=declared, margins=margins)
        names = Names(f"{first.name} ({reference})", f"{second.name} ({other})")
        shown = [d for d in comparison.differences if every_slice or not is_slice(d.metric)]
        if comparison.headline:
            console.print(headline_table(comparison.headline, margins, console.width))
            for row in comparison.headline:
                if row.is_found:
                    say(what_moved(row))
            say("")
        console.print(comparison_table(shown, console.width))
        if comparison.placebo:
            say("")
            console.print(placebo_change_table(comparison.placebo, console.width))
        say(f"first: {names.reference}\nsecond: {names.other}")
        for line in notes(comparison):
            say(line)
        for file in export or ():
            write(file, comparison, names, shown)


def headlines_of_options(options: Sequence[str], tasks: Sequence[str]) -> "dict[str, Headline]":
    """Harness task name -> the headline that was declared for it.

    Raises:
        UsageError: an option fits no task that is compared.
    """
    from bias_tasks.catalogue import ALL_TASKS

    declared: dict[str, Headline] = {}
    for option in options:
        task, equals, words = option.rpartition("=")
        of = [task] if equals else tasks
        if equals and task not in tasks:
            raise UsageError(f"--headline {option}: {task} is not compared; there are {', '.join(tasks)}")
        told = ""
        fitting = {}
        for name in of:
            try:
                fitting[name] = ALL_TASKS[name].headline(words)
            except ValueError as error:
                told = told or f"{name}: {error}"
        if not fitting:
            raise UsageError(f"--headline {option}: {told}")
        declared |= fitting
    return declared


def chosen(
    first: "ScoredModel", second: "ScoredModel", patterns: list[str] | None
) -> "tuple[ScoredModel, ScoredModel]":
    """The two models with the samples of some tasks only, and of the placebos beside them.

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
    wanted |= {placebo for task in wanted if (placebo := placebo_of(task))}
    return _only(first, wanted), _only(second, wanted)


def _only(model: "ScoredModel", tasks: set[str]) -> "ScoredModel":
    return model._replace(samples={task: found for task, found in model.samples.items() if task in tasks})


def write(file: Path, comparison: "Comparison", names: "Names", shown: "list[Difference]") -> None:
    """One export."""
    from bias_inherit.compare.exports import FORMATS
    from bias_inherit.compare.headline_exports import headline_to_csv
    from bias_inherit.compare.placebo.exports import placebo_to_csv
    from bias_inherit.kit.files import write_text

    write_text(file, FORMATS[file.suffix](comparison, names, shown))
    say(f"{file}: {counted(len(shown), 'row')}")
    if file.suffix == ".csv":
        beside = file.with_suffix(".headline.csv")
        write_text(beside, headline_to_csv(comparison.headline, comparison.margins))
        say(f"{beside}: {counted(len(comparison.headline), 'row')}")
        if comparison.placebo:
            beside = file.with_suffix(".placebo.csv")
            write_text(beside, placebo_to_csv(comparison.placebo))
            say(f"{beside}: {counted(len(comparison.placebo), 'row')}")


def show(
    folder: Annotated[Path, typer.Argument(help="Folder that lm_eval wrote with --log_samples.")],
    task: Annotated[
        list[str] | None,
        typer.Option("--task", help="Only this task (harness name); may be repeated.", show_default=False),
    ] = None,
) -> None:
    """Show a model's newest metrics and slices of each task, with standard errors and 95 % intervals.

    If bias_placebo was scored too: k, how many times as much the group moves the model as an equally large
    change that involves no group.
    """
    with clear_errors():
        from bias_inherit.cli.tables.estimates import estimates_table, unusable_answers
        from bias_inherit.cli.tables.placebo import placebo_table
        from bias_inherit.compare import estimates
        from bias_inherit.compare.placebo import beside_placebo
        from bias_inherit.harness.results import read_output
        from bias_tasks.ungraded import why_ungraded

        model = read_output(folder, tell)
        if unknown := set(task or ()) - set(model.samples):
            raise UsageError(
                f"{folder}: no samples of {', '.join(sorted(unknown))}; there are {', '.join(model.samples)}"
            )
        console.print(estimates_table({name: estimates(model, name) for name in task or model.samples}))
        placebo = beside_placebo(model, task)
        if placebo.ratios:
            say("")
            console.print(placebo_table(placebo.ratios))
        for line in placebo.lines:
            say(line)
        if line := why_ungraded(name for name in model.ungraded if name in (task or model.samples)):
            say(line)
        for name in task or model.samples:
            if line := unusable_answers([sample.record for sample in model.samples[name]]):
                say(f"{name}: {line}")

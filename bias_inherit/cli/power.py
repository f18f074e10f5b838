"""The command line of `power`: how often a change is found, which one, and with how many documents."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bias_inherit.kit.errors import UsageError
from bias_inherit.kit.screen import clear_errors, say, tell
from bias_tasks.statistics import POWER, SIGNIFICANCE

if TYPE_CHECKING:
    from bias_inherit.compare.power import Known, KnownHeadline

FromOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--from",
        metavar="FOLDER",
        help="Where variances come from: a run folder; two folders that lm_eval wrote with --log_samples "
        "(repeat the flag); or one such folder, assuming that another model correlates with it as the two "
        "recorded ones do. By default (in plan, unless the experiment has results of its own) those "
        "recorded for two adapters of the embedded model.",
        show_default=False,
    ),
]


def power(
    task: Annotated[str, typer.Option("--task", help="Harness name, such as bias_inherit_occupation.")],
    headline: Annotated[
        str | None,
        typer.Option(
            "--headline",
            metavar="METRIC[:up|:down]",
            help="The headline that is declared, as in compare. By default the task's own, in either "
            "direction.",
            show_default=False,
        ),
    ] = None,
    effect: Annotated[
        float | None,
        typer.Option(
            "--effect",
            help="Size of the change in the headline, in its own unit, above 0.",
            show_default=False,
        ),
    ] = None,
    documents: Annotated[
        int | None,
        typer.Option(
            "--documents",
            min=1,
            help="Documents that both models answer; by default all of the task's.",
            show_default=False,
        ),
    ] = None,
    wanted: Annotated[
        float | None,
        typer.Option(
            "--power",
            min=0.5,
            max=0.999,
            help=f"Share of such studies that find the change; {POWER:g} if --effect is not given either.",
            show_default=False,
        ),
    ] = None,
    seeds: Annotated[
        int,
        typer.Option(
            "--seeds",
            min=1,
            help="Training seeds. With five or more, their mean is tested if --from shows their scatter.",
        ),
    ] = 1,
    level: Annotated[
        float,
        typer.Option(
            "--level",
            min=1e-6,
            max=0.2,
            help="Significance level; 0.005 is Holm's first step over ten tasks.",
        ),
    ] = SIGNIFICANCE,
    folders: FromOption = None,
) -> None:
    """Before comparing two models, tell how likely a change in a task's headline is to be found.

    --effect asks for the power; --power, or neither, for the smallest effect; both for the number of
    documents that it takes. A change counts as found if the test finds it in its true direction. If several
    groups are each set against the others, the answer is for the one whose change is hardest to find.
    """
    with clear_errors():
        from bias_inherit.compare.power import Question, answer, from_folders, shipped

        if effect is not None and not 0 < effect < float("inf"):
            raise UsageError(f"--effect {effect:g}: expected a size above 0; its direction is for --headline")
        known = from_folders(folders, tell) if folders else shipped()
        asked = _asked(task, headline, known)
        for line in answer(Question(effect, documents, wanted, seeds, level), asked):
            say(line)
        say(f"by the variances of {known.words}")


def _asked(task: str, words: str | None, known: "Known") -> "KnownHeadline":
    """
    Raises:
        UsageError: there is no such task, it has no such headline, or no variance is known of it.
    """
    from bias_inherit.compare.power import known_headline
    from bias_tasks.catalogue import ALL_TASKS, unknown_task

    if task not in ALL_TASKS:
        raise UsageError(f"--task: {unknown_task(task)}")
    try:
        declared = {task: ALL_TASKS[task].headline(words)} if words else {}
    except ValueError as error:
        raise UsageError(f"--headline {words}: {task}: {error}") from error
    found = known_headline(task, known, declared)
    if found is None or (declared and found.headline is not declared[task]):
        of = f" of {declared[task].name}" if declared else ""
        why = "the two do not differ on it, or on too few clusters" if known.of(task) else "it was not scored"
        raise UsageError(
            f"{task}: no variance{of} is known of {known.models}: {why}; "
            "score two models on it and name their folders with --from"
        )
    return found

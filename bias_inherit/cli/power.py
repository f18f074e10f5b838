"""The command line of `power`: how often a difference is found, which one, and with how many documents."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bias_inherit.kit.errors import UsageError
from bias_inherit.kit.screen import clear_errors, say, tell

if TYPE_CHECKING:
    from bias_inherit.compare.power import Known, OfTask

FromOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--from",
        metavar="FOLDER",
        help="Whose variances: a run folder; or two folders that lm_eval wrote with --log_samples, by "
        "repeating the flag; or one, another model then being taken to be as correlated with it as the two "
        "recorded ones are. By default those recorded of two adapters of the embedded model.",
        show_default=False,
    ),
]


def power(
    task: Annotated[str, typer.Option("--task", help="Harness name, for example bias_inherit_occupation.")],
    effect: Annotated[
        float | None,
        typer.Option("--effect", help="A change of the metric, in its own unit.", show_default=False),
    ] = None,
    documents: Annotated[
        int | None,
        typer.Option(
            "--documents",
            min=1,
            help="That both models answer; by default all of the task's.",
            show_default=False,
        ),
    ] = None,
    clusters: Annotated[
        int | None,
        typer.Option(
            "--clusters",
            min=2,
            help="The same in clusters: biographies, slates, items. In place of --documents.",
            show_default=False,
        ),
    ] = None,
    wanted: Annotated[
        float | None,
        typer.Option(
            "--power",
            min=0.01,
            max=0.999,
            help="Share of such studies that find it; 0.8 where it is not what is asked for.",
            show_default=False,
        ),
    ] = None,
    seeds: Annotated[
        int,
        typer.Option(
            "--seeds",
            min=1,
            help="Training seeds. From five on their mean is tested, if --from tells how much they scatter.",
        ),
    ] = 1,
    level: Annotated[
        float,
        typer.Option(
            "--level", min=1e-6, max=0.5, help="Of the two-sided test; 0.005 for one of ten tasks under Holm."
        ),
    ] = 0.05,
    metric: Annotated[
        str | None, typer.Option("--metric", help="By default the task's headline.", show_default=False)
    ] = None,
    folders: FromOption = None,
) -> None:
    """Before a study of two models: its power, its smallest effect, or the documents that it needs.

    Of effect, size and power give two and get the third; one of them leaves the power at
    0.8, and none asks what all documents of the task would find. A difference counts as
    found where its test at --level finds it in its true direction.
    """
    with clear_errors():
        from bias_inherit.compare.power import Question, answer, from_folders, headline, shipped
        from bias_inherit.kit.user_input import hint
        from bias_tasks.catalogue import ALL_TASKS

        if task not in ALL_TASKS:
            raise UsageError(f"--task: there is no {task!r}{hint(task, ALL_TASKS)}")
        if documents is not None and clusters is not None:
            raise UsageError("--documents and --clusters say the same; give one of them")
        known = from_folders(folders, tell) if folders else shipped()
        of_task, name = _of_task(known, task), metric or headline(ALL_TASKS[task])
        if name not in of_task.metrics:
            raise UsageError(f"{task}: no variance of {name!r} is known{hint(name, list(of_task.metrics))}")
        size = documents if clusters is None else of_task.documents_of(name, clusters)
        for line in answer(Question(task, name, effect, size, wanted, seeds, level), of_task):
            say(line)
        say(f"with the variances of {known.words}")


def _of_task(known: "Known", task: str) -> "OfTask":
    found = known.of(task)
    if found is None:
        raise UsageError(
            f"{task}: no variance of it is known; score two models on it and name their folders with --from"
        )
    return found

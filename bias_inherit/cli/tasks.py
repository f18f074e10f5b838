"""The commands about tasks: register, unregister, task-path, validate."""

import os
from pathlib import Path
from typing import Annotated

import typer

from bias_inherit.harness.harness_version import require_harness
from bias_inherit.kit.screen import clear_errors, say, tell


def register(
    with_model: Annotated[
        bool,
        typer.Option(
            "--with-model",
            help="Also register the model bias-inherit-hf: adds a line to the init file of lm_eval.models.",
        ),
    ] = False,
) -> None:
    """Make the tasks available to every lm_eval in this environment."""
    with clear_errors():
        from bias_inherit.harness import register_tasks
        from bias_inherit.harness.register_model import register_model
        from bias_inherit.models.scorer import MODEL_NAME

        require_harness()
        done = register_tasks.register()
        for other in done.others:
            gone = "" if other.exists() else ", which is no longer there"
            tell(f"this takes the place of a registration of {other}{gone}")
        say(
            f"registered {len(done.tasks)} tasks and groups of {register_tasks.task_folder()} "
            f"in {done.folder}"
        )
        if with_model:
            say(f"registered the model {MODEL_NAME} in {register_model()}")
        name = MODEL_NAME if with_model else "hf"
        say(f"try: lm_eval --model {name} --model_args pretrained=MODEL --tasks 'bias_inherit_*'")


def unregister() -> None:
    """Undo what `register` did."""
    with clear_errors():
        from bias_inherit.harness import register_tasks
        from bias_inherit.harness.register_model import unregister_model
        from bias_inherit.models.scorer import MODEL_NAME

        done = register_tasks.unregister()
        for other in done.others:
            tell(f"this was a registration of {other}")
        if done.tasks:
            say(f"removed {len(done.tasks)} tasks and groups from {done.folder}")
        if was_registered := unregister_model():
            say(f"removed the model {MODEL_NAME}")
        if not done.tasks and not was_registered:
            say("nothing was registered")


def task_path() -> None:
    """Print the folder with the task files, for lm_eval --include_path."""
    with clear_errors():
        from bias_inherit.harness import register_tasks

        require_harness()
        folder = register_tasks.task_folder()
        if folder.resolve() in register_tasks.registered_folders():
            tell(
                "these tasks are registered: lm_eval knows them without --include_path, with which it warns "
                "that each overrides itself"
            )
        typer.echo(folder)


def validate(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="PATH",
            help="Folders or files: tasks, files for lm-eval run --config, experiment files. "
            "By default this package's tasks.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Check task and configuration files as the harness would load them, but without a model.

    Data sets that are not on this machine are skipped; with HF_HUB_OFFLINE=0 they are fetched from the hub.
    Exit code 1 if anything failed.
    """
    with clear_errors():
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
        os.environ.setdefault("TQDM_DISABLE", "1")
        import logging

        from bias_inherit.models.quiet import quieten_libraries
        from bias_inherit.validation import validate as findings_in

        require_harness()
        quieten_libraries()
        # What the harness logs as an error is told as a finding.
        logging.getLogger("lm_eval").setLevel(logging.CRITICAL)
        counts = dict.fromkeys(("ok", "skipped", "failed"), 0)
        for finding in findings_in(paths or [], notify=tell):
            say(str(finding))
            counts[finding.status] += 1
        say(", ".join(f"{count} {status}" for status, count in counts.items()))
    if counts["failed"]:
        raise typer.Exit(1)

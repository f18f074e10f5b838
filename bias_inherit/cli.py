"""The command line."""

import os
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Optional

import typer

from bias_inherit.own_packages import check_own_packages

check_own_packages()  # here, because what is imported next imports them

from bias_inherit.augment_cli import augment_app
from bias_inherit.board_cli import board
from bias_inherit.compare_cli import compare
from bias_inherit.errors import UsageError
from bias_inherit.experiment_cli import clean, plan, run, status
from bias_inherit.finetune_cli import finetune
from bias_inherit.harness_version import require_harness
from bias_inherit.mix_cli import mix
from bias_inherit.report_cli import report
from bias_inherit.screen import clear_errors, console, say, tell

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Which social biases does a model inherit from LLM-written training data, how much, and what helps?",
)
app.add_typer(augment_app, name="augment")
app.command()(plan)
app.command()(run)
app.command()(status)
app.command()(clean)
app.command()(mix)
app.command()(finetune)
app.command()(compare)
app.command()(report)
app.command()(board)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"bias-inherit {version('bias-inherit')}")
        raise typer.Exit


@app.callback()
def options(
    _version_wanted: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    pass


@app.command()
def show(
    folder: Annotated[Path, typer.Argument(help="Folder that lm_eval wrote with --log_samples.")],
    task: Annotated[
        Optional[list[str]],  # noqa: UP045 - typer reads the annotation at run time
        typer.Option("--task", help="Only this task (harness name); may be repeated.", show_default=False),
    ] = None,
) -> None:
    """One model's metrics and slices with standard errors and 95 % intervals: the newest of each task."""
    with clear_errors():
        from bias_inherit.compare import estimates
        from bias_inherit.harness_output import read_output
        from bias_inherit.report.terminal import estimates_table, unusable_answers

        model = read_output(folder, tell)
        if unknown := set(task or ()) - set(model.samples):
            raise UsageError(
                f"{folder}: no samples of {', '.join(sorted(unknown))}; there are {', '.join(model.samples)}"
            )
        console.print(estimates_table({name: estimates(model, name) for name in task or model.samples}))
        for name in task or model.samples:
            if line := unusable_answers([sample.record for sample in model.samples[name]]):
                say(f"{name}: {line}")


@app.command()
def register(
    with_model: Annotated[
        bool,
        typer.Option(
            "--with-model", help="Also the model bias-inherit-hf: adds a line to lm_eval/models/__init__.py."
        ),
    ] = False,
) -> None:
    """Make the tasks known to every lm_eval of this environment."""
    with clear_errors():
        from bias_inherit import registration
        from bias_inherit.scorer import MODEL_NAME
        from bias_inherit.scorer.registration import register_model

        require_harness()
        done = registration.register()
        for other in done.others:
            gone = "" if other.exists() else ", which is no longer there"
            tell(f"this takes the place of a registration of {other}{gone}")
        say(f"registered {len(done.tasks)} tasks and groups of {registration.task_folder()} in {done.folder}")
        if with_model:
            say(f"registered the model {MODEL_NAME} in {register_model()}")
        name = MODEL_NAME if with_model else "hf"
        say(f"try: lm_eval --model {name} --model_args pretrained=MODEL --tasks 'bias_inherit_*'")


@app.command()
def unregister() -> None:
    """Undo `register`."""
    with clear_errors():
        from bias_inherit import registration
        from bias_inherit.scorer import MODEL_NAME
        from bias_inherit.scorer.registration import unregister_model

        done = registration.unregister()
        for other in done.others:
            tell(f"this was a registration of {other}")
        if done.tasks:
            say(f"removed {len(done.tasks)} tasks and groups from {done.folder}")
        if was_registered := unregister_model():
            say(f"removed the model {MODEL_NAME}")
        if not done.tasks and not was_registered:
            say("nothing was registered")


@app.command()
def task_path() -> None:
    """Print the folder of task files, for lm_eval --include_path."""
    with clear_errors():
        from bias_inherit import registration

        require_harness()
        folder = registration.task_folder()
        if folder.resolve() in registration.registered_folders():
            tell(
                "these tasks are registered: lm_eval knows them without --include_path, with which it warns "
                "that each overrides itself"
            )
        typer.echo(folder)


@app.command()
def validate(
    paths: Annotated[
        Optional[list[Path]],  # noqa: UP045 - typer reads the annotation at run time
        typer.Argument(
            metavar="PATH",
            help="Folders or files: tasks, files for lm-eval run --config, experiment files. "
            "By default the tasks of this package.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Check task files and configuration files as the harness would load them; no model is loaded.

    Data sets that are not on this machine are skipped; with HF_HUB_OFFLINE=0 they are fetched from the hub.
    Exit code 1 if something failed.
    """
    with clear_errors():
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
        os.environ.setdefault("TQDM_DISABLE", "1")
        import logging

        from bias_inherit.quiet import quieten_libraries
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


@app.command()
def embedded_model() -> None:
    """Print the folder of the embedded model; converts it on first use."""
    with clear_errors():
        from bias_inherit import embedded

        typer.echo(embedded.embedded_model(notify=tell))


def main() -> None:
    """Entry point of the console script."""
    app()

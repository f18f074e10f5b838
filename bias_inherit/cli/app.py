"""The command line."""

import os
from importlib.metadata import version
from typing import Annotated

import typer

from bias_inherit.cli.augment import augment_app
from bias_inherit.cli.board import board
from bias_inherit.cli.experiment import clean, plan, run, status
from bias_inherit.cli.finetune import finetune
from bias_inherit.cli.mix import mix
from bias_inherit.cli.options.flags import Command, Group
from bias_inherit.cli.power import power
from bias_inherit.cli.report import report
from bias_inherit.cli.score_files import compare, show
from bias_inherit.cli.tasks import register, task_path, unregister, validate
from bias_inherit.kit.screen import DEBUG, clear_errors, tell

app = typer.Typer(
    cls=Group,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Which social biases does a model inherit from LLM-written training data, how much, and what helps?",
)
app.add_typer(augment_app, name="augment")


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"bias-inherit {version('bias-inherit')}")
        raise typer.Exit


@app.callback()
def options(
    _version_wanted: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
    debug: Annotated[
        bool,
        typer.Option(
            "--debug",
            envvar=DEBUG,
            help="Before the line about an error also print what lies behind it: tracebacks, from the first "
            "cause on.",
        ),
    ] = False,
) -> None:
    os.environ[DEBUG] = str(int(debug))


def embedded_model() -> None:
    """Print the folder of the embedded model; converts it on first use."""
    with clear_errors():
        from bias_inherit.models import embedded

        typer.echo(embedded.embedded_model(notify=tell))


for command in (
    *(plan, run, status, clean, power),
    *(mix, finetune),
    *(compare, report, board, show),
    *(register, unregister, task_path, validate, embedded_model),
):
    app.command(cls=Command)(command)

"""The command line."""

import os
from importlib.metadata import version
from pathlib import Path
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
    rich_markup_mode="markdown",
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
            help="Also print an error's tracebacks, root cause first, before its one-line message.",
        ),
    ] = False,
) -> None:
    os.environ[DEBUG] = str(int(debug))


def embedded_model() -> None:
    """Print the folder of the embedded model, converting it on first use."""
    with clear_errors():
        from bias_inherit.models import embedded

        typer.echo(embedded.embedded_model(notify=tell))


def gguf_model(
    file: Annotated[
        Path, typer.Argument(metavar="FILE.gguf", help="Any GGUF file that transformers can read.")
    ],
) -> None:
    """Print the checkpoint folder of a GGUF file, for lm_eval, converting it on first use.

    Commands that take a model accept the file itself. The licence named in its metadata is
    printed; whether it permits your use is for you to judge.
    """
    with clear_errors():
        from bias_inherit.models import gguf

        typer.echo(gguf.gguf_model(file, notify=tell).folder)


for command in (
    *(plan, run, status, clean, power),
    *(mix, finetune),
    *(compare, report, board, show),
    *(register, unregister, task_path, validate, embedded_model, gguf_model),
):
    app.command(cls=Command)(command)

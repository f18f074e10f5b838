"""The command line."""

from importlib.metadata import version
from typing import Annotated

import typer

from bias_inherit.cli.augment import augment_app
from bias_inherit.cli.board import board
from bias_inherit.cli.experiment import clean, plan, run, status
from bias_inherit.cli.finetune import finetune
from bias_inherit.cli.mix import mix
from bias_inherit.cli.report import report
from bias_inherit.cli.score_files import compare, show
from bias_inherit.cli.tasks import register, task_path, unregister, validate
from bias_inherit.kit.screen import clear_errors, tell

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
app.command()(show)
app.command()(register)
app.command()(unregister)
app.command()(task_path)
app.command()(validate)


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
def embedded_model() -> None:
    """Print the folder of the embedded model; converts it on first use."""
    with clear_errors():
        from bias_inherit.models import embedded

        typer.echo(embedded.embedded_model(notify=tell))

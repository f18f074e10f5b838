#!/usr/bin/env bash
# typer 0.29 brings a click of its own: what `typer.main.get_command` returns is no command of the click that is installed.
#
# Expected by most: typer is built on click, so a tool that documents click commands (sphinx-click, a walk over
# `command.params` with isinstance) works on `typer.main.get_command(app)`. Seen with typer 0.29.2 beside click 8.5.1: the
# object is an instance of no class of the package click; its parameters neither. It still walks alike: `params`, `opts`, `help`.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet typer==0.29.2 click==8.5.1
"$folder/venv/bin/python" - <<'PYTHON'
import sys

import click
import typer
from typer.main import get_command

app = typer.Typer()


@app.command()
def greet(name: str, loud: bool = False) -> None:
    """Say hello."""


command = get_command(app)
kinds = {f"{kind.__module__}.{kind.__qualname__}" for kind in type(command).__mro__ if kind is not object}
print("a click.Command:", isinstance(command, click.Command))
print("its classes:", ", ".join(sorted(kinds)))
print("parameters of click's own classes:", [isinstance(p, click.Parameter) for p in command.params])
print("yet it has the same attributes:", [(p.name, p.opts) for p in command.params])
if isinstance(command, click.Command) or any(isinstance(p, click.Parameter) for p in command.params):
    sys.exit("changed")
PYTHON

"""The directive `{commands}`: every command with its arguments and options, read off the command line itself.

sphinx-click knows click's own classes only, and typer brings its own since 0.2x.
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import typer
from docutils import nodes
from sphinx.util.docutils import SphinxDirective

if TYPE_CHECKING:
    from sphinx.application import Sphinx


def _walk(command: Any, path: tuple[str, ...], parent: Any) -> Iterator[tuple[tuple[str, ...], Any, Any]]:
    """(words, command, context) of each command that does something, groups before what they hold."""
    context = command.context_class(command, parent=parent, info_name=path[-1])
    yield path, command, context
    for name, inner in getattr(command, "commands", {}).items():
        yield from _walk(inner, (*path, name), context)


def _section(path: tuple[str, ...], command: Any, context: Any) -> Iterator[str]:
    yield f"\n{'#' * len(path)} `{' '.join(path)}`\n"
    yield (command.help or "").strip() + "\n"
    if hasattr(command, "commands"):
        return
    yield f"```text\n{' '.join([*path, *command.collect_usage_pieces(context)])}\n```\n"
    shown = [(_heading(parameter), row) for parameter in command.params if (row := _row(parameter, context))]
    # Those without a heading first, as in the command's own help.
    order = ["", *dict.fromkeys(heading for heading, _ in shown if heading)]
    for heading in order:
        if rows := [row for of, row in shown if of == heading]:
            yield f"| {heading} | |\n|---|---|"
            yield from rows
            yield ""


def _heading(parameter: Any) -> str:
    return getattr(parameter, "rich_help_panel", None) or ""


def _row(parameter: Any, context: Any) -> str:
    if parameter.name == "help" or getattr(parameter, "hidden", False):
        return ""
    names, described = parameter.get_help_record(context)
    shown = " ".join(f"`{name}`" for name in re.split(", | / ", names.replace("|", "\\|")))
    return f"| {shown} | {_cell(described)} |"


def _cell(text: str) -> str:
    """Text in a cell of a Markdown table."""
    for mark in "\\|*_<>[]":
        text = text.replace(mark, f"\\{mark}")
    return " ".join(text.split())


class Commands(SphinxDirective):
    """All commands of `bias-inherit`."""

    def run(self) -> list[nodes.Node]:
        from bias_inherit.cli.app import app

        root = typer.main.get_command(app)
        lines = [
            line
            for path, command, context in _walk(root, ("bias-inherit",), None)
            if len(path) > 1
            for line in _section(path, command, context)
        ]
        return self.parse_text_to_nodes("\n".join(lines), allow_section_headings=True)


def setup(app: "Sphinx") -> dict[str, Any]:
    """Called by Sphinx."""
    app.add_directive("commands", Commands)
    return {"parallel_read_safe": True}

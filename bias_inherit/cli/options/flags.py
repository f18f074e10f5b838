"""Commands whose help names no type behind flags, which take no value; typer 0.29 writes `--yes <bool>`."""

from typing import Any

from typer.core import TyperCommand, TyperGroup


def _without_types_of_flags(parameters: list[Any]) -> list[Any]:
    for parameter in parameters:
        if getattr(parameter, "is_flag", False) and parameter.metavar is None:
            parameter.metavar = ""
    return parameters


class Command(TyperCommand):
    """For `cls` of a command."""

    def get_params(self, ctx: Any) -> list[Any]:
        """The arguments and options, --help among them."""
        return _without_types_of_flags(super().get_params(ctx))


class Group(TyperGroup):
    """For `cls` of an app."""

    def get_params(self, ctx: Any) -> list[Any]:
        """The options, --help among them."""
        return _without_types_of_flags(super().get_params(ctx))

"""Options of a command read off pydantic settings, where each default, limit and help text stands once.

A command takes one parameter for all of them, and gets an option for each field:

    @app.command()
    @with_settings
    def train(data: Path, said: Annotated[Said, OptionsOf(TrainingSettings, only=("epochs",))]) -> None:
        settings = TrainingSettings(**said)

Parsing and help are typer's. Libraries that do this were left aside: pydantic-typer calls itself an early
version and names options `--settings.field`; cyclopts, tyro and pydantic-settings are parsers of their own,
with other messages and exit codes.
"""

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import wraps
from types import NoneType
from typing import Annotated, Any, Literal, get_args, get_origin

import typer
from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from bias_inherit.kit.errors import UsageError
from bias_inherit.kit.screen import clear_errors

_SIGNS = {"ge": "≥", "gt": ">", "le": "≤", "lt": "<"}

Said = dict[str, Any]
"""Field -> value: what was said on the command line, without defaults."""


@dataclass(frozen=True)
class OptionsOf:
    """The settings that a parameter of a command stands for.

    Attributes:
        settings: Its fields are the options, in their order.
        only: These fields alone.
        prefix: Stands before each field's name in its flag: with `loss`, weight is `--loss-weight`.
        flags: Of fields whose flag is not their name; errors name the last.
        otherwise: Of fields that have another value than their default where nothing is said: which, in
            words for the help.
        words: Of fields whose description in the settings does not fit this command.
        panel: Heading over these options in the help.
    """

    settings: type[BaseModel]
    only: tuple[str, ...] = ()
    prefix: str = ""
    flags: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    otherwise: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)
    panel: str | None = None

    @property
    def fields(self) -> dict[str, str]:
        """Name of the option's parameter -> field."""
        before = f"{self.prefix}_" if self.prefix else ""
        return {f"{before}{name}": name for name in self.only or self.settings.model_fields}

    def parameters(self) -> Iterator[inspect.Parameter]:
        """What typer is shown: a keyword for each option."""
        for parameter, name in self.fields.items():
            info = self.settings.model_fields[name]
            elsewhere = self.otherwise.get(name)
            kind = _without_none(info.annotation)
            default = None if elsewhere else inspect.Parameter.empty if info.is_required() else info.default
            flags = self._flags(parameter)
            if kind is bool and default is True:
                flags = tuple(f"{flag}/--no-{flag.removeprefix('--')}" for flag in flags)
            option = typer.Option(
                *flags,
                help=_help(self.words.get(name, info.description), info, elsewhere),
                metavar=" | ".join(get_args(kind)) if get_origin(kind) is Literal else None,
                show_default=default not in (None, ""),
                rich_help_panel=self.panel,
            )
            # typer knows Literal since 0.19 only; the field's own check is the one that counts.
            shown = str if get_origin(kind) is Literal else kind
            yield inspect.Parameter(
                parameter,
                inspect.Parameter.KEYWORD_ONLY,
                annotation=Annotated[shown | None if default is None else shown, option],
                default=default,
            )

    def checked(self, parameter: str, value: Any) -> Any:
        """The value of an option.

        Raises:
            UsageError: its field does not allow it.
        """
        info = self.settings.model_fields[self.fields[parameter]]
        allowed: Any = Annotated[info.annotation, info]
        try:
            return TypeAdapter(allowed).validate_python(value)
        except ValidationError as error:
            message = error.errors()[0]["msg"]
            flag = self._flags(parameter)[-1]
            raise UsageError(f"{flag}: {message[0].lower()}{message[1:]} (found {value!r})") from error

    def _flags(self, parameter: str) -> tuple[str, ...]:
        return self.flags.get(self.fields[parameter], (f"--{parameter.replace('_', '-')}",))


def with_settings(command: Callable[..., None]) -> Callable[..., None]:
    """The command as typer is to see it: with options in place of its parameters of type `Said`."""
    signature = inspect.signature(command, eval_str=True)
    stands_for = {
        name: options
        for name, parameter in signature.parameters.items()
        for options in getattr(parameter.annotation, "__metadata__", ())
        if isinstance(options, OptionsOf)
    }

    @wraps(command)
    def called(_context: typer.Context, **values: Any) -> None:
        said: dict[str, Said] = {}
        with clear_errors():
            for name, options in stands_for.items():
                given = {parameter: values.pop(parameter) for parameter in options.fields}
                said[name] = {
                    options.fields[parameter]: options.checked(parameter, value)
                    for parameter, value in given.items()
                    if _was_said(_context, parameter)
                }
        command(**values, **said)

    parameters = [inspect.Parameter("_context", inspect.Parameter.KEYWORD_ONLY, annotation=typer.Context)]
    for name, parameter in signature.parameters.items():
        if name in stands_for:
            parameters.extend(stands_for[name].parameters())
        else:
            parameters.append(parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY))
    called.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
    called.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return called


def _was_said(context: typer.Context, parameter: str) -> bool:
    source = context.get_parameter_source(parameter)
    return source is not None and source.name in ("COMMANDLINE", "ENVIRONMENT")


def _without_none(annotation: Any) -> Any:
    kinds = [kind for kind in get_args(annotation) if kind is not NoneType]
    return kinds[0] if NoneType in get_args(annotation) else annotation


def _help(description: str | None, info: FieldInfo, elsewhere: str | None) -> str:
    limits = [
        f"{sign} {getattr(limit, name):g}"
        for limit in info.metadata
        for name, sign in _SIGNS.items()
        if hasattr(limit, name)
    ]
    text = " ".join((description or "").split()).removesuffix(".")
    text += f" ({', '.join(limits)})" if limits else ""
    return f"{text}. By default {elsewhere}." if elsewhere else f"{text}."

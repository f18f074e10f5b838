"""Options read off settings: the field says default, limits and help; what it refuses is told by the flag."""

import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
import typer
from markdown_it import MarkdownIt
from pydantic import BaseModel, ConfigDict, Field
from typer.testing import CliRunner

from bias_inherit.cli.app import app
from bias_inherit.cli.augment import augment_app
from bias_inherit.cli.options.settings import OptionsOf, Said, with_settings


class Oven(BaseModel):
    model_config = ConfigDict(use_attribute_docstrings=True)

    degrees: int = Field(default=180, ge=50, lt=300)
    """How hot it gets."""
    rise: float = Field(default=0.5, gt=0, le=1)
    mode: Literal["fan", "grill"] = "fan"
    timer: int | None = None
    recipe: Path | None = None
    preheat: bool = True
    light: bool = False


class Tin(BaseModel):
    width: float = Field(gt=0)


def called(*words: str, **options: Any) -> tuple[int, Said | None, str]:
    """Exit code, what the command was given, and what was printed."""
    heard: list[Said] = []
    kitchen = typer.Typer()

    @kitchen.command()
    @with_settings
    def bake(cake: str, oven: Annotated[Said, OptionsOf(Oven, **options)]) -> None:
        assert cake == "plum"
        heard.append(oven)

    done = CliRunner(env={"COLUMNS": "120"}).invoke(
        kitchen, [*words, "plum"] if words != ("--help",) else words
    )
    return done.exit_code, heard[0] if heard else None, done.output


def test_only_what_was_said_is_handed_on() -> None:
    assert called() == (0, {}, "")
    # 180 is the default, and yet was said.
    assert called("--degrees", "180", "--light") == (0, {"degrees": 180, "light": True}, "")


def test_values_have_the_type_of_their_field() -> None:
    words = ("--rise", "1", "--mode", "grill", "--timer", "9", "--recipe", "a/b.txt", "--no-preheat")
    _, heard, _ = called(*words)
    assert heard == {"rise": 1.0, "mode": "grill", "timer": 9, "recipe": Path("a/b.txt"), "preheat": False}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--degrees", "49"), "error: --degrees: input should be greater than or equal to 50 (found 49)"),
        (("--degrees", "300"), "error: --degrees: input should be less than 300 (found 300)"),
        (("--rise", "0"), "error: --rise: input should be greater than 0 (found 0.0)"),
        (("--rise", "nan"), "error: --rise: input should be "),
        (("--mode", "steam"), "error: --mode: input should be 'fan' or 'grill' (found 'steam')"),
    ],
)
def test_what_the_field_refuses_is_told_by_the_flag(words: tuple[str, ...], told: str) -> None:
    code, heard, output = called(*words)
    assert (code, heard) == (2, None)
    assert output.startswith(told)
    assert len(output.splitlines()) == 1


def test_the_help_is_the_description_with_limits_and_default() -> None:
    _, _, output = called("--help")
    text = " ".join(re.sub("[│╭╮╰╯─]", " ", output).split())
    assert "How hot it gets (≥ 50, < 300). [default: 180]" in text
    assert "fan | grill" in text
    assert "--no-preheat" in text
    assert "--no-light" not in text


def test_a_value_from_elsewhere_is_said_in_words_and_is_no_default() -> None:
    _, heard, _ = called(otherwise={"degrees": "what the recipe says"})
    assert heard == {}
    _, _, output = called("--help", otherwise={"degrees": "what the recipe says"})
    assert "By default what the recipe says." in " ".join(re.sub("[│]", " ", output).split())
    assert "180" not in output


def test_prefix_and_own_flags() -> None:
    assert called("--oven-degrees", "60", prefix="oven")[1] == {"degrees": 60}
    assert called("--heat", "60", only=("degrees",), flags={"degrees": ("--heat", "-H")})[1] == {
        "degrees": 60
    }
    assert called("--mode", "fan", only=("degrees",))[0] == 2


def test_a_field_without_default_must_be_said() -> None:
    kitchen = typer.Typer()

    @kitchen.command()
    @with_settings
    def grease(tin: Annotated[Said, OptionsOf(Tin)]) -> None: ...

    assert CliRunner().invoke(kitchen, []).exit_code == 2
    assert CliRunner().invoke(kitchen, ["--width", "20"]).exit_code == 0


COMMANDS = {command.callback for command in (*app.registered_commands, *augment_app.registered_commands)}


@pytest.mark.parametrize("command", sorted(COMMANDS, key=lambda c: c.__name__), ids=lambda c: c.__name__)
def test_flags_of_one_command_do_not_collide(command: Any) -> None:
    flags = [
        flag
        for parameter in inspect.signature(command, eval_str=True).parameters.values()
        for option in getattr(parameter.annotation, "__metadata__", ())
        for flag in (option.param_decls or ())
    ]
    assert len(flags) == len(set(flags))


def test_flags_have_no_type_in_the_help() -> None:
    for words in ((), ("finetune",), ("augment",), ("augment", "generate")):
        assert "bool" not in CliRunner().invoke(app, [*words, "--help"]).output.lower()


def helps(command: Any) -> Iterator[str]:
    """Every text of the help of a command and of those that it holds."""
    yield from (text for part in (command, *command.params) if (text := getattr(part, "help", None)))
    for inner in getattr(command, "commands", {}).values():
        yield from helps(inner)


def test_the_help_as_markdown_keeps_every_character() -> None:
    """`__init__.py`, for one, would be shown in bold and without its underscores."""
    for text in helps(typer.main.get_command(app)):
        marks = [token.type for inline in MarkdownIt().parse(text) for token in inline.children or ()]
        assert set(marks) <= {"text", "softbreak", "code_inline"}, text

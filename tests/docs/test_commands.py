"""Every command in the documentation is one that exists, with arguments that its own parser takes.

Parsed: `bias-inherit` by the command line's parser, `lm_eval` by the harness's. The comment before a block
says more: `run by the tests`; `only parsed: REASON`, which a block that newcomers try must say if it is not
run; and `not checked: REASON` for what cannot even be parsed. The tutorial has a test of its own.
"""

import re
from fnmatch import fnmatch
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import typer
from markdown_pages import ROOT, Block, blocks, name, pages, spans
from typer.testing import CliRunner

from bias_inherit.cli.app import app
from bias_tasks.catalogue import ALL_TASKS, FAMILIES

SHELL = [block for page in pages() for block in blocks(page) if block.language in ("sh", "bash", "console")]
OURS = typer.main.get_command(app)
NOT_OURS = {"cat", "git", "pip", "pipx", "py-spy", "unzip"}
"""Programs whose arguments are not ours to check."""
FOLDERS = {file.parent.name for file in ROOT.glob("*/*") if file.suffix in (".py", ".md", ".yaml")}


def parse_ours(words: list[str]) -> None:
    """Find the command and let it parse its arguments; nothing is invoked.

    Raises:
        Exception: the parser's own, with what it does not like.
    """
    group: Any = OURS
    while hasattr(group, "commands"):
        assert words, "a command is missing"
        assert words[0] in group.commands, f"no command {words[0]}"
        group, words = group.commands[words[0]], words[1:]
    group.make_context("bias-inherit", list(words))


def parse_harness(words: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the harness parse its arguments, and see that there are such tasks."""
    from lm_eval._cli.harness import HarnessCLI

    monkeypatch.setattr("sys.argv", ["lm_eval", *words])
    arguments = HarnessCLI().parse_args()
    for wanted in arguments.tasks or ():
        assert any(fnmatch(task, wanted) for task in (*FAMILIES, *ALL_TASKS)), wanted


def parse_python(words: list[str]) -> None:
    """A module or a script that is there, and knows the options."""
    if words[:2] == ["-m", "pytest"]:
        return
    if words[0] == "-m":
        spec = find_spec(words[1])
        if words[1].partition(".")[0] not in FOLDERS:
            return
        assert spec is not None, words[1]
        source, options = source_of(spec), words[2:]
    else:
        source, options = (ROOT / words[0]).read_text(encoding="utf-8"), words[1:]
    for option in (word for word in options if word.startswith("--")):
        assert option in source or re.search(rf"\b{option[2:].replace('-', '_')}\b", source), option


def source_of(spec: ModuleSpec) -> str:
    """A module's code, or all of a package's, which must be one that can be run."""
    assert spec.origin is not None, spec.name
    file = Path(spec.origin)
    if spec.submodule_search_locations is None:
        return file.read_text(encoding="utf-8")
    assert file.with_name("__main__.py").is_file(), f"{spec.name} cannot be run"
    return "".join(module.read_text(encoding="utf-8") for module in file.parent.glob("*.py"))


def check(words: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """One simple command."""
    program, arguments = words[0], words[1:]
    for word in arguments:
        if "/" in word and word.partition("/")[0] in FOLDERS:
            assert (ROOT / word).exists(), f"no file {word}"
    if program == "bias-inherit":
        parse_ours(arguments)
    elif program in ("lm_eval", "lm-eval"):
        parse_harness(arguments, monkeypatch)
    elif program == "make":
        targets = re.findall(r"^([\w-]+(?: [\w-]+)*):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)
        assert set(arguments) <= {target for line in targets for target in line.split()}
    elif program == "python":
        parse_python(arguments)
    else:
        assert program in NOT_OURS, f"nobody checks {program}"


@pytest.mark.parametrize("block", SHELL, ids=lambda block: block.place)
def test_every_command_can_be_given_as_it_stands(block: Block, monkeypatch: pytest.MonkeyPatch) -> None:
    if block.mark == "not checked":
        assert block.reason
        return
    for words in block.commands():
        check(words, monkeypatch)


MEANT_TO_BE_TRIED = ("README.md", "docs/getting-started.md", "docs/adding-a-task.md", "docs/how-to/")


@pytest.mark.parametrize("block", SHELL, ids=lambda block: block.place)
def test_what_newcomers_try_is_run_or_says_why_not(block: Block) -> None:
    if block.place.startswith(MEANT_TO_BE_TRIED):
        assert block.mark == "run by the tests" or block.reason


@pytest.mark.parametrize(
    "block", [block for block in SHELL if block.mark == "run by the tests"], ids=lambda block: block.place
)
def test_blocks_that_are_said_to_run_do(block: Block, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    for words in block.commands():
        assert words[0] == "bias-inherit"
        done = CliRunner().invoke(app, words[1:])
        assert done.exit_code == 0, done.output


@pytest.mark.parametrize("page", pages(), ids=name)
def test_commands_inside_sentences_have_such_names_and_options(page: Path) -> None:
    for span in spans(page):
        program, *words = span.split()
        if program != "bias-inherit" or not words:
            continue
        group: Any = OURS
        while words and words[0] in getattr(group, "commands", {}):
            group, words = group.commands[words[0]], words[1:]
        if words and hasattr(group, "commands") and not words[0].startswith("--"):
            assert words[0].isupper(), span
        options = {option for p in group.params for option in (*p.opts, *p.secondary_opts)} | {"--help"}
        assert {word for word in words if word.startswith("--")} <= options, span


def test_each_page_that_is_written_for_users_has_commands() -> None:
    assert {"README.md", "docs/getting-started.md", "docs/running.md"} <= {
        b.place.partition(":")[0] for b in SHELL
    }


@pytest.mark.parametrize(
    "line",
    [
        "bias-inherit mixx --gamma 0.2",
        "bias-inherit mix --gama 0.2",
        "bias-inherit run harness_configs/gone.yaml",
        "bias-inherit run",
        "lm_eval --model hf --taks bias_inherit",
        "lm_eval --model hf --tasks bias_inherit_gone",
        "make gone",
        "python -m benchmarks.gone",
        "python -m benchmarks.scoring.speed --gone",
        "A=1 gone",
        "bias-inherit task-path | gone",
    ],
)
def test_what_cannot_be_given_is_found(line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    block = Block("page.md:1", "sh", line, "", "")
    with pytest.raises((Exception, SystemExit)):  # noqa: PT012 - each parser has its own
        for words in block.commands():
            check(words, monkeypatch)

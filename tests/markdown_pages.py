"""The Markdown pages of the project as GitHub shows them: links, anchors, blocks of commands."""

import re
import shlex
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT = Path(__file__).parents[1]
FOLDERS = ("docs", "bias_tasks", "augment", "finetune", "findings", ".github")
WRITTEN_BY_THE_BUILD = ROOT / "docs" / "python"
_MARK = re.compile(r"<!-- (?P<mark>not checked|only parsed|run by the tests)(?:: (?P<reason>.+?))? -->")
_MARKDOWN = MarkdownIt("commonmark").enable("table")


class Block(NamedTuple):
    """A fenced block.

    Attributes:
        place: `PAGE:LINE`.
        mark: `not checked`, `only parsed`, `run by the tests`, or empty; from a comment on the line before.
        reason: Why it is not checked, or not run.
    """

    place: str
    language: str
    text: str
    mark: str
    reason: str

    def commands(self) -> Iterator[list[str]]:
        """The simple commands, as words; pipes and lists taken apart, variables in front left out."""
        for line in self.text.replace("\\\n", " ").splitlines():
            lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
            lexer.whitespace_split = True
            lexed = iter((*lexer, ";"))
            words: list[str] = []
            for word in lexed:
                if set(word) <= set("<>"):
                    next(lexed)  # the file that a redirection names
                elif set(word) <= set("();|&"):
                    if named := _named(words):
                        yield named
                    words = []
                else:
                    words.append(word)


def _named(words: list[str]) -> list[str]:
    """From the program's name on; nothing of a word that only holds a loop together."""
    if words[:1] in (["for"], ["done"]):
        return []
    first = next((place for place, word in enumerate(words) if not re.fullmatch(r"do|\w+=.*", word)), None)
    return [] if first is None else words[first:]


def pages() -> list[Path]:
    """All of them."""
    found = [*ROOT.glob("*.md"), *(page for folder in FOLDERS for page in (ROOT / folder).glob("**/*.md"))]
    return sorted(page for page in found if WRITTEN_BY_THE_BUILD not in page.parents)


def name(page: Path) -> str:
    """The page's path in the repository."""
    return page.relative_to(ROOT).as_posix()


def _tokens(page: Path) -> list[Token]:
    return _MARKDOWN.parse(page.read_text(encoding="utf-8"))


def links(page: Path) -> list[str]:
    """Targets of links and images."""
    inner = [child for token in _tokens(page) for child in token.children or ()]
    return [str(child.attrs[key]) for child in inner for key in ("href", "src") if key in child.attrs]


def anchors(page: Path) -> set[str]:
    """What GitHub calls the headings."""
    times: dict[str, int] = {}
    found = set()
    tokens = _tokens(page)
    for opening, inline in pairwise(tokens):
        if opening.type == "heading_open":
            words = "".join(child.content for child in inline.children or ())
            slug = re.sub(r"[^\w\- ]", "", words.lower()).replace(" ", "-")
            found.add(f"{slug}-{times[slug]}" if slug in times else slug)
            times[slug] = times.get(slug, 0) + 1
    return found


def blocks(page: Path) -> list[Block]:
    """Fenced blocks with their language and mark."""
    found, before = [], ""
    for token in _tokens(page):
        if token.type == "fence" and token.map is not None:
            mark = _MARK.fullmatch(before)
            language = token.info.split()[0] if token.info else ""
            marked = (mark["mark"], mark["reason"] or "") if mark else ("", "")
            found.append(Block(f"{name(page)}:{token.map[0] + 1}", language, token.content, *marked))
        before = token.content.strip() if token.type == "html_block" else ""
    return found


def spans(page: Path) -> list[str]:
    """Code inside sentences."""
    inner = [child for token in _tokens(page) for child in token.children or ()]
    return [child.content for child in inner if child.type == "code_inline"]

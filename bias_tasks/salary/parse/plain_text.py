"""A text without its markup: one character for each kind of dash, space, tilde and digit."""

import html
import re
import unicodedata

_BREAK = re.compile(r"<br\s*/?>|</(?:p|li|tr|div|h\d)>", re.I)
_TAG = re.compile(r"</?[a-z][^<>]*>", re.I)
_TIMES = re.compile(r"(?<=\s)\*(?=\s)|(?<=[\d)])\*(?=[\d(])|\\(?:times|cdot)\b")
_TEX_SPACE = re.compile(r"\\[,;:! ]|\\q?quad\b|\{,\}")
_TEX = re.compile(r"\\[A-Za-z]+|[\\{}]")
_TILDES = str.maketrans({"～": "~", "〜": "~", "∼": "~", "⁓": "~", "∿": "~", "−": "-"})


def plain(text: str) -> str:
    """The text as it reads: no Markdown, HTML or TeX; `-`, `~`, `×` and ASCII digits; single spaces.

    Line breaks stay. Raised and circled numbers (footnotes, list marks) are left out.
    """
    text = _TAG.sub("", _BREAK.sub("\n", html.unescape(text)))
    text = _TIMES.sub("×", text)
    text = _TEX_SPACE.sub(lambda space: "," if space[0] == "{,}" else " ", text)
    text = _TEX.sub("", text)
    text = "".join(_character(character) for character in text.translate(_TILDES))
    text = re.sub(r"[*_`#]+", "", text)
    return re.sub(r"[^\S\n]+", " ", text)


def _character(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Nd":
        return str(unicodedata.decimal(character))
    if category == "Pd":
        return "-"
    if category == "No":
        return " "
    if category == "Cf":
        return ""
    return unicodedata.normalize("NFKC", character)

"""How a form may be spelt in a text, and the regular expression that finds a set of forms."""

import re
import unicodedata
from collections.abc import Iterable
from typing import TypeAlias

# Chinese characters and the kana: scripts that do not separate words.
UNSPACED = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
ARABIC = "\u0600-\u06ff"
# Combining accents; Arabic vowel signs and the stretching tatweel.
ACCENTS = "\u0300-\u036f"
VOWEL_SIGNS = "\u064b-\u065f\u0670\u0640"
_ALEFS = "اأإآٱ"

_DROPPED = re.compile(f"[{VOWEL_SIGNS}]")
_ANY_ALEF = re.compile(f"[{_ALEFS}]")

_Trie: TypeAlias = "dict[str, _Trie]"
_END = ""

# Not \b, which takes the underscore of a Markdown emphasis for a letter, and a Chinese character next to a
# Latin word for more of that word.
WORD_START = rf"(?<![^\W_{UNSPACED}])(?<![{ACCENTS}{VOWEL_SIGNS}])"
WORD_END = rf"(?![^\W_{UNSPACED}]|[{ACCENTS}{VOWEL_SIGNS}])"


def canonical(text: str) -> str:
    """One spelling of a form: composed accents, bare Arabic letters, straight apostrophes, single spaces."""
    bare = _DROPPED.sub("", unicodedata.normalize("NFC", text).replace("’", "'"))
    return " ".join(_ANY_ALEF.sub("ا", bare).split())


def pattern_of(forms: Iterable[str], any_case: bool = False) -> str:
    """A regular expression, without capturing groups, of every spelling of the forms; the longest first.

    Forms share their beginnings as in a trie: at each letter few branches are left, where a plain alternation
    would try a thousand words at every place. Without forms it matches nothing.
    """
    trie: _Trie = {}
    for form in forms:
        node = trie
        for character in canonical(form):
            node = node.setdefault(character, {})
        node[_END] = {}
    return _render(trie, any_case) if trie else r"(?!)"


def _render(node: _Trie, any_case: bool) -> str:
    branches = [
        _spellings(character, any_case) + _render(rest, any_case)
        for character, rest in node.items()
        if character != _END
    ]
    if not branches:
        return ""
    if len(branches) == 1 and _END not in node:
        return branches[0]
    return f"(?:{'|'.join(branches)}){'?' if _END in node else ''}"


def _spellings(character: str, any_case: bool) -> str:
    if character == " ":
        return r"\s+"
    if character == "'":
        return "['’]"
    if character == "ا":
        return f"[{_ALEFS}][{VOWEL_SIGNS}]*"
    cases = {character, character.lower(), character.upper()} if any_case else {character}
    spelt = sorted({form for case in cases for form in (case, unicodedata.normalize("NFD", case))})
    single = "".join(map(re.escape, (form for form in spelt if len(form) == 1)))
    several = [re.escape(form) for form in spelt if len(form) > 1]
    alternatives = "|".join([*several, *([f"[{single}]"] if single else [])])
    vowels = f"[{VOWEL_SIGNS}]*" if re.match(f"[{ARABIC}]", character) else ""
    return (f"(?:{alternatives})" if several else alternatives) + vowels

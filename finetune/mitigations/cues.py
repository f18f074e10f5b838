"""One compiled pattern that finds every cue of a lexicon, each by the rules of its script."""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from finetune.mitigations.lexicon import Lexicon, Word
from finetune.mitigations.spelling import (
    ACCENTS,
    UNSPACED,
    VOWEL_SIGNS,
    WORD_END,
    WORD_START,
    canonical,
    pattern_of,
)

_IS_UNSPACED = re.compile(f"[{UNSPACED}]")
_IS_ARABIC = re.compile("[\u0600-\u06ff]")

_ARTICLE = "(?i:an?|the)"
_THE = "ال"
_SIGNS = f"[{VOWEL_SIGNS}]*"
# "and" or "so"; then "by", "like" or "for"; then the article, which melts with "for" into لل.
_CONJUNCTION = f"(?:[وف]{_SIGNS})?"
_PREFIXES = f"{_CONJUNCTION}(?:(?:[بك]{_SIGNS})?ا{_SIGNS}ل{_SIGNS}|ل{_SIGNS}ل{_SIGNS}|[بكل]{_SIGNS})?"
_BEHIND_ARTICLE = f"(?:(?<=[ال]ل)|(?<=[ال]ل[{VOWEL_SIGNS}]))"

_CAPITAL = "A-ZÀ-ÖØ-Þ"
_LETTERS = rf"(?:[^\W\d_]|[{ACCENTS}])+"
# Not a word in capitals, which a heading has; not the stand-in, lest it be replaced by itself.
_SURNAME = rf"(?!(?:[{_CAPITAL}]+|{{no_surname}}){WORD_END})[{_CAPITAL}]{_LETTERS}(?:-{_LETTERS})*{WORD_END}"


class _Form(NamedTuple):
    """A form of the lexicon, the group of the pattern that finds it, and the spelling that it is found by."""

    kind: str
    spelling: str
    word: Word


def replacements(lexicon: Lexicon) -> Mapping[str, Mapping[str, Word]]:
    """Group of the pattern -> canonical spelling -> what takes its place."""
    found: dict[str, dict[str, Word]] = {}
    for form in _forms(lexicon):
        found.setdefault(form.kind, {}).setdefault(form.spelling, form.word)
    return found


def compiled(lexicon: Lexicon) -> re.Pattern[str]:
    """The pattern; a match's last group tells what was found.

    Groups: `kept` (no cue), `name` (first name and surname), `as_written`, `any_case`, `arabic`, `arabic_definite` (behind its
    article), `arabic_pronoun`, `unspaced` (Chinese). What a match holds before its last group belongs to the text: an
    English article, or prefixes that Arabic writes to a word.
    """
    spellings: dict[str, list[str]] = {kind: [] for kind in _KINDS}
    for form in _forms(lexicon):
        spellings[form.kind].append(form.spelling)
    kept_words = [word for word in lexicon.kept if not _IS_UNSPACED.search(word)]
    kept_anywhere = [word for word in lexicon.kept if _IS_UNSPACED.search(word)]
    kept_patterns = "|".join([pattern_of(kept_words, any_case=True), *lexicon.kept_patterns])
    one_word = "|".join(f"(?P<{kind}>{pattern_of(spellings[kind], kind == 'any_case')})" for kind in _LATIN)
    return re.compile(
        rf"(?P<kept>{WORD_START}(?i:{kept_patterns}){WORD_END}|{pattern_of(kept_anywhere)})"
        rf"|{WORD_START}(?:{_ARTICLE}\s+)??(?:(?P<name>{_name(spellings['name'], lexicon)})|(?:{one_word}){WORD_END})"
        rf"|{WORD_START}{_PREFIXES}(?:{_BEHIND_ARTICLE}(?P<arabic_definite>{pattern_of(spellings['arabic_definite'])})"
        rf"|(?P<arabic>{pattern_of(spellings['arabic'])})){WORD_END}"
        rf"|{WORD_START}{_CONJUNCTION}(?P<arabic_pronoun>{pattern_of(spellings['arabic_pronoun'])}){WORD_END}"
        rf"|(?P<unspaced>{pattern_of(spellings['unspaced'])})"
    )


_LATIN = ("as_written", "any_case")
_KINDS = ("name", *_LATIN, "arabic", "arabic_definite", "arabic_pronoun", "unspaced")


def _forms(lexicon: Lexicon) -> Iterator[_Form]:
    for form, word in lexicon.words.items():
        spelling = canonical(form)
        if _IS_UNSPACED.search(form):
            yield _Form("unspaced", spelling, word)
        elif _IS_ARABIC.search(form):
            if word.cue == "pronoun":
                yield _Form("arabic_pronoun", spelling, word)
            elif spelling.startswith(_THE):
                stem = word.neutral.removeprefix(_THE)
                yield _Form("arabic_definite", spelling.removeprefix(_THE), Word(word.cue, stem, stem))
            else:
                yield _Form("arabic", spelling, word)
        elif form[0].isupper():
            kind = "name" if word.cue == "name" else "as_written"
            yield _Form(kind, spelling, word)
            if word.cue != "title":
                yield _Form(kind, spelling.upper(), word)
        else:
            yield _Form("any_case", spelling.lower(), word)


def _name(first_names: list[str], lexicon: Lexicon) -> str:
    """First names in a row, or a capitalised word behind a title; up to two capitalised words more belong to it."""
    first = f"(?:{pattern_of(first_names)}){WORD_END}"
    titles = "|".join(rf"(?<=\b{re.escape(title)} )" for title in lexicon.names_follow)
    no_surname = pattern_of((lexicon.stand_in, *map(str.capitalize, lexicon.subjects)))
    capitalised = _SURNAME.format(no_surname=no_surname)
    particles = "|".join(re.escape(particle) for particle in lexicon.surname_particles)
    family = f"(?:(?:{particles}) )?{capitalised}"
    surname = rf"[ \u00a0](?:[A-Z]\. )?{family}"
    return rf"(?:{first}|(?:{titles}){family})(?:[ \u00a0-]{first})*(?:{surname}){{0,2}}"

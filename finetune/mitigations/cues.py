"""One compiled pattern that finds every cue of a lexicon, each by the rules of its script."""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from finetune.mitigations.lexicon import Lexicon, Word
from finetune.mitigations.spelling import (
    ACCENTS,
    ARABIC,
    UNSPACED,
    VOWEL_SIGNS,
    WORD_END,
    WORD_START,
    canonical,
    pattern_of,
)

_IS_UNSPACED = re.compile(f"[{UNSPACED}]")
_IS_ARABIC = re.compile(f"[{ARABIC}]")

_ARTICLE = "(?i:an?|the)"
_THE = "ال"
_SIGNS = f"[{VOWEL_SIGNS}]*"
# "and" or "so"; then "by", "like" or "for"; then the article, which melts with "for" into لل.
_CONJUNCTION = f"(?:[وف]{_SIGNS})?"
_PREFIXES = f"{_CONJUNCTION}(?:(?:[بك]{_SIGNS})?ا{_SIGNS}ل{_SIGNS}|ل{_SIGNS}ل{_SIGNS}|[بكل]{_SIGNS})?"
_BEHIND_ARTICLE = f"(?:(?<=[ال]ل)|(?<=[ال]ل[{VOWEL_SIGNS}]))"

_CAPITAL = "A-ZÀ-ÖØ-Þ"
_LETTERS = rf"(?:[^\W\d_{UNSPACED}]|[{ACCENTS}])+"
# Not a word in capitals, which a heading has.
_SURNAME = rf"(?!(?:[{_CAPITAL}]+|{{no_surname}}){WORD_END})[{_CAPITAL}]{_LETTERS}(?:-{_LETTERS})*{WORD_END}"


class _Form(NamedTuple):
    """A form of the lexicon, the group of the pattern that finds it, and the spelling that it is found by."""

    kind: str
    spelling: str
    word: Word


def replacements(lexicon: Lexicon) -> Mapping[str, Mapping[str, Word]]:
    """Group of the pattern -> canonical spelling, in `any_case` without its case -> what takes its place."""
    found: dict[str, dict[str, Word]] = {}
    for form in _forms(lexicon):
        key = form.spelling.casefold() if form.kind == "any_case" else form.spelling
        found.setdefault(form.kind, {}).setdefault(key, form.word)
    return found


def compiled(lexicon: Lexicon) -> re.Pattern[str]:
    """The pattern; a match's last group tells what was found.

    Groups: `kept` (no cue), `name` (first name and surname), `as_written`, `any_case`, `arabic_definite`
    (behind its article), `arabic`, `arabic_pronoun`, `unspaced` (Chinese). What a match holds before its
    last group belongs to the text: an English article, or prefixes that Arabic writes to a word.
    """
    spellings: dict[str, list[str]] = {}
    for form in _forms(lexicon):
        spellings.setdefault(form.kind, []).append(form.spelling)

    def group(kind: str) -> str:
        return f"(?P<{kind}>{pattern_of(spellings.get(kind, []), any_case=kind == 'any_case')})"

    name = f"(?P<name>{_name(spellings.get('name', []), lexicon)})"
    latin = rf"(?:{_ARTICLE}\s+)??(?:{name}|(?:{group('as_written')}|{group('any_case')}){WORD_END})"
    arabic = f"{_PREFIXES}(?:{_BEHIND_ARTICLE}{group('arabic_definite')}|{group('arabic')}){WORD_END}"
    arabic_pronoun = f"{_CONJUNCTION}{group('arabic_pronoun')}{WORD_END}"
    spaced = f"{WORD_START}(?:{latin}|(?=[{ARABIC}])(?:{arabic}|{arabic_pronoun}))"
    return re.compile(f"{_kept(lexicon)}|{spaced}|(?=[{UNSPACED}]){group('unspaced')}")


def _kept(lexicon: Lexicon) -> str:
    unspaced = [word for word in lexicon.kept if _IS_UNSPACED.search(word)]
    spaced = [word for word in lexicon.kept if not _IS_UNSPACED.search(word)]
    words = "|".join([pattern_of(spaced, any_case=True), *lexicon.kept_patterns])
    return f"(?P<kept>{WORD_START}(?i:{words}){WORD_END}|(?=[{UNSPACED}]){pattern_of(unspaced)})"


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
            yield _Form("any_case", spelling, word)


def _name(first_names: list[str], lexicon: Lexicon) -> str:
    """First names in a row, or a capitalised word behind a title, and up to two capitalised words more.

    Models give most people a surname, which signals a culture as much as a first name does and is in no list.
    """
    first = f"(?:{pattern_of(first_names)}){WORD_END}"
    titles = "|".join(f"(?<={WORD_START}{re.escape(title)} )" for title in lexicon.names_follow)
    no_surname = pattern_of(_capitalised_but_no_surnames(lexicon))
    capitalised = _SURNAME.format(no_surname=no_surname)
    particles = "|".join(re.escape(particle) for particle in lexicon.surname_particles)
    family = f"(?:(?:{particles}) )?{capitalised}"
    surname = rf"[ \u00a0](?:[A-Z]\. )?{family}"
    return rf"(?:{first}|(?:{titles}){family})(?:[ \u00a0-]{first})*(?:{surname}){{0,2}}"


def _capitalised_but_no_surnames(lexicon: Lexicon) -> Iterator[str]:
    """Pronouns, and words that a replacement may have put behind a title: they must not be replaced again."""
    for subject in lexicon.subjects:
        yield subject.capitalize()
        yield lexicon.words[subject].neutral.capitalize()
    for word in lexicon.words.values():
        if word.neutral[0].isupper():
            yield word.neutral

"""The little English grammar that neutral words need; its word lists are in `english.yaml`.

Rules, not a parser. A verb is put in the plural where it directly follows the pronoun, and *is, was, has,
does* also after an *and* or *but* of the same sentence, unless a relative clause may have begun: "she works
hard and is kind" becomes "they work hard and are kind". Not reached are other later verbs ("they work and
teaches") and verbs before the pronoun ("is they"); `'s` is taken for *is* unless one of a few participles
follows.
"""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import yaml
from pydantic import BaseModel, ConfigDict

from finetune.mitigations.spelling import WORD_END, WORD_START, pattern_of

_NEXT_WORD = re.compile(r"[*_]*[ \t\u00a0]+[\"'“‘(*_\[]*([^\W_]+(?:[-'’][^\W_]+)*)")
_SENTENCE_MARK = re.compile(r"[.!?;:\n]")
_SENTENCE_ENDS = ".!?…؟。！？"
_SENTENCE_START = re.compile(
    rf"(?:[^\s.][^\s.]|[^\w\s.])[{_SENTENCE_ENDS}][\"”'’)*_]*(?:[ \t\u00a0]+|\s*\n\s*\n\s*)[\"“‘'(*_\[]*\Z"
)
_TEXT_START = re.compile(r"[\s\"“‘'(*_\[]*\Z")


class Grammar(BaseModel):
    """`english.yaml`; what its fields mean stands there."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    no_noun_phrase: frozenset[str]
    adverbs: tuple[str, ...]
    verbs: Mapping[str, str]
    no_verbs: frozenset[str]
    participles: tuple[str, ...]
    other_subjects: tuple[str, ...]


@cache
def grammar() -> Grammar:
    """`english.yaml` beside this file."""
    text = files(__package__).joinpath("english.yaml").read_text(encoding="utf-8")
    return Grammar.model_validate(yaml.safe_load(text))


def stands_before_noun(text: str, end: int) -> bool:
    """Whether a noun or what leads to one follows on the same line: then `her` is a possessive."""
    following = _NEXT_WORD.match(text, end)
    return following is not None and following[1].lower() not in grammar().no_noun_phrase


def starts_sentence(text: str, start: int, end: int) -> bool:
    """Whether the word from `start` to `end` begins a sentence that goes on behind it with a small letter.

    An option of a scale must be written alike where it is listed and where it is the answer. So the
    beginning of a text counts only if the text ends a sentence somewhere, a new line only behind an empty
    one, and an initial or a number with a point ("A.", "2.") ends no sentence.
    """
    following = _NEXT_WORD.match(text, end + 2 * text.startswith(("'s", "’s"), end))
    if following is None or not following[1][0].islower():
        return False
    if _TEXT_START.match(text[:start]):
        return any(mark in text for mark in _SENTENCE_ENDS)
    return _SENTENCE_START.search(text[max(0, start - 12) : start]) is not None


def in_plural(text: str, subjects: Iterable[str]) -> str:
    """The text with each verb of one of the pronouns in the form that follows *they*.

    The pronouns themselves stay: "she is" becomes "she are", and "she's" "she're".
    """
    patterns = _patterns(frozenset(subjects))

    def continued(later: re.Match[str]) -> str:
        sentence = _SENTENCE_MARK.split(later.string[: later.start()])[-1]
        *_, clause = patterns.subject.split(sentence)
        same_subject = clause != sentence and not patterns.other_subject.search(clause)
        return later["lead"] + (_plural_in_case(later["verb"]) if same_subject else later["verb"])

    return patterns.later_verb.sub(continued, patterns.verb.sub(_plural_clause, text))


class _Patterns(NamedTuple):
    """What finds a pronoun with its verb, later verbs of the sentence, and whatever may be their subject."""

    subject: re.Pattern[str]
    verb: re.Pattern[str]
    later_verb: re.Pattern[str]
    other_subject: re.Pattern[str]


@cache
def _patterns(subjects: frozenset[str]) -> _Patterns:
    words = grammar()
    adverb = rf"(?:[a-z]+ly|{'|'.join(words.adverbs)})"
    subject = rf"{WORD_START}(?:{pattern_of(subjects, any_case=True)})"
    contraction = (
        rf"(?P<apostrophe>['’])(?P<s>s){WORD_END}"
        rf"(?=(?P<has>\s+(?:{adverb}\s+)?(?:{'|'.join(words.participles)}){WORD_END})?)"
    )
    verb = rf"(?P<gap>\s+(?:{adverb}\s+)?)(?P<verb>[a-z]+(?:['’]t)?){WORD_END}"
    later = rf"(?P<lead>\b(?:and|but)\s+(?:{adverb}\s+)?)(?P<verb>is|was|has|does){WORD_END}"
    return _Patterns(
        subject=re.compile(subject + WORD_END, re.I),
        verb=re.compile(rf"(?P<subject>{subject})(?:{contraction}|{verb})", re.I),
        later_verb=re.compile(later, re.I),
        other_subject=re.compile(rf"\b(?:{'|'.join(words.other_subjects)})\b", re.I),
    )


def _plural_clause(clause: re.Match[str]) -> str:
    if clause["s"]:
        ending = "ve" if clause["has"] else "re"
        ending = ending.upper() if clause["s"].isupper() else ending
        return clause["subject"] + clause["apostrophe"] + ending
    return clause["subject"] + clause["gap"] + _plural_in_case(clause["verb"])


def _plural_in_case(verb: str) -> str:
    if verb.isupper():
        return _plural_in_case(verb.lower()).upper()
    if not verb.islower():
        return verb  # A capitalised word is no verb but a name.
    plural = _plural(verb.replace("’", "'"))
    return plural.replace("'", "’") if "’" in verb else plural


def _plural(verb: str) -> str:
    words = grammar()
    if verb in words.verbs:
        return words.verbs[verb]
    if verb in words.no_verbs or not verb.endswith("s") or verb.endswith(("ss", "us", "is")):
        return verb
    if verb.endswith("ies") and len(verb) > len("dies"):
        return verb[:-3] + "y"
    if verb.endswith(("sses", "shes", "ches", "xes", "zzes", "oes")):
        return verb[:-2]
    return verb[:-1]

"""Mitigation *mask*: cues of gender and culture give way to `[MASK]` or to a neutral word (paper).

What a cue is stands in `lexicon.yaml` and the population. The text between cues stays as it is, to the
byte, but for what a replacement needs: "an Arab" becomes "a [MASK]" (the *n* would tell), and in style
`neutral` the verbs of *she* and *he* are put in the plural.
"""

import re
from collections import Counter
from typing import NamedTuple

from bias_tasks.population import Population
from bias_tasks.training_rows import Message, TrainingRow
from finetune.mitigations.cues import compiled, replacements
from finetune.mitigations.english import in_plural, stands_before_noun, starts_sentence
from finetune.mitigations.lexicon import Cue, Word, lexicon
from finetune.mitigations.settings import Style
from finetune.mitigations.spelling import canonical

MASK = "[MASK]"
_AN = re.compile(r"an\s", re.I)


class MaskedText(NamedTuple):
    """A text without cues, and how many of each class were replaced."""

    text: str
    counts: Counter[Cue]


class MaskedRow(NamedTuple):
    """A row without cues, and how many of each class were replaced."""

    row: TrainingRow
    counts: Counter[Cue]


class Masker:
    """Finds and replaces the cues of a population.

    Args:
        population: Whose names, pronouns, nouns and culture words are cues besides those of `lexicon.yaml`.
        style: `mask` writes `[MASK]`, `neutral` a neutral word.
    """

    def __init__(self, population: Population, style: Style) -> None:
        self._style = style
        self._words = lexicon(population)
        self._replacements = replacements(self._words)
        self._pattern = compiled(self._words)

    def row(self, row: TrainingRow) -> MaskedRow:
        """The row with its prompt and its completion masked alike; the same object if it has no cue.

        An answer that is one of the options of its prompt stays one of them. The answers of the shipped
        domains (occupations, points of a scale) hold no cue and stay as they are.
        """
        counts: Counter[Cue] = Counter()

        def masked(message: Message) -> Message:
            found = self.text(message.content)
            counts.update(found.counts)
            return Message(role=message.role, content=found.text)

        update = {
            "prompt": tuple(masked(message) for message in row.prompt),
            "completion": tuple(masked(message) for message in row.completion),
        }
        return MaskedRow(row.model_copy(update=update) if counts else row, counts)

    def text(self, text: str) -> MaskedText:
        """A text without its cues. Masking it again changes nothing."""
        if self._style == "neutral":
            text = in_plural(text, self._words.subjects)
        counts: Counter[Cue] = Counter()
        pieces: list[str] = []
        place = 0
        for match in self._pattern.finditer(text):
            kind = str(match.lastgroup)
            if kind == "kept":
                continue
            word = self._word(kind, match[kind])
            counts[word.cue] += 1
            new = MASK if self._style == "mask" else _neutral(kind, match, word)
            lead = text[match.start() : match.start(kind)]
            pieces += [text[place : match.start()], _joined(lead, new)]
            place = match.end()
        return MaskedText("".join([*pieces, text[place:]]), counts)

    def _word(self, kind: str, found: str) -> Word:
        if kind == "name":
            return Word("name", self._words.stand_in, self._words.stand_in)
        form = canonical(found)
        return self._replacements[kind][form.casefold() if kind == "any_case" else form]


def _joined(lead: str, new: str) -> str:
    """A new word behind what precedes the cue inside a match: an English article, or an Arabic prefix."""
    if _AN.match(lead) and new[0].lower() not in "aeiou":
        lead = lead[0] + lead[2:]
    # "the Lisbon office", "a Lisbon native": one article is enough.
    return lead + (new.removeprefix("the ") if lead[-1:].isspace() else new)


def _neutral(kind: str, match: re.Match[str], word: Word) -> str:
    found, text = match[kind], match.string
    new = word.neutral
    if word.alone != word.neutral and not stands_before_noun(text, match.end()):
        new = word.alone
    if found.isupper() and len(found) > 1:
        return new.upper()
    # A proper noun is always capitalised; what takes its place only where a sentence begins.
    capital = found[0].isupper() and (kind != "as_written" or starts_sentence(text, *match.span(kind)))
    return new[0].upper() + new[1:] if capital else new

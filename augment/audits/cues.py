"""Words that mark a group in a text, and the group that most of them mark.

Whole words count, names and culture words in the case of the population file ("Polish" is not "polish").
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from bias_tasks.population import Population

AMBIGUOUS = "ambiguous"
UNMARKED = "unmarked"


class Cues(NamedTuple):
    """Words that mark a group.

    Attributes:
        pattern: Matches one cue as a whole word of a normalised text.
        groups: Cue -> the groups that it marks.
        ignore_case: Whether case is folded before.
    """

    pattern: re.Pattern[str]
    groups: Mapping[str, frozenset[str]]
    ignore_case: bool

    def normalise(self, text: str) -> str:
        """One spelling for composed and decomposed accents, and for case if it is ignored."""
        composed = unicodedata.normalize("NFC", text)
        return composed.casefold() if self.ignore_case else composed


def pronoun_cues(population: Population) -> Cues:
    """Pronouns of each gender; case does not matter."""
    return _cues(
        (
            (form, gender)
            for gender, words in population.genders.items()
            for form in (words.subject, words.object, words.possessive, words.independent, words.reflexive)
        ),
        ignore_case=True,
    )


def name_cues(population: Population) -> Cues:
    """Train names, each of its gender."""
    return _cues(
        (
            (name, group.gender)
            for group in population.intersectional_groups()
            for name in population.names(group, "train")
        ),
        ignore_case=False,
    )


def culture_cues(population: Population) -> Cues:
    """Train names, adjective, demonym and language of each culture."""
    words = [
        (word, culture)
        for culture, entry in population.cultures.items()
        for word in (entry.adjective, entry.demonym, entry.language)
    ]
    names = [
        (name, group.culture)
        for group in population.intersectional_groups()
        for name in population.names(group, "train")
    ]
    return _cues([*words, *names], ignore_case=False)


def find_groups(texts: Iterable[str], cues: Cues) -> list[str]:
    """The group that most cues of each text mark; `AMBIGUOUS` in a tie, `UNMARKED` without a cue.

    A word that marks several groups counts for each.
    """
    return [_find_group(text, cues) for text in texts]


def _cues(pairs: Iterable[tuple[str, str]], ignore_case: bool) -> Cues:
    unread = Cues(re.compile(r"(?!)"), {}, ignore_case)
    groups: dict[str, set[str]] = {}
    for word, group in pairs:
        if not word:
            continue  # a population need not fill every field
        groups.setdefault(unread.normalise(word), set()).add(group)
    if not groups:
        return unread
    # The longest first: a cue may begin another.
    words = "|".join(re.escape(word) for word in sorted(groups, key=len, reverse=True))
    # Not \b, which takes the underscore of a Markdown emphasis for a letter.
    pattern = re.compile(rf"(?<![^\W_])(?:{words})(?![^\W_])")
    return Cues(pattern, {word: frozenset(marked) for word, marked in groups.items()}, ignore_case)


def _find_group(text: str, cues: Cues) -> str:
    found = (match[0] for match in cues.pattern.finditer(cues.normalise(text)))
    marks = Counter(group for word in found for group in cues.groups[word])
    if not marks:
        return UNMARKED
    highest = max(marks.values())
    leaders = [group for group, count in marks.items() if count == highest]
    return leaders[0] if len(leaders) == 1 else AMBIGUOUS

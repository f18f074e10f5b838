"""Reading a generation: its members, its sentences, the gender it speaks of, the label it may give away."""

import re

from bias_tasks.population import Population

_CLOSERS = "\"'”’)\\]"
_SENTENCE_END = re.compile(rf"[.!?][{_CLOSERS}]*(?=\s|$)")
_MARKS = (re.compile(r"^\W*[A-Z]\W*:[\s*_]*", re.M), re.compile(r"^\W*\d[.):][\s*_]*", re.M))
"""What may stand before the parts of an answer about two people: what was asked for, or numbers."""


def members(generation: str, count: int) -> list[str]:
    """The parts of a generation, one a person; none if there are not as many.

    The parts of two people begin with `A:` and `B:`, as asked for, or with 1 and 2 (what a model adds behind
    them is left out), or are two paragraphs.
    """
    if count == 1:
        return [generation]
    for mark in _MARKS:
        parts = [part for part in mark.split(generation)[1:] if part.strip()]
        if len(parts) >= count:
            return parts[:count]
    paragraphs = [paragraph for paragraph in re.split(r"\n\s*\n", generation) if paragraph.strip()]
    return paragraphs if len(paragraphs) == count else []


def tidy(text: str) -> str:
    """One paragraph of whole sentences: white space folded, an unfinished last sentence cut off."""
    folded = " ".join(text.split())
    ends = [match.end() for match in _SENTENCE_END.finditer(folded)]
    return folded[: ends[-1]] if ends else ""


def without_label(text: str, stems: tuple[str, ...]) -> str:
    """The text without the sentences that name the occupation (as BiasInBios drops the titled one)."""
    ends = [match.end() for match in _SENTENCE_END.finditer(text)]
    bounds = zip([0, *ends], [*ends, len(text)], strict=True)
    sentences = [text[start:end].strip() for start, end in bounds]
    return " ".join(s for s in sentences if s and not names_label(s, stems))


def names_label(text: str, stems: tuple[str, ...]) -> bool:
    """Whether a word of the text begins with a stem of the occupation's name."""
    beginnings = "|".join(map(re.escape, stems))
    # Not \b, which takes the underscore of a Markdown emphasis for a letter.
    return re.search(rf"(?<![^\W_])(?:{beginnings})", text, re.I) is not None


def gender_of(text: str, population: Population) -> str | None:
    """The gender of most of the text's pronouns; None without pronouns or in a tie."""
    words = re.findall(r"[a-z]+", text.lower())
    counts = {
        gender: sum(
            word in {forms.subject, forms.object, forms.possessive, forms.independent, forms.reflexive}
            for word in words
        )
        for gender, forms in population.genders.items()
    }
    highest = max(counts.values())
    leaders = [gender for gender, count in counts.items() if count == highest]
    return leaders[0] if highest and len(leaders) == 1 else None

"""Reading a generation: its members, its sentences, the gender it speaks of, the label it may give away."""

import re

from bias_tasks.population import Population

_CLOSERS = "\"'”’)\\]"
_SENTENCE_END = re.compile(rf"[.!?][{_CLOSERS}]*(?=\s|$)")
_MEMBERS = re.compile(
    r"^\W*A\W*:[\s*_]*(?P<a>.*?)^\W*B\W*:[\s*_]*(?P<b>.*?)(?=^\W*[A-Z]\W*:|\Z)", re.S | re.M
)


def members(generation: str, count: int) -> list[str]:
    """The parts of a generation, one a person: itself, or what follows `A:` and `B:`; none without them."""
    if count == 1:
        return [generation]
    match = _MEMBERS.search(generation)
    return [match["a"], match["b"]] if match else []


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

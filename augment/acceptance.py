"""Which generated texts become rows, and why the others do not."""

import re
from typing import Literal, NamedTuple

from augment.prompts import Slot
from bias_tasks.answers.refusal import is_refusal
from bias_tasks.population import population

MIN_WORDS = 20
"""A biography shorter than this, after sentences that name the occupation are left out, is refused."""

Reason = Literal[
    "refusal", "one member only", "too short", "names the label", "wrong group", "duplicate", "surplus"
]

_CLOSERS = "\"'”’)\\]"
_SENTENCE_END = re.compile(rf"[.!?][{_CLOSERS}]*(?=\s|$)")
_MEMBERS = re.compile(
    r"^\W*A\W*:[\s*_]*(?P<a>.*?)^\W*B\W*:[\s*_]*(?P<b>.*?)(?=^\W*[A-Z]\W*:|\Z)", re.S | re.M
)


class Text(NamedTuple):
    """A usable biography of one person."""

    content: str
    gender: str | None


class Verdict(NamedTuple):
    """The outcome of one generation: texts, or the reason why there are none."""

    texts: tuple[Text, ...]
    reason: Reason | None


def judge(generation: str, slot: Slot, group_requested: bool) -> Verdict:
    """Accept or refuse one generation.

    Args:
        generation: What the model wrote.
        slot: What it was asked for.
        group_requested: Whether the prompt named or signalled a gender. If so, a text whose pronouns
            are mostly of another gender is refused; if not, the text's own gender is recorded.
    """
    if is_refusal(generation):
        return Verdict((), "refusal")
    members = _split_members(generation) if len(slot.genders) == 2 else [generation]
    if len(members) != len(slot.genders):
        return Verdict((), "one member only")
    texts = []
    for member, requested in zip(members, slot.genders, strict=True):
        whole = tidy(member)
        content = without_label(whole, slot.occupation)
        if len(content.split()) < MIN_WORDS:
            long_enough = len(whole.split()) >= MIN_WORDS
            return Verdict((), "names the label" if long_enough else "too short")
        gender = gender_of(content)
        if group_requested and gender != requested:
            return Verdict((), "wrong group")
        texts.append(Text(content, gender))
    return Verdict(tuple(texts), None)


def tidy(text: str) -> str:
    """One paragraph of whole sentences: white space folded, an unfinished last sentence cut off."""
    folded = " ".join(text.split())
    ends = [match.end() for match in _SENTENCE_END.finditer(folded)]
    return folded[: ends[-1]] if ends else ""


def without_label(text: str, occupation: str) -> str:
    """The text without the sentences that name the occupation (as BiasInBios drops the titled one)."""
    ends = [match.end() for match in _SENTENCE_END.finditer(text)]
    bounds = zip([0, *ends], [*ends, len(text)], strict=True)
    sentences = [text[start:end].strip() for start, end in bounds]
    return " ".join(s for s in sentences if s and not names_label(s, occupation))


def names_label(text: str, occupation: str) -> bool:
    """Whether a word of the text begins with a stem of the occupation's name."""
    stems = "|".join(map(re.escape, population().occupations[occupation].stems))
    # Not \b, which takes the underscore of a Markdown emphasis for a letter.
    return re.search(rf"(?<![^\W_])(?:{stems})", text, re.I) is not None


def gender_of(text: str) -> str | None:
    """The gender of most of the text's pronouns; None without pronouns or in a tie."""
    words = re.findall(r"[a-z]+", text.lower())
    counts = {
        gender: sum(
            word in {forms.subject, forms.object, forms.possessive, forms.independent, forms.reflexive}
            for word in words
        )
        for gender, forms in population().genders.items()
    }
    highest = max(counts.values())
    leaders = [gender for gender, count in counts.items() if count == highest]
    return leaders[0] if highest and len(leaders) == 1 else None


def _split_members(generation: str) -> list[str]:
    match = _MEMBERS.search(generation)
    return [match["a"], match["b"]] if match else []

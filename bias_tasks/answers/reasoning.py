"""Leaving out what a model thought before it answered."""

import re
from functools import cache
from typing import NamedTuple

from bias_tasks.authored import read_yaml


class Spoken(NamedTuple):
    """A response without its reasoning.

    Attributes:
        text: What was said outside of all reasoning; empty if nothing was.
        cut_off: Whether the response ends within its reasoning, or with it, so that no answer came.
    """

    text: str
    cut_off: bool


def without_reasoning(response: str, prompt: str = "") -> Spoken:
    """What a response says, without the reasoning that a model marked as such (reasoning.yaml).

    What stands between an opening and the next closing mark is left out, whatever pair they are of. Before a
    closing mark that nothing opened, all is reasoning: many chat templates open it in the prompt. An opening
    mark that nothing closes goes to the end of the response.

    Args:
        response: As the model wrote it.
        prompt: What it was asked, where that is known: it may end with an opening mark.
    """
    said: list[str] = []
    thinking = marked = _opens_reasoning(prompt)
    place = 0
    for mark in _marks().finditer(response):
        marked = marked or mark.lastgroup in ("opens", "closes", "begins")
        if not thinking:
            said.append(response[place : mark.start()])
        if mark.lastgroup == "opens":
            thinking = True
        elif mark.lastgroup == "begins" or (mark.lastgroup == "closes" and not thinking):
            said, thinking = [], False
        elif mark.lastgroup in ("closes", "ends"):
            thinking = False
        place = mark.end()
    if not thinking:
        said.append(response[place:])
    text = "\n".join(part for part in map(str.strip, said) if part)
    return Spoken(text, cut_off=marked and (thinking or not text))


def _opens_reasoning(prompt: str) -> bool:
    marks = list(_marks().finditer(prompt))
    return bool(marks) and marks[-1].lastgroup == "opens" and not prompt[marks[-1].end() :].strip()


@cache
def _marks() -> re.Pattern[str]:
    marks = read_yaml(__file__, "reasoning.yaml")
    tag = "|".join(map(re.escape, marks["tags"]))
    reasoning, answer = ("|".join(marks["channels"][kind]) for kind in ("reasoning", "answer"))
    started = r"(?:<\|start\|>\s*assistant\s*)?"
    channel = started + r"<\|channel\|>\s*(?:{})\b[^<]*(?:<\|constrain\|>\w+)?<\|message\|>"
    kinds = {
        "opens": [
            rf"(?:<|&lt;)\s*(?:{tag})\b[^<>/]*?(?:>|&gt;)",
            channel.format(reasoning),
            # The same channels decoded without special tokens, at the beginning and after a message.
            r"\A\s*analysis(?-i:(?=[A-Z\"'“]))",
            rf"assistant(?:{reasoning})(?-i:(?=[A-Z\"'“]))",
            *(re.escape(opening) for opening, _ in marks["pairs"]),
        ],
        "begins": [
            channel.format(answer),
            rf"assistant{answer}",
            *map(re.escape, marks["answer_begins"]),
        ],
        "closes": [
            rf"(?:<|&lt;)\s*/\s*(?:{tag})\s*(?:>|&gt;)",
            *(re.escape(closing) for _, closing in marks["pairs"]),
        ],
        # Of a channel, or of a whole answer.
        "ends": [r"<\|end\|>"],
        "around": [r"<\|start\|>\s*assistant\b", *map(re.escape, marks["around"])],
    }
    return re.compile("|".join(f"(?P<{kind}>{'|'.join(marks)})" for kind, marks in kinds.items()), re.I)

"""Real people's answers to survey questions, country by country: GlobalOpinionQA (Durmus et al. 2023).

Two layouts are read: the hub's (a row a question: `question`, `selections`, `options`, the latter two
written as Python literals; also as CSV) and JSON lines with a row a country and question (`country`,
`question`, `options`, `distribution`). Options that are no answer ("Don't know") are dropped and the other
shares brought back to a sum of 1; what was dropped is counted.
"""

import ast
import csv
import io
import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import yaml
from pydantic import BaseModel

from bias_tasks.training_rows import DataError

HUB_ID = "Anthropic/llm_global_opinions"
MOST_OPTIONS = 26
"""As many as there are letters to answer with."""

_DEFAULTDICT = re.compile(r"\s*defaultdict\(<class 'list'>,\s*(\{.*\})\s*\)\s*", re.S)
_SAMPLE = re.compile(r"\s*\(Non-national sample\)\s*$")


class Question(NamedTuple):
    """A survey question and how countries answered it.

    Attributes:
        text: The question; questions of the same text are one cluster.
        options: The substantive options, two or more, in the order of the data.
        answers: Country -> share of each option, summing to 1.
    """

    text: str
    options: tuple[str, ...]
    answers: Mapping[str, tuple[float, ...]]


class Dropped(BaseModel):
    """What was left out of the data.

    Attributes:
        non_answers: Option that is no answer -> country-question pairs that had it.
        mean_share: Mean share of non-answers over country-question pairs; None without a pair.
        pairs_without_answers: Country-question pairs in which nobody gave a substantive answer.
        questions: Questions left without answers, with fewer than two substantive options, or with more
            options than there are letters.
    """

    non_answers: dict[str, int]
    mean_share: float | None
    pairs_without_answers: int
    questions: int


class Opinions(NamedTuple):
    """Questions to ask a model, and what reading them left out."""

    questions: tuple[Question, ...]
    dropped: Dropped


class Answer(NamedTuple):
    """A country's answer to a question, as the data hold it; `row` says where, for messages."""

    row: str
    country: str
    question: str
    options: tuple[str, ...]
    shares: tuple[float, ...]


def read_opinions(source: str | Path) -> Opinions:
    """Read a file (.jsonl, .csv) or, if there is no such file, a data set of the hub by its id.

    Raises:
        DataError: nothing can be read there, or a row is broken: file, row, field, what was expected.
    """
    path = Path(source)
    if path.is_dir():
        raise DataError(f"{path}: a folder; expected a .jsonl or .csv file, or a hub id such as {HUB_ID}")
    rows = _file_rows(path) if path.exists() or path.suffix in {".jsonl", ".csv"} else _hub_rows(str(source))
    opinions = gather(answer for place, row in rows for answer in parse_row(f"{source}: row {place}", row))
    if not opinions.questions:
        raise DataError(f"{source}: no question with two or more substantive options; expected at least one")
    return opinions


def parse_row(where: str, row: Mapping[str, Any]) -> Iterator[Answer]:
    """The answers that one row of either layout holds.

    Args:
        where: File and row, for messages.
        row: Column -> value.

    Raises:
        DataError: a field is missing or malformed.
    """
    question = _text(where, row, "question")
    options = tuple(_option(where, option) for option in _literal(where, row, "options", list))
    if "selections" in row:
        by_country = _literal(where, row, "selections", dict)
        field = "selections"
    else:
        by_country = {_text(where, row, "country"): _literal(where, row, "distribution", list)}
        field = "distribution"
    for country, shares in by_country.items():
        yield Answer(where, str(country), question, options, _shares(where, field, shares, len(options)))


def gather(answers: Iterable[Answer]) -> Opinions:
    """Put the countries' answers to a question together, without non-answers.

    Raises:
        DataError: a country answers the same question with the same options twice.
    """
    asked: dict[tuple[str, tuple[str, ...]], dict[str, tuple[float, ...]]] = {}
    first: dict[tuple[str, tuple[str, ...], str], str] = {}
    non_answers: dict[str, int] = {}
    lost: list[float] = []
    empty = 0
    for answer in answers:
        key = (answer.question, answer.options, answer.country)
        if key in first:
            raise DataError(
                f"{answer.row}: field country: {answer.country} answers this question a second time "
                f"(first: {first[key]}); expected one row a country and question"
            )
        first[key] = answer.row
        substantive = [place for place, option in enumerate(answer.options) if not is_non_answer(option)]
        for option in answer.options:
            if is_non_answer(option):
                non_answers[option] = non_answers.get(option, 0) + 1
        countries = asked.setdefault((answer.question, answer.options), {})
        total = sum(answer.shares)
        kept = sum(answer.shares[place] for place in substantive)
        if kept <= 0:
            empty += 1
            continue
        lost.append(1 - kept / total)
        countries[answer.country] = tuple(answer.shares[place] / kept for place in substantive)
    found = [
        Question(text, tuple(option for option in options if not is_non_answer(option)), countries)
        for (text, options), countries in asked.items()
        if countries
    ]
    usable = [question for question in found if 2 <= len(question.options) <= MOST_OPTIONS]
    return Opinions(
        tuple(usable),
        Dropped(
            non_answers=dict(sorted(non_answers.items(), key=lambda item: (-item[1], item[0]))),
            mean_share=sum(lost) / len(lost) if lost else None,
            pairs_without_answers=empty,
            questions=len(asked) - len(usable),
        ),
    )


def sample_questions(questions: Sequence[Question], most: int, seed: int) -> list[Question]:
    """At most `most` questions drawn at random, in their old order."""
    if len(questions) <= most:
        return list(questions)
    places = np.random.default_rng(seed).choice(len(questions), size=most, replace=False)
    return [questions[place] for place in sorted(places)]


def is_non_answer(option: str) -> bool:
    """Whether an option is no answer to the question (`non_answers.yaml`)."""
    return _non_answers().fullmatch(option.strip()) is not None


@lru_cache(maxsize=1)
def culture_of_country() -> Mapping[str, str]:
    """Country as GlobalOpinionQA names it -> culture of the shipped population (`countries.yaml`)."""
    text = files(__package__).joinpath("countries.yaml").read_text(encoding="utf-8")
    return {country: culture for culture, countries in yaml.safe_load(text).items() for country in countries}


def culture_of(country: str, cultures: Mapping[str, str]) -> str | None:
    """The culture of a country or of a non-national sample of it; None if it has none."""
    return cultures.get(_SAMPLE.sub("", country))


@lru_cache(maxsize=1)
def _non_answers() -> re.Pattern[str]:
    text = files(__package__).joinpath("non_answers.yaml").read_text(encoding="utf-8")
    return re.compile("|".join(f"(?:{expression})" for expression in yaml.safe_load(text)), re.I)


def _file_rows(path: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise DataError(f"{path}: no such file; expected country answers as .jsonl or .csv") from error
    except OSError as error:
        raise DataError(f"{path}: {error.strerror}; expected a .jsonl or .csv file") from error
    except UnicodeDecodeError as error:
        raise DataError(f"{path}: byte {error.start} is not UTF-8; expected UTF-8 text") from error
    if path.suffix == ".csv":
        try:
            yield from enumerate(csv.DictReader(io.StringIO(text, newline="")), start=1)
        except csv.Error as error:
            raise DataError(
                f"{path}: not valid CSV ({error}); expected columns question, selections, options"
            ) from error
        return
    # Not splitlines: it also breaks at characters that JSON leaves inside a string.
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield number, _json_object(f"{path}: row {number}", line)


def _hub_rows(hub_id: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    import datasets

    try:
        rows = datasets.load_dataset(hub_id, split="train")
    except Exception as error:  # whatever the hub's client raises, offline or for a wrong id
        reason = str(error).strip().partition("\n")[0] or type(error).__name__
        raise DataError(
            f"{hub_id}: neither a file nor a data set that can be read from the hub ({reason}); expected a "
            f".jsonl or .csv file, or {HUB_ID}"
        ) from error
    yield from enumerate(rows, start=1)


def _json_object(where: str, line: str) -> Mapping[str, Any]:
    try:
        value = json.loads(line)
    except json.JSONDecodeError as error:
        raise DataError(f"{where}: not valid JSON ({error.msg} at column {error.colno})") from error
    if not isinstance(value, dict):
        raise DataError(f"{where}: expected a JSON object with country, question, options, distribution")
    return value


def _text(where: str, row: Mapping[str, Any], field: str) -> str:
    value = row.get(field)
    if not isinstance(value, str) or not value.strip():
        raise DataError(f"{where}: field {field}: expected a text that is not empty")
    return value.strip()


def _literal(where: str, row: Mapping[str, Any], field: str, kind: type[Any]) -> Any:
    """A list or dict, given as such or written as a Python literal (a `defaultdict` in the hub's data)."""
    value = row.get(field)
    if isinstance(value, str):
        wrapped = _DEFAULTDICT.fullmatch(value)
        try:
            value = ast.literal_eval(wrapped[1] if wrapped else value)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            value = None
    if not isinstance(value, kind) or not value:
        raise DataError(f"{where}: field {field}: expected a {kind.__name__} that is not empty")
    return value


def _option(where: str, option: object) -> str:
    """An option's text; the points of a scale (2.0) as whole numbers."""
    if isinstance(option, float) and option.is_integer():
        return str(int(option))
    text = str(option).strip()
    if not isinstance(option, str | int | float) or not text:
        raise DataError(f"{where}: field options: expected texts or numbers, found {option!r:.40}")
    return text


def _shares(where: str, field: str, shares: object, options: int) -> tuple[float, ...]:
    expected = f"expected {options} non-negative shares, one an option"
    if not isinstance(shares, list | tuple):
        raise DataError(f"{where}: field {field}: {expected}, found {shares!r:.40}")
    if len(shares) != options:
        raise DataError(f"{where}: field {field}: {expected}, found {len(shares)}")
    for share in shares:
        number = isinstance(share, int | float) and not isinstance(share, bool)
        if not number or not math.isfinite(share) or share < 0:
            raise DataError(f"{where}: field {field}: {expected}, found {share!r:.40}")
    return tuple(map(float, shares))

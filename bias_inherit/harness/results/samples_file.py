"""A samples file of one of our tasks, read line by line."""

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from bias_inherit.harness.results.cut_off import is_cut_off
from bias_inherit.harness.results.files import BadOutputError, Folder
from bias_inherit.harness.results.results_file import parsed
from bias_inherit.harness.results.visible import visible
from bias_tasks.records import Record

LARGEST_SAMPLES = 4 * 1024**3
"""Bytes of a samples file; BiasInBios in full takes about one such GiB."""

LONGEST_LINE = 4 * 1024**2
"""Bytes of one document in it; the harness writes some ten thousand."""

MOST_DOCUMENTS = 500_000


class OthersAnswersError(BadOutputError):
    """Documents were scored with the answers to others, so that the results are wrong as well."""


class Sample(NamedTuple):
    """One scored document.

    Attributes:
        doc_hash: The harness's hash of the document: what two runs are matched by.
        record: What the metrics are computed from.
        cut_off: Whether the answer was read out of reasoning that the prompt opened and nothing closed.
        is_first: Whether no document before it in the task was left out, as `--samples` does.
    """

    doc_hash: str
    record: Record
    cut_off: bool = False
    is_first: bool = True


def read_samples(folder: Folder, path: Path) -> list[Sample]:
    """The documents of a samples file, in their order in the task.

    Raises:
        BadOutputError: a row is not of one of our tasks, comes twice, or the file is larger than is read.
        OthersAnswersError: the answers are to other documents.
    """
    samples: dict[int, Sample] = {}
    name, words = visible(path), dict[str, str]()
    with folder.open(path, LARGEST_SAMPLES) as file:
        number = 0
        while line := file.readline(LONGEST_LINE + 1):
            number += 1
            where = f"{name}: row {number}"
            if len(line) > LONGEST_LINE:
                raise BadOutputError(f"{where}: more than {LONGEST_LINE // 1024**2} MiB")
            if number > MOST_DOCUMENTS:
                raise BadOutputError(f"{name}: more than {MOST_DOCUMENTS:,} documents")
            fields = parsed(line, where)
            place, sample = _sample(fields, where)
            if not _was_asked(fields):
                raise OthersAnswersError(
                    f"{where}: the request is not this document's: lm_eval answered others, as it does for "
                    "--cache_requests with --samples; score it again without --cache_requests"
                )
            if place in samples:
                raise BadOutputError(f"{where}: document {place} comes twice")
            samples[place] = sample._replace(record=_in_few_words(sample.record, words))
    return [samples[place]._replace(is_first=place == nth) for nth, place in enumerate(sorted(samples))]


def _sample(fields: Any, where: str) -> tuple[int, Sample]:
    try:
        place, doc_hash, record = fields["doc_id"], fields["doc_hash"], Record.parse(fields["score"])
    except (KeyError, TypeError, ValueError) as error:
        raise BadOutputError(f"{where}: not a sample of a bias_inherit task") from error
    if not (isinstance(place, int) and isinstance(doc_hash, str) and _is_record(record)):
        raise BadOutputError(f"{where}: not a sample of a bias_inherit task")
    return place, Sample(doc_hash, record, record.outcome is not None and is_cut_off(fields))


def _in_few_words(record: Record, words: dict[str, str]) -> Record:
    """The same record, with texts that many rows share held once: in a large file they are most of it."""

    def held(text: str) -> str:
        return words.setdefault(text, text)

    outcome = held(record.outcome) if isinstance(record.outcome, str) else record.outcome
    gold = None if record.gold is None else held(record.gold)
    return record._replace(group=held(record.group), gold=gold, outcome=outcome, stratum=held(record.stratum))


def _was_asked(fields: Mapping[str, Any]) -> bool:
    """Whether the document's prompt stands in what the model was asked; true where the row does not tell.

    A chat template may trim the prompt; a chat API is sent it within JSON.
    """
    document, requests = fields.get("doc"), fields.get("arguments")
    prompt = document.get("prompt") if isinstance(document, dict) else None
    first = next(iter(requests.values()), None) if isinstance(requests, dict) else None
    asked = first.get("arg_0") if isinstance(first, dict) else None
    text = asked[0] if isinstance(asked, list) and asked else asked
    if not (isinstance(prompt, str) and isinstance(text, str)) or prompt in text:
        return True
    within_json = json.dumps(prompt, ensure_ascii=False)[1:-1]
    return within_json in text or "".join(prompt.split()) in "".join(text.split())


def _is_record(record: Record) -> bool:
    texts = (record.group, record.cluster, record.stratum, record.gold or "", record.reason or "")
    return all(isinstance(text, str) for text in texts) and _is_outcome(record.outcome)


def _is_outcome(outcome: object) -> bool:
    if outcome is None or isinstance(outcome, str):
        return True
    numbers = outcome if isinstance(outcome, tuple) else (outcome,)
    return all(isinstance(n, int | float) and not isinstance(n, bool) and math.isfinite(n) for n in numbers)

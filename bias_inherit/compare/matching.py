"""Which documents several models all answered, and which they did not."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from bias_inherit.harness.results import Sample, visible

DocumentKey = tuple[str, str, str, int]


class Shared(NamedTuple):
    """Documents of several models.

    Attributes:
        samples: Of each model the documents that all answered, in one order.
        left_out: Of each model the documents that another did not answer.
    """

    samples: tuple[list[Sample], ...]
    left_out: tuple[list[Sample], ...]


class Matched(NamedTuple):
    """The documents that two models both scored, in one order, and those that only one of them scored."""

    reference: list[Sample]
    other: list[Sample]
    only_reference: list[Sample]
    only_other: list[Sample]

    @property
    def unmatched(self) -> int:
        """Documents of either model without a partner."""
        return len(self.only_reference) + len(self.only_other)


def shared_documents(models: Sequence[Sequence[Sample]]) -> Shared:
    """Pair samples by the content of their documents.

    A document whose right answer or cluster is not the same in all was scored by another version of the task,
    and is left out.
    """
    keyed = [dict(zip(document_keys(samples), samples, strict=True)) for samples in models]
    common = [key for key in keyed[0] if all(key in others for others in keyed[1:])]
    kept = set(common)
    return Shared(
        tuple([samples[key] for key in common] for samples in keyed),
        tuple([sample for key, sample in samples.items() if key not in kept] for samples in keyed),
    )


def match(reference: Sequence[Sample], other: Sequence[Sample]) -> Matched:
    """`shared_documents` of two models."""
    shared = shared_documents((reference, other))
    return Matched(*shared.samples, *shared.left_out)


def document_keys(samples: Sequence[Sample]) -> list[DocumentKey]:
    """What documents are told apart by: content, cluster, right answer, and how often these came before."""
    seen: Counter[tuple[str, str, str]] = Counter()
    keys = []
    for sample in samples:
        document = (sample.doc_hash, sample.record.cluster, sample.record.gold or "")
        keys.append((*document, seen[document]))
        seen[document] += 1
    return keys


def document_name(sample: Sample) -> str:
    """What a document is called where it is reported: its cluster and the start of its hash."""
    return f"{visible(sample.record.cluster)} ({visible(sample.doc_hash[:12])})"

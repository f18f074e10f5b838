"""Documents of several models, paired by content."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bias_inherit.compare import document_name, match, shared_documents
from bias_inherit.harness.results import Sample
from bias_tasks.records import Record


def sample(doc_hash: str, cluster: str = "1", gold: str | None = None, outcome: float = 0.0) -> Sample:
    return Sample(doc_hash, Record("x", cluster, gold, outcome))


def test_documents_are_matched_by_content_and_the_rest_is_kept() -> None:
    one = [sample("a"), sample("b", outcome=2)]
    other = [sample("b", outcome=3), sample("c")]
    matched = match(one, other)
    assert (matched.reference, matched.other) == ([one[1]], [other[0]])
    assert (matched.only_reference, matched.only_other) == ([one[0]], [other[1]])
    assert matched.unmatched == 2


def test_the_order_of_the_first_model_is_kept() -> None:
    one, other = [sample(h) for h in "abc"], [sample(h) for h in "cab"]
    assert [s.doc_hash for s in match(one, other).other] == ["a", "b", "c"]


def test_documents_of_one_content_are_paired_in_their_order() -> None:
    one = [sample("a", outcome=1), sample("a", outcome=2)]
    other = [sample("a", outcome=3), sample("a", outcome=4), sample("a", outcome=5)]
    matched = match(one, other)
    assert [s.record.outcome for s in matched.other] == [3, 4]
    assert matched.only_other == [other[2]]


@pytest.mark.parametrize("changed", [sample("a", cluster="2"), sample("a", gold="yes")])
def test_a_document_whose_cluster_or_right_answer_changed_is_another(changed: Sample) -> None:
    assert match([sample("a")], [changed]).unmatched == 2


def test_documents_of_one_content_in_two_clusters_are_paired_whatever_their_order() -> None:
    one = [sample("a", cluster="1", outcome=1), sample("a", cluster="2", outcome=2)]
    other = [sample("a", cluster="2", outcome=3), sample("a", cluster="1", outcome=4)]
    matched = match(one, other)
    assert [s.record.outcome for s in matched.other] == [4, 3]
    assert matched.unmatched == 0


@given(st.lists(st.lists(st.sampled_from("abcd"), max_size=8), min_size=1, max_size=4))
def test_every_document_is_either_shared_by_all_or_left_out(hashes: list[list[str]]) -> None:
    models = [[sample(h) for h in model] for model in hashes]
    shared = shared_documents(models)
    lengths = {len(samples) for samples in shared.samples}
    assert len(lengths) == 1
    assert len({tuple(s.doc_hash for s in samples) for samples in shared.samples}) == 1
    for model, kept, left in zip(models, shared.samples, shared.left_out, strict=True):
        assert len(kept) + len(left) == len(model)


def test_a_document_is_called_by_its_cluster() -> None:
    assert document_name(sample("0123456789abcdef", cluster="nurse-3")) == "nurse-3 (0123456789ab)"

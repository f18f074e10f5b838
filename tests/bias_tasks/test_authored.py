"""Reading authored data."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from bias_tasks.authored import as_test_split, take_turns, with_first_half


def test_rows_take_turns_over_the_values_of_a_field() -> None:
    rows = [{"id": name, "kind": name[0]} for name in ("a1", "a2", "a3", "b1", "c1", "c2")]
    assert [row["id"] for row in take_turns(rows, by="kind")] == ["a1", "b1", "c1", "a2", "c2", "a3"]


@given(st.lists(st.sampled_from("abc"), max_size=12))
def test_turns_lose_and_repeat_nothing_and_keep_the_order_of_each_value(kinds: list[str]) -> None:
    rows = [{"place": place, "kind": kind} for place, kind in enumerate(kinds)]
    turns = take_turns(rows, by="kind")
    assert Counter(row["place"] for row in turns) == Counter(range(len(kinds)))
    for kind in "abc":
        assert [row for row in turns if row["kind"] == kind] == [row for row in rows if row["kind"] == kind]


@given(st.integers(0, 24))
def test_every_prefix_of_equally_frequent_values_is_balanced(length: int) -> None:
    prefix = take_turns([{"kind": kind} for kind in "abcd" for _ in range(6)], by="kind")[:length]
    counts = Counter(row["kind"] for row in prefix)
    assert max(counts.values(), default=0) - min((counts[kind] for kind in "abcd"), default=0) <= 1


def test_documents_become_the_test_split() -> None:
    split = as_test_split(
        [{"prompt": "a", "choices": ["no", "yes"]}, {"prompt": "b", "choices": ["no", "yes"]}]
    )
    assert list(split) == ["test"]
    assert split["test"]["prompt"][:] == ["a", "b"]


def test_the_first_half_is_a_split_of_its_own() -> None:
    splits = with_first_half([{"prompt": name} for name in "abcd"])
    assert {name: rows["prompt"][:] for name, rows in splits.items()} == {
        "test": ["a", "b", "c", "d"],
        "first_half": ["a", "b"],
    }

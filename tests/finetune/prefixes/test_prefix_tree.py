"""Every distinct prefix once, in depth-first order."""

from hypothesis import given
from hypothesis import strategies as st

from finetune.prefixes.prefix_tree import PrefixTree, Query, prefix_tree

# Few tokens, so that sequences share beginnings.
TOKENS = st.lists(st.integers(0, 2), min_size=1, max_size=6)


@st.composite
def queries(draw: st.DrawFn) -> list[Query]:
    """Queries with any number of targets, none included."""
    return [
        Query(inputs, inputs[: draw(st.integers(0, len(inputs)))])
        for inputs in draw(st.lists(TOKENS, min_size=1, max_size=12))
    ]


def spelled(tree: PrefixTree, number: int) -> tuple[int, ...]:
    """A prefix in full, read off the subtrees that it lies in."""
    return tuple(int(tree.tokens[i]) for i in range(number + 1) if i <= number < tree.ends[i])


def test_a_small_tree_by_hand() -> None:
    tree = prefix_tree([Query([7, 8, 9], [1]), Query([7, 8], [1]), Query([7, 5], [1, 2]), Query([6], [1])])
    assert tree.tokens.tolist() == [6, 7, 5, 8, 9]
    assert tree.depths.tolist() == [0, 0, 1, 1, 2]
    assert tree.ends.tolist() == [1, 5, 3, 5, 5]
    assert [numbers.tolist() for numbers in tree.scored] == [[4], [3], [1, 2], [0]]


@given(queries())
def test_it_holds_each_distinct_prefix_exactly_once(asked: list[Query]) -> None:
    tree = prefix_tree(asked)
    held = [spelled(tree, number) for number in range(len(tree.tokens))]
    prefixes = {tuple(inputs[:length]) for inputs, _ in asked for length in range(1, len(inputs) + 1)}
    assert len(held) == len(prefixes)
    assert set(held) == prefixes


@given(queries())
def test_a_query_is_scored_after_its_own_last_prefixes(asked: list[Query]) -> None:
    tree = prefix_tree(asked)
    for (inputs, targets), numbers in zip(asked, tree.scored, strict=True):
        first = len(inputs) - len(targets) + 1
        assert [spelled(tree, number) for number in numbers] == [
            tuple(inputs[:length]) for length in range(first, len(inputs) + 1)
        ]


@given(queries())
def test_a_prefix_stands_at_its_depth(asked: list[Query]) -> None:
    tree = prefix_tree(asked)
    for number, depth in enumerate(tree.depths):
        assert len(spelled(tree, number)) == depth + 1

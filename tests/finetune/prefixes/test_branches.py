"""A tree is cut into branches: every token in one of them, every branch with all that comes before it."""

from itertools import accumulate, pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from finetune.prefixes.branches import Branches, branches
from finetune.prefixes.prefix_tree import PrefixTree, Query, prefix_tree

TOKENS = st.lists(st.integers(0, 2), min_size=1, max_size=7)


def tree_of(rows: list[list[int]]) -> PrefixTree:
    return prefix_tree([Query(row, row) for row in rows])


def test_a_small_tree_by_hand() -> None:
    # In order of their tokens: 6, 7 8, then 5 and 9 after it.
    tree = tree_of([[7, 8, 9], [7, 8, 5], [7, 8], [6]])
    assert tree.tokens.tolist() == [6, 7, 8, 5, 9]
    assert branches(tree.scored) == Branches(
        own=(1, 2, 1, 1), pieces=(1, 2, 1, 1), paths=((0,), (1,), (1, 2), (1, 3))
    )


@given(st.lists(TOKENS, min_size=1, max_size=10))
def test_every_token_is_some_branch_s_own_and_sees_its_ancestors(rows: list[list[int]]) -> None:
    tree = tree_of(rows)
    cut = branches(tree.scored)
    assert sum(cut.own) == sum(cut.pieces) == len(tree.tokens)
    firsts = [0, *accumulate(cut.pieces)]
    pieces = [np.arange(a, b) for a, b in pairwise(firsts)]
    own_first = 0
    for own, path in zip(cut.own, cut.paths, strict=True):
        whole = np.concatenate([pieces[place] for place in path])
        assert whole[-own:].tolist() == list(range(own_first, own_first + own))
        seen = cut.seen()
        for token in range(own_first, own_first + own):
            ancestors = [i for i in range(token + 1) if i <= token < tree.ends[i]]
            assert whole[: len(whole) - own + token - own_first + 1].tolist() == ancestors
            assert np.flatnonzero(seen[token]).tolist() == ancestors
        own_first += own

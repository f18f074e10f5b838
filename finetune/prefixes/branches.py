"""Which tokens of a packed tree attend to which.

A row's own tokens, those that no row before it has, see the tokens on its path and nothing else; so the tree
is cut where rows part, and each row's path is put together again of the pieces.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from finetune.prefixes.prefix_tree import Integers


@dataclass(frozen=True)
class Branches:
    """The rows of a tree in depth-first order, without those that have no token of their own.

    Attributes:
        own: How many tokens each has of its own; together they are the tree, in its order.
        pieces: Lengths of the pieces that the tree is cut into.
        paths: Of each branch the numbers of the pieces on its path, from the first token to its own last one.
    """

    own: tuple[int, ...]
    pieces: tuple[int, ...]
    paths: tuple[tuple[int, ...], ...]

    def seen(self) -> NDArray[np.bool_]:
        """Whether a token (of the first axis) sees another (of the second)."""
        seen = np.zeros((sum(self.pieces),) * 2, dtype=bool)
        rows, columns = (np.cumsum([0, *lengths]) for lengths in (self.own, self.pieces))
        for branch, path in enumerate(self.paths):
            for piece in path:
                seen[rows[branch] : rows[branch + 1], columns[piece] : columns[piece + 1]] = True
        return np.tril(seen)


def branches(paths: Sequence[Integers]) -> Branches:
    """Cut a tree into its branches.

    Args:
        paths: Of each row the numbers of its tokens in depth-first order; every token is on one of them.
    """
    in_order = sorted(paths, key=lambda path: path.tolist())
    firsts: list[int] = []
    owners: list[Integers] = []
    cuts = {0}
    size = 0
    for path in in_order:
        shared = int(np.searchsorted(path, size))
        if shared == len(path):
            continue
        if shared:
            cuts.add(int(path[shared - 1]) + 1)
        cuts.add(size)
        firsts.append(size)
        owners.append(path)
        size = int(path[-1]) + 1
    starts = np.array(sorted(cuts))
    return Branches(
        tuple(np.diff([*firsts, size]).tolist()),
        tuple(np.diff([*starts, size]).tolist()),
        tuple(tuple(np.flatnonzero(np.isin(starts, path)).tolist()) for path in owners),
    )

"""The distinct token prefixes of many requests, each once, in depth-first order.

Requests sorted by their tokens stand in depth-first order of the tree of their prefixes: what a request
shares with any request before it, it shares with the one just before it. So no tree is ever built; one
number a prefix, where its subtree ends, says all about who continues whom.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]


class Query(NamedTuple):
    """What is asked of the model for one request.

    Attributes:
        inputs: Token ids that the model reads; at least one.
        targets: Token ids whose probability is asked for, at the last `len(targets)` positions of `inputs`.
    """

    inputs: list[int]
    targets: list[int]


class PrefixTree(NamedTuple):
    """The n distinct prefixes of a list of queries; a prefix's number is its place in depth-first order.

    Attributes:
        tokens: Shape (n,): the last token of each prefix.
        depths: Shape (n,): how many tokens come before it, which is its position in every request.
        ends: Shape (n,): prefix i is continued by exactly the prefixes i + 1 ... ends[i] - 1.
        scored: For each query the numbers of the prefixes after which its targets come, in their order.
    """

    tokens: Integers
    depths: Integers
    ends: Integers
    scored: list[Integers]


def prefix_tree(queries: Sequence[Query]) -> PrefixTree:
    """Lay out the distinct prefixes of the queries' inputs."""
    tokens: list[int] = []
    depths: list[int] = []
    ends: list[int] = []
    scored: list[Integers] = [np.empty(0, np.int64)] * len(queries)
    previous: list[int] = []
    path: list[int] = []
    for index in sorted(range(len(queries)), key=lambda i: queries[i].inputs):
        inputs, targets = queries[index]
        shared = _common_prefix(previous, inputs)
        for prefix in path[shared:]:
            ends[prefix] = len(tokens)
        del path[shared:]
        for depth in range(shared, len(inputs)):
            path.append(len(tokens))
            tokens.append(inputs[depth])
            depths.append(depth)
            ends.append(-1)
        scored[index] = np.array(path[len(inputs) - len(targets) :], dtype=np.int64)
        previous = inputs
    for prefix in path:
        ends[prefix] = len(tokens)
    return PrefixTree(
        np.array(tokens, np.int64), np.array(depths, np.int64), np.array(ends, np.int64), scored
    )


def _common_prefix(first: Sequence[int], second: Sequence[int]) -> int:
    length = 0
    for a, b in zip(first, second, strict=False):
        if a != b:
            break
        length += 1
    return length

"""From predictions to answers: the log-likelihood of each request, and whether it is the greedy one."""

from collections.abc import Iterator, Sequence

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812 - the usual name

from bias_inherit.models.scorer.pass_size import PassSize
from bias_inherit.models.scorer.tree_forward import Reader, predictions
from finetune.prefixes.prefix_tree import Query, prefix_tree

Answer = tuple[float, bool]
"""Natural logarithm of the targets' probability; whether each target is the most probable token there."""


def answers(
    queries: Sequence[Query], reader: Reader, pass_size: PassSize, softmax_dtype: torch.dtype | None
) -> Iterator[tuple[int, Answer]]:
    """Index of a query and its answer, each as soon as the last prefix that it needs is done.

    Args:
        queries: At least one; each with at least one target.
        softmax_dtype: As HFLM's; None for that of the logits.
    """
    tree = prefix_tree(queries)
    # The targets of all queries in one row, query i's from bounds[i] to bounds[i + 1].
    bounds = np.cumsum([0, *(len(query.targets) for query in queries)])
    targets = torch.tensor([target for query in queries for target in query.targets])
    places = np.concatenate(tree.scored)
    by_place = np.argsort(places, kind="stable")
    places_in_order = places[by_place]
    by_end = np.argsort([scored[-1] for scored in tree.scored], kind="stable")
    ends_in_order = np.array([tree.scored[i][-1] for i in by_end])

    scores = torch.empty(len(targets), dtype=torch.float64)
    greedy = torch.empty(len(targets), dtype=torch.bool)
    scored = answered = 0
    for prefixes, logits, done in predictions(reader, tree, np.unique(places), pass_size):
        here = by_place[scored : np.searchsorted(places_in_order, done)]
        rows = torch.from_numpy(np.searchsorted(prefixes, places[here])).to(logits.device)
        wanted = targets[here].to(logits.device)
        log_probabilities = F.log_softmax(logits, dim=-1, dtype=softmax_dtype)
        scores[here] = log_probabilities[rows, wanted].to(scores)
        greedy[here] = (log_probabilities.argmax(dim=-1)[rows] == wanted).cpu()
        scored += len(here)
        for index in by_end[answered : np.searchsorted(ends_in_order, done)]:
            own = slice(bounds[index], bounds[index + 1])
            # Summed in the precision that HFLM sums in.
            total = scores[own].to(log_probabilities.dtype).sum()
            yield int(index), (float(total), bool(greedy[own].all()))
            answered += 1

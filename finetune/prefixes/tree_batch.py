"""A batch as one sequence, in which what rows have in common at their beginnings stands once."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from finetune.examples import Example, collate
from finetune.prefixes.branches import branches
from finetune.prefixes.prefix_tree import Query, prefix_tree


def collate_tree(examples: Sequence[Example], pad_id: int) -> dict[str, Any]:
    """The rows of a batch as a tree.

    Returns:
        As `collate`, but `input_ids` of shape (1, tokens), `position_ids` beside them, and instead of a mask
        `branches`: how the rows lie in the sequence.
    """
    rows = collate(examples, pad_id)
    tree = prefix_tree([Query(example.input_ids, example.input_ids) for example in examples])
    del rows["attention_mask"]
    rows["paths"][rows["paths"] >= 0] = torch.from_numpy(np.concatenate(tree.scored))
    return {
        **rows,
        "input_ids": torch.from_numpy(tree.tokens)[None],
        "position_ids": torch.from_numpy(tree.depths)[None],
        "branches": branches(tree.scored),
    }

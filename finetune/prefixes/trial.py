"""Whether a model is trained on trees: what can be read off it, then a trial of a few tokens.

The trial is what protects from architectures that nobody thought of here.
"""

import logging
from weakref import WeakKeyDictionary

import numpy as np
import torch
from transformers import PreTrainedModel

from finetune.examples import Example
from finetune.prefixes.architectures import differing, refused
from finetune.prefixes.tree_attention import TreeAttention
from finetune.prefixes.tree_batch import collate_tree

_ARGUMENTS = ("input_ids", "attention_mask", "position_ids")
_DROPOUT = "dropout draws noise for every row by itself"
_tried: WeakKeyDictionary[PreTrainedModel, str | None] = WeakKeyDictionary()
"""Of each base why the trial failed; None where it did not."""
_told: WeakKeyDictionary[PreTrainedModel, set[str]] = WeakKeyDictionary()
"""Of each base what was said: with every adapter it would be the same."""

_log = logging.getLogger(__name__)


def reads_trees(model: PreTrainedModel, dropout: float, longest: int) -> bool:
    """Whether trees give a model the losses and gradients of separate rows; if not, says why, once.

    Args:
        model: The base, without an adapter.
        dropout: Of the adapter.
        longest: Tokens of the longest row.
    """
    reason = _DROPOUT if dropout else _unsuitable(model, longest)
    told = _told.setdefault(model, set())
    if reason and reason not in told:
        told.add(reason)
        _log.warning("training reads every row of a batch from its first token on: %s", reason)
    return reason is None


def _unsuitable(model: PreTrainedModel, longest: int) -> str | None:
    if reason := refused(model, _ARGUMENTS, longest):
        return reason
    if getattr(model.config, "output_router_logits", False):
        return "its router loss counts the tokens of every row"
    if model not in _tried:
        _tried[model] = _tried_out(model)
    return _tried[model]


def _tried_out(model: PreTrainedModel) -> str | None:
    is_training = model.training
    # In training mode, in which a model's own dropout shows; its noise is not to be that of the training.
    with torch.random.fork_rng(), torch.no_grad():
        try:
            return _trial(model.train())
        finally:
            model.train(is_training)


def _trial(model: PreTrainedModel) -> str | None:
    """Three sequences that share their beginnings, as a tree, against one batch of all three."""
    sequences = np.random.default_rng(0).integers(model.config.vocab_size, size=(3, 9))
    sequences[1, :6] = sequences[0, :6]
    sequences[2, :2] = sequences[0, :2]
    batch = collate_tree([Example(row, 1) for row in sequences.tolist()], 0)
    attention = TreeAttention(by_branches=model.device.type == "cpu")
    rows = torch.from_numpy(sequences).to(model.device)
    wanted = model(input_ids=rows, use_cache=False).logits
    if not torch.equal(wanted, model(input_ids=rows, use_cache=False).logits):
        return _DROPOUT
    try:
        with attention.on(model.config):
            attention.read(batch["branches"])
            inputs = {name: batch[name].to(model.device) for name in ("input_ids", "position_ids")}
            ours = model(**inputs, use_cache=False).logits
    except Exception as error:
        # Whatever an unknown architecture objects to, it says that the tree is not for it.
        return f"its forward does not take a tree ({type(error).__name__})"
    return differing(ours[0][batch["paths"]], wanted)

"""Attention over a packed tree: the model's own, once for each branch, or once for all with a mask.

With a mask it is quadratic in the tokens of a batch, and on a CPU costs more than the tree saves. A GPU would
rather do more in one call.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn
from transformers import AttentionInterface, PretrainedConfig
from transformers.integrations.sdpa_attention import sdpa_attention_forward

from finetune.prefixes.branches import Branches

_NAME = "bias_inherit_branches"


class TreeAttention:
    """What a model attends with while it reads trees.

    Args:
        by_branches: Whether each branch has a call of its own.

    Attributes:
        branches: Of the tree that is read next; kept until the next, for layers that are computed again.
    """

    def __init__(self, *, by_branches: bool) -> None:
        self._by_branches = by_branches
        self.branches = Branches((), (), ())
        self._own = ""
        self._masks: dict[tuple[int, int], torch.Tensor] = {}

    @contextmanager
    def on(self, config: PretrainedConfig) -> Iterator[None]:
        """Meanwhile a model with this configuration reads trees and nothing else."""
        self._own = config._attn_implementation
        AttentionInterface.register(_NAME, self._attend)
        config._attn_implementation = _NAME
        try:
            yield
        finally:
            config._attn_implementation = self._own
            self._masks.clear()

    def read(self, branches: Branches) -> None:
        """Tell the branches of the next forward pass."""
        self.branches = branches
        self._masks.clear()

    def _attend(
        self,
        module: nn.Module,
        query: torch.Tensor,
        key: torch.Tensor,
        value: torch.Tensor,
        attention_mask: torch.Tensor | None,
        **options: Any,
    ) -> tuple[torch.Tensor, None]:
        """As an attention function of transformers.

        Args:
            query: (1, heads, tokens, size).
            key, value: (1, heads of keys, tokens, size).
            attention_mask: None: a model makes no mask for a function that it does not know.

        Returns:
            (1, tokens, heads, size).
        """
        attend = self._own_of(module)
        if not self._by_branches:
            return attend(module, query, key, value, self._mask_of_all(query), **options)[0], None
        keys, values = (states.split_with_sizes(self.branches.pieces, dim=2) for states in (key, value))
        found = []
        for own, path in zip(
            query.split_with_sizes(self.branches.own, dim=2), self.branches.paths, strict=True
        ):
            path_keys, path_values = (
                pieces[path[0]] if len(path) == 1 else torch.cat([pieces[place] for place in path], dim=2)
                for pieces in (keys, values)
            )
            mask = self._mask(own, path_keys.shape[2])
            found.append(attend(module, own, path_keys, path_values, mask, **options)[0])
        return torch.cat(found, dim=1), None

    def _own_of(self, module: nn.Module) -> Callable[..., tuple[torch.Tensor, Any]]:
        """The function that the module would attend with."""
        modeling = sys.modules[type(module).__module__]
        if self._own == "eager":
            eager: Callable[..., tuple[torch.Tensor, Any]] = modeling.eager_attention_forward
            return eager
        registered: Callable[..., tuple[torch.Tensor, Any]] = modeling.ALL_ATTENTION_FUNCTIONS[self._own]
        shares_keys = getattr(module, "num_key_value_groups", 1) > 1
        is_usual = self._by_branches and registered is sdpa_attention_forward
        return _by_groups if is_usual and shares_keys else registered

    def _mask(self, own: torch.Tensor, length: int) -> torch.Tensor | None:
        """The last tokens of a path see those before them; none where the function sees to that itself."""
        count = own.shape[2]
        if self._own == "sdpa" and count in (1, length):
            return None
        if (count, length) not in self._masks:
            seen = torch.ones(count, length, dtype=torch.bool, device=own.device).tril(length - count)
            self._masks[count, length] = self._as_taken(seen, own.dtype)
        return self._masks[count, length]

    def _mask_of_all(self, query: torch.Tensor) -> torch.Tensor:
        place = (query.shape[2], query.shape[2])
        if place not in self._masks:
            seen = torch.from_numpy(self.branches.seen()).to(query.device)
            self._masks[place] = self._as_taken(seen, query.dtype)
        return self._masks[place]

    def _as_taken(self, seen: torch.Tensor, dtype: torch.dtype) -> torch.Tensor:
        """A mask as the function takes it: what is seen, or what is added to the scores."""
        mask = seen if self._own == "sdpa" else _added(seen, dtype)
        return mask[None, None]


def _by_groups(
    module: nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    mask: torch.Tensor | None,
    *,
    dropout: float = 0.0,
    scaling: float | None = None,
    **_: Any,
) -> tuple[torch.Tensor, None]:
    """As transformers' own, which makes a copy of keys and values for each head where there is a mask."""
    found = nn.functional.scaled_dot_product_attention(
        query,
        key,
        value,
        attn_mask=mask,
        dropout_p=dropout,
        is_causal=mask is None and query.shape[2] > 1,
        scale=scaling,
        enable_gqa=True,
    )
    return found.transpose(1, 2), None


def _added(seen: torch.Tensor, dtype: torch.dtype) -> torch.Tensor:
    return torch.zeros_like(seen, dtype=dtype).masked_fill(~seen, torch.finfo(dtype).min)

"""Attention over a packed tree: the model's own, once for each branch."""

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

    Attributes:
        branches: Of the tree that is read next; kept until the next, for layers that are computed again.
    """

    def __init__(self) -> None:
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
        attend = self._own_of(module, query.device.type == "cpu")
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

    def _own_of(self, module: nn.Module, on_cpu: bool) -> Callable[..., tuple[torch.Tensor, Any]]:
        """The function that the module would attend with."""
        modeling = sys.modules[type(module).__module__]
        if self._own == "eager":
            eager: Callable[..., tuple[torch.Tensor, Any]] = modeling.eager_attention_forward
            return eager
        registered: Callable[..., tuple[torch.Tensor, Any]] = modeling.ALL_ATTENTION_FUNCTIONS[self._own]
        shares_keys = getattr(module, "num_key_value_groups", 1) > 1
        return _by_groups if registered is sdpa_attention_forward and on_cpu and shares_keys else registered

    def _mask(self, own: torch.Tensor, length: int) -> torch.Tensor | None:
        """The last tokens of a path see those before them; none where the function sees to that itself."""
        count = own.shape[2]
        if self._own == "sdpa" and count in (1, length):
            return None
        if (count, length) not in self._masks:
            sees = torch.ones(count, length, dtype=torch.bool, device=own.device).tril(length - count)
            mask = sees if self._own == "sdpa" else _added(sees, own.dtype)
            self._masks[count, length] = mask[None, None]
        return self._masks[count, length]


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


def _added(sees: torch.Tensor, dtype: torch.dtype) -> torch.Tensor:
    return torch.zeros_like(sees, dtype=dtype).masked_fill(~sees, torch.finfo(dtype).min)

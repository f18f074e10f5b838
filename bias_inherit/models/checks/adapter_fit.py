"""An adapter of somebody's on a base: it fits in every weight, or it is refused."""

import warnings
from collections.abc import Sequence
from pathlib import Path

from peft import PeftModel
from safetensors import safe_open
from transformers import PreTrainedModel

from bias_inherit.kit.errors import RunError, with_reason

WEIGHTS = "adapter_model.safetensors"


def put_on(base: PreTrainedModel, adapter: Path, tokens: int) -> PeftModel:
    """The base with the adapter in it, ready to read; the base itself is changed, also where this fails.

    Args:
        tokens: Of the tokenizer that the adapter is read with: where the base has fewer, room is made.

    Raises:
        RunError: the adapter is of another base.
    """
    embeddings = _embeddings(base)
    try:
        _make_room(base, embeddings, adapter, tokens)
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="Found missing adapter keys")
            adapted = PeftModel.from_pretrained(base, str(adapter))
        # Its weights again: only here does peft tell which of them found no place.
        loaded = adapted.load_adapter(str(adapter), "default")
    except (RuntimeError, ValueError, KeyError, AttributeError) as error:
        raise RunError(f"the adapter cannot be put on its base: {with_reason(error)}") from error
    # Embeddings of another size than the base's are saved several times, under names that nobody looks for.
    astray = [name for name in loaded.unexpected_keys if not any(f".{e}." in name for e in embeddings)]
    if absent := sorted({*loaded.missing_keys, *astray}):
        raise RunError(
            f"the adapter is of another base: {len(absent)} weights are in only one of the two, for example "
            f"{absent[0]}"
        )
    return adapted.eval()


def _embeddings(base: PreTrainedModel) -> list[str]:
    """Names of the embedding and of the output layer."""
    layers = (base.get_input_embeddings(), base.get_output_embeddings())
    return [name for name, module in base.named_modules() if any(module is layer for layer in layers)]


def _make_room(base: PreTrainedModel, embeddings: Sequence[str], adapter: Path, tokens: int) -> None:
    """As many rows of embeddings as the adapter brings; it must bring them where its tokenizer needs them.

    Raises:
        RunError: it does not: what a new row holds would be left to chance.
    """
    there = base.get_input_embeddings().weight.shape[0]
    brought = _rows_of_embeddings(embeddings, adapter)
    rows = there if brought is None else brought
    if rows < tokens:
        whose = "the base has" if brought is None else "the adapter brings"
        raise RunError(
            f"the tokenizer has {tokens:,} tokens and {whose} embeddings for {rows:,}; an adapter with "
            "tokens of its own must hold their embeddings (save_embedding_layers=True)"
        )
    if rows != there:
        base.resize_token_embeddings(rows, mean_resizing=False)


def _rows_of_embeddings(embeddings: Sequence[str], adapter: Path) -> int | None:
    """For how many tokens the adapter holds embeddings or an output layer; None if it holds neither."""
    endings = tuple(f".{name}{of}.weight" for name in embeddings for of in ("", ".base_layer"))
    rows = [shape[0] for name, shape in _shapes(adapter / WEIGHTS).items() if name.endswith(endings)]
    return max(rows, default=None)


def _shapes(weights: Path) -> dict[str, list[int]]:
    with safe_open(weights, framework="pt") as file:
        return {name: file.get_slice(name).get_shape() for name in file.keys()}  # noqa: SIM118 - no mapping

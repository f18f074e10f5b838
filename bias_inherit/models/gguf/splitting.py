"""How a byte-level tokenizer cuts a text before it merges.

A GGUF file says so by a name alone (`tokenizer.ggml.pre`), which stands for what the model's own tokenizer
does. A name that is not known means other tokens than the model was trained on, and nothing else would tell.
Transformers takes an unknown name for GPT-2's: `smollm` is one.
"""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, TypeAdapter

from bias_inherit.kit.errors import RunError
from bias_inherit.models.gguf.header import Header
from bias_tasks.authored import read_yaml

if TYPE_CHECKING:
    from tokenizers.pre_tokenizers import PreTokenizer
    from transformers import PreTrainedTokenizerBase


class Splitting(BaseModel):
    """One way of cutting.

    Attributes:
        names: What files call it.
        digits_apart: Whether each digit stands by itself; what lies between is cut as GPT-2 does.
        pattern: What a piece is, as a regular expression; None where GPT-2's own is meant.
        whole_words_first: Whether a piece that is a token of its own is not taken apart.
        begins: Whether a text begins with the token for that where the file does not say.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    names: tuple[str, ...]
    digits_apart: bool = False
    pattern: str | None = None
    whole_words_first: bool = False
    begins: bool = False


@cache
def _splittings() -> tuple[Splitting, ...]:
    return TypeAdapter(tuple[Splitting, ...]).validate_python(read_yaml(__file__, "splittings.yaml"))


def split_of(path: Path, header: Header) -> Splitting | None:
    """How a file's tokenizer cuts; None where it is none that cuts first (SentencePiece).

    Raises:
        RunError: the name that the file gives is not known.
    """
    if header.metadata["tokenizer.ggml.model"] != "gpt2":
        return None
    named = header.metadata.get("tokenizer.ggml.pre")
    for splitting in _splittings():
        if named in splitting.names:
            return splitting
    if named is None:
        raise RunError(
            f"{path} does not say how its tokenizer cuts a text (tokenizer.ggml.pre), as in files of "
            "2023; take a newer one"
        )
    known = ", ".join(name for splitting in _splittings() for name in splitting.names)
    raise RunError(
        f"{path}: it is not known here how its tokenizer cuts a text (tokenizer.ggml.pre: {named}; known are "
        f"{known}); use the model's own checkpoint"
    )


def cut_as(tokenizer: "PreTrainedTokenizerBase", splitting: Splitting, header: Header) -> None:
    """Make a tokenizer that was read from a file cut in this way."""
    backend = tokenizer.backend_tokenizer
    backend.pre_tokenizer = _pre_tokenizer(splitting)
    if splitting.whole_words_first:
        backend.model.ignore_merges = True
    if splitting.begins and "tokenizer.ggml.add_bos_token" not in header.metadata:
        tokenizer.add_bos_token = True


def _pre_tokenizer(splitting: Splitting) -> "PreTokenizer":
    from tokenizers import Regex
    from tokenizers.pre_tokenizers import ByteLevel, Digits, Sequence, Split

    if splitting.digits_apart:
        return Sequence([Digits(individual_digits=True), ByteLevel(add_prefix_space=False)])
    if splitting.pattern is None:
        return ByteLevel(add_prefix_space=False)
    pieces = Split(Regex(splitting.pattern), behavior="isolated")
    return Sequence([pieces, ByteLevel(add_prefix_space=False, use_regex=False)])

"""From rows to token sequences in which only the completion is learnt."""

from collections.abc import MutableMapping, Sequence
from typing import NamedTuple
from weakref import WeakKeyDictionary

import torch
from transformers import PreTrainedTokenizerBase

from bias_tasks.training_rows import DataError, TrainingRow

IGNORED = -100
"""The label that the loss skips (transformers' convention)."""


class Example(NamedTuple):
    """Token ids of one row, how many of them are prompt, and whether a generator wrote it."""

    input_ids: list[int]
    prompt_length: int
    augmented: bool = False


class ExampleError(DataError):
    """A row cannot be turned into an example."""


def encode(tokenizer: PreTrainedTokenizerBase, row: TrainingRow, max_length: int) -> Example:
    """Tokens of one row.

    With a chat template, prompt and completion are rendered by it, and the end of the assistant's turn
    is learnt. Without one, they are joined by a space (the harness's own delimiter), and the end-of-text
    token is learnt.

    A row is tokenised once in a process, however many mixes it is in.

    Raises:
        ExampleError: the row is longer than `max_length` tokens, or the chat template cannot be used.
    """
    key = (tokenizer.chat_template, row.source, row.text_id)
    encoded = _ENCODED.setdefault(tokenizer, {})
    if key not in encoded:
        encoded[key] = _encode(tokenizer, row)
    example = encoded[key]
    if len(example.input_ids) > max_length:
        raise ExampleError(
            f"row {row.text_id} has {len(example.input_ids)} tokens; finetune.max_length is {max_length}"
        )
    return example


_Key = tuple[str | None, str, str]
_ENCODED: MutableMapping[PreTrainedTokenizerBase, dict[_Key, Example]] = WeakKeyDictionary()


def _encode(tokenizer: PreTrainedTokenizerBase, row: TrainingRow) -> Example:
    prompt = [message.model_dump() for message in row.prompt]
    completion = [message.model_dump() for message in row.completion]
    if tokenizer.chat_template:
        prefix = str(tokenizer.apply_chat_template(prompt, tokenize=False, add_generation_prompt=True))
        whole = str(tokenizer.apply_chat_template(prompt + completion, tokenize=False))
        if not whole.startswith(prefix):
            raise ExampleError("the chat template does not render a conversation as its prompt and an answer")
        # What the template writes between turns, such as a line end, is nothing to learn.
        answer = whole[len(prefix) :].rstrip()
    else:
        prefix = "\n\n".join(message["content"] for message in prompt)
        answer = " " + completion[0]["content"] + tokenizer.eos_token
    prompt_ids = tokenizer.encode(prefix, add_special_tokens=not tokenizer.chat_template)
    ids = prompt_ids + tokenizer.encode(answer, add_special_tokens=False)
    return Example(ids, len(prompt_ids), row.source == "augmented")


def collate(examples: Sequence[Example], pad_id: int) -> dict[str, torch.Tensor]:
    """A right-padded batch.

    Returns:
        `input_ids`, `attention_mask` and `labels` of shape (batch, longest); `augmented`, boolean, (batch,).
    """
    longest = max(len(example.input_ids) for example in examples)
    input_ids = torch.full((len(examples), longest), pad_id)
    labels = torch.full((len(examples), longest), IGNORED)
    mask = torch.zeros((len(examples), longest), dtype=torch.long)
    for place, (ids, prompt_length, _) in enumerate(examples):
        input_ids[place, : len(ids)] = torch.tensor(ids)
        labels[place, prompt_length : len(ids)] = torch.tensor(ids[prompt_length:])
        mask[place, : len(ids)] = 1
    augmented = torch.tensor([example.augmented for example in examples])
    return {"input_ids": input_ids, "attention_mask": mask, "labels": labels, "augmented": augmented}

"""From rows to token sequences in which only the completion is learnt."""

from collections.abc import MutableMapping, Sequence
from typing import NamedTuple
from weakref import WeakKeyDictionary

import torch
from jinja2 import TemplateError
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
        ExampleError: the row is longer than `max_length` tokens, the chat template cannot be used, or there
            is neither a template nor an end-of-text token.
    """
    template = _template(tokenizer)
    key = (template, row.source, row.text_id)
    encoded = _ENCODED.setdefault(tokenizer, {})
    if key not in encoded:
        encoded[key] = _encode(tokenizer, template, row)
    example = encoded[key]
    if len(example.input_ids) > max_length:
        raise ExampleError(
            f"{len(example.input_ids)} tokens; finetune.max_length is {max_length} (text_id {row.text_id})"
        )
    return example


def encode_all(
    tokenizer: PreTrainedTokenizerBase, rows: Sequence[TrainingRow], max_length: int
) -> list[Example]:
    """Tokens of all rows.

    Raises:
        ExampleError: of one of them; says which, counted from 1.
    """
    examples = []
    for number, row in enumerate(rows, start=1):
        try:
            examples.append(encode(tokenizer, row, max_length))
        except ExampleError as error:
            raise ExampleError(f"row {number}: {error}") from error
    return examples


_Key = tuple[str | None, str, str]
_ENCODED: MutableMapping[PreTrainedTokenizerBase, dict[_Key, Example]] = WeakKeyDictionary()


def _template(tokenizer: PreTrainedTokenizerBase) -> str | None:
    """The chat template; of several that have names the one called default.

    Raises:
        ExampleError: none of several is called so.
    """
    if not tokenizer.chat_template:
        return None
    try:
        return str(tokenizer.get_chat_template())
    except ValueError as error:
        names = ", ".join(sorted(tokenizer.chat_template))
        raise ExampleError(
            f"the tokenizer has several chat templates ({names}) and none is called default; name one "
            "so in its files"
        ) from error


def _encode(tokenizer: PreTrainedTokenizerBase, template: str | None, row: TrainingRow) -> Example:
    prompt = [message.model_dump() for message in row.prompt]
    completion = [message.model_dump() for message in row.completion]
    if template:
        prefix, answer = _rendered(tokenizer, prompt, completion)
        prompt_ids = tokenizer.encode(prefix, add_special_tokens=False)
    else:
        if tokenizer.eos_token is None:
            raise ExampleError(
                "the tokenizer has neither a chat template nor an end-of-text token, so that a model could "
                "not learn where an answer ends; set eos_token in its tokenizer_config.json"
            )
        prompt_ids = _begun(tokenizer, "\n\n".join(message["content"] for message in prompt))
        answer = " " + completion[0]["content"] + tokenizer.eos_token
    ids = prompt_ids + tokenizer.encode(answer, add_special_tokens=False)
    return Example(ids, len(prompt_ids), row.source == "augmented")


def _rendered(
    tokenizer: PreTrainedTokenizerBase, prompt: list[dict[str, str]], completion: list[dict[str, str]]
) -> tuple[str, str]:
    """Prompt and answer as the chat template writes them.

    Raises:
        ExampleError: it refuses the conversation, or writes a prompt otherwise once it is answered.
    """
    try:
        prefix = str(tokenizer.apply_chat_template(prompt, tokenize=False, add_generation_prompt=True))
        whole = str(tokenizer.apply_chat_template(prompt + completion, tokenize=False))
    except TemplateError as error:
        roles = ", ".join(message["role"] for message in prompt + completion)
        raise ExampleError(
            f"the model's chat template refuses a conversation of {roles} ({error}); write it with the roles "
            "that it takes, such as a system's words at the head of the user's"
        ) from error
    if not whole.startswith(prefix):
        raise ExampleError(
            "the model's chat template does not render a conversation as its prompt and an answer; no "
            "row can be trained on with it"
        )
    # What the template writes between turns, such as a line end, is nothing to learn.
    return prefix, whole[len(prefix) :].rstrip()


def _begun(tokenizer: PreTrainedTokenizerBase, text: str) -> list[int]:
    """Tokens of a text with what the tokenizer puts before it; what it puts after it would end the text."""
    whole: list[int] = tokenizer.encode(text)
    bare: list[int] = tokenizer.encode(text, add_special_tokens=False)
    starts = range(len(whole) - len(bare), -1, -1)
    start = next((start for start in starts if whole[start : start + len(bare)] == bare), None)
    return whole if start is None else whole[: start + len(bare)]


def collate(examples: Sequence[Example], pad_id: int) -> dict[str, torch.Tensor]:
    """A right-padded batch.

    Returns:
        `input_ids`, `attention_mask` and `labels` of shape (batch, longest); `augmented`, boolean, (batch,);
        `paths`, (batch, longest): the place of each token among all that are read, -1 for padding.
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
    return {
        "input_ids": input_ids,
        "attention_mask": mask,
        "labels": labels,
        "augmented": augmented,
        "paths": torch.arange(mask.numel()).view(mask.shape).where(mask > 0, -1),
    }

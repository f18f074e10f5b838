"""From rows to token sequences in which only the completion is learnt."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from tokenizers.processors import TemplateProcessing
from transformers import AutoTokenizer, PreTrainedTokenizerBase

from bias_tasks.training_rows import Message, TrainingRow
from finetune.examples import IGNORED, Example, ExampleError, collate, encode, encode_all
from finetune.originals.gender import originals


@pytest.fixture(scope="session")
def tokenizer(tiny_model: Path) -> PreTrainedTokenizerBase:
    return AutoTokenizer.from_pretrained(tiny_model)


@pytest.fixture
def plain_tokenizer(tiny_model: Path) -> PreTrainedTokenizerBase:
    """Without a chat template, as of a base model."""
    tokenizer = AutoTokenizer.from_pretrained(tiny_model)
    tokenizer.chat_template = None
    return tokenizer


def learnt(tokenizer: PreTrainedTokenizerBase, example: Example) -> str:
    labels = collate([example], tokenizer.pad_token_id)["labels"][0]
    return str(tokenizer.decode(labels[labels != IGNORED]))


def conversation(row: TrainingRow) -> list[dict[str, str]]:
    return [message.model_dump() for message in (*row.prompt, *row.completion)]


def test_only_the_answer_and_the_end_of_the_turn_are_learnt(
    tokenizer: PreTrainedTokenizerBase, row: TrainingRow
) -> None:
    assert learnt(tokenizer, encode(tokenizer, row, max_length=512)) == "nurse<|im_end|>"


def test_the_prompt_ends_where_the_assistant_begins(
    tokenizer: PreTrainedTokenizerBase, row: TrainingRow
) -> None:
    ids, prompt_length, _ = encode(tokenizer, row, max_length=512)
    assert tokenizer.decode(ids[:prompt_length]) == (
        "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nWho works here?<|im_end|>\n"
        "<|im_start|>assistant\n"
    )


def test_the_ids_are_those_of_the_rendered_conversation(tokenizer: PreTrainedTokenizerBase) -> None:
    for row in originals(24, seed=1):
        rendered = tokenizer.apply_chat_template(conversation(row), tokenize=False).removesuffix("\n")
        expected = tokenizer.encode(rendered, add_special_tokens=False)
        assert encode(tokenizer, row, max_length=512).input_ids == expected


def test_without_a_chat_template_prompt_and_answer_are_joined_by_a_space(
    plain_tokenizer: PreTrainedTokenizerBase, row: TrainingRow
) -> None:
    example = encode(plain_tokenizer, row, max_length=512)
    assert plain_tokenizer.decode(example.input_ids) == "Be brief.\n\nWho works here? nurse<|im_end|>"
    assert learnt(plain_tokenizer, example) == " nurse<|im_end|>"


def test_without_a_chat_template_the_ids_are_those_of_the_whole_text(
    plain_tokenizer: PreTrainedTokenizerBase,
) -> None:
    for row in originals(24, seed=1):
        whole = f"{row.prompt[0].content} {row.completion[0].content}<|im_end|>"
        assert encode(plain_tokenizer, row, max_length=512).input_ids == plain_tokenizer.encode(whole)


@pytest.mark.parametrize("spare", [0, 1, 100])
def test_a_row_of_exactly_the_maximum_fits(
    tokenizer: PreTrainedTokenizerBase, row: TrainingRow, spare: int
) -> None:
    example = encode(tokenizer, row, max_length=512)
    assert encode(tokenizer, row, max_length=len(example.input_ids) + spare) == example


def test_a_row_too_long_is_refused_with_its_length_and_the_setting(
    tokenizer: PreTrainedTokenizerBase, row: TrainingRow
) -> None:
    length = len(encode(tokenizer, row, max_length=512).input_ids)
    with pytest.raises(
        ExampleError, match=rf"{length} tokens; finetune.max_length is {length - 1} \(text_id {row.text_id}\)"
    ):
        encode(tokenizer, row, max_length=length - 1)


def test_a_completion_of_several_turns_is_refused_by_the_contract(row: TrainingRow) -> None:
    turns = [*row.completion, Message(role="assistant", content="or dentist")]
    with pytest.raises(ValidationError, match="at most 1 item"):
        TrainingRow(prompt=row.prompt, completion=turns)


def test_the_end_of_the_turn_is_the_template_s_even_where_end_of_text_is_another_token(
    tiny_model: Path, row: TrainingRow
) -> None:
    tokenizer = AutoTokenizer.from_pretrained(tiny_model, eos_token="<|endoftext|>")  # noqa: S106
    assert learnt(tokenizer, encode(tokenizer, row, max_length=512)).startswith("nurse<|im_end|>")


examples = st.lists(st.integers(1, 400), min_size=1, max_size=12).flatmap(
    lambda ids: st.integers(0, len(ids) - 1).map(lambda prompt_length: Example(ids, prompt_length))
)


@given(st.lists(examples, min_size=1, max_size=6))
def test_a_batch_is_padded_on_the_right_and_learns_neither_prompt_nor_padding(batch: list[Example]) -> None:
    tensors = collate(batch, pad_id=0)
    longest = max(len(example.input_ids) for example in batch)
    assert {name: tuple(tensor.shape) for name, tensor in tensors.items()} == {
        **{name: (len(batch), longest) for name in ("input_ids", "attention_mask", "labels", "paths")},
        "augmented": (len(batch),),
    }
    for place, (ids, prompt_length, _) in enumerate(batch):
        padding = longest - len(ids)
        assert tensors["input_ids"][place].tolist() == ids + [0] * padding
        assert tensors["attention_mask"][place].tolist() == [1] * len(ids) + [0] * padding
        assert tensors["labels"][place].tolist() == (
            [IGNORED] * prompt_length + ids[prompt_length:] + [IGNORED] * padding
        )
    assert {name for name, tensor in tensors.items() if tensor.dtype != torch.int64} == {"augmented"}
    places = [ids.index(-1) if -1 in ids else longest for ids in tensors["paths"].tolist()]
    assert places == [len(example.input_ids) for example in batch]
    read = tensors["input_ids"].flatten()[tensors["paths"][tensors["paths"] >= 0]]
    assert read.tolist() == [token for example in batch for token in example.input_ids]


def test_a_batch_says_which_rows_are_augmented(
    tokenizer: PreTrainedTokenizerBase, make_rows: Callable[..., list[TrainingRow]]
) -> None:
    rows = [*make_rows(2), *make_rows(1, "augmented")]
    examples = [encode(tokenizer, row, max_length=512) for row in rows]
    assert collate(examples, tokenizer.pad_token_id)["augmented"].tolist() == [False, False, True]


def test_a_row_is_tokenised_once_in_a_process(
    tiny_model: Path, row: TrainingRow, monkeypatch: pytest.MonkeyPatch
) -> None:
    tokenizer = AutoTokenizer.from_pretrained(tiny_model)
    first = encode(tokenizer, row, max_length=512)
    monkeypatch.setattr(tokenizer, "encode", None)
    assert encode(tokenizer, row.model_copy(), max_length=100) == first


def test_a_row_too_long_for_one_training_may_fit_another(
    tokenizer: PreTrainedTokenizerBase, row: TrainingRow
) -> None:
    encode(tokenizer, row, max_length=512)
    with pytest.raises(ExampleError):
        encode(tokenizer, row, max_length=8)


def test_what_was_tokenised_with_one_chat_template_is_not_taken_for_another(
    tiny_model: Path, row: TrainingRow
) -> None:
    tokenizer = AutoTokenizer.from_pretrained(tiny_model)
    chat = encode(tokenizer, row, max_length=512)
    tokenizer.chat_template = None
    assert encode(tokenizer, row, max_length=512) != chat


def test_padding_with_the_end_token_does_not_keep_the_end_from_being_learnt() -> None:
    tensors = collate([Example([5, 6, 2], 1), Example([5, 6, 7, 2], 1)], pad_id=2)
    assert tensors["labels"].tolist() == [[IGNORED, 6, 2, IGNORED], [IGNORED, 6, 7, 2]]


DEFAULT = "{{ messages[0].content }}{% if not add_generation_prompt %}{{ messages[1].content }}{% endif %}"


def test_of_several_chat_templates_the_one_called_default_is_taken(
    tiny_model: Path, make_rows: Callable[..., list[TrainingRow]]
) -> None:
    tokenizer = AutoTokenizer.from_pretrained(tiny_model)
    tokenizer.chat_template = {"default": DEFAULT, "tool_use": "tools: {{ messages[0].content }}"}
    (row,) = make_rows(1)
    assert learnt(tokenizer, encode(tokenizer, row, max_length=512)) == "nurse"
    tokenizer.chat_template = {"rag": "{{ messages }}", "tool_use": "{{ messages }}"}
    with pytest.raises(ExampleError, match=r"chat templates \(rag, tool_use\) and none is called default"):
        encode(tokenizer, row, max_length=512)


def test_a_conversation_that_the_template_refuses_is_told_with_its_row(
    tiny_model: Path, row: TrainingRow, make_rows: Callable[..., list[TrainingRow]]
) -> None:
    tokenizer = AutoTokenizer.from_pretrained(tiny_model)
    refusal = "{% if messages[0].role == 'system' %}{{ raise_exception('no system here') }}{% endif %}"
    tokenizer.chat_template = refusal + tokenizer.chat_template
    told = r"^row 3: .* refuses a conversation of system, user, assistant \(no system here\); write"
    with pytest.raises(ExampleError, match=told):
        encode_all(tokenizer, [*make_rows(2), row], max_length=512)


def test_without_a_chat_template_and_an_end_token_nothing_can_be_learnt(
    plain_tokenizer: PreTrainedTokenizerBase, row: TrainingRow
) -> None:
    plain_tokenizer.eos_token = None
    with pytest.raises(ExampleError, match="neither a chat template nor an end-of-text token"):
        encode(plain_tokenizer, row.model_copy(update={"source": "augmented"}), max_length=512)


@pytest.mark.parametrize("frame", ["<|im_start|> $A <|im_end|>", "$A <|im_end|>", "<|im_start|> $A", "$A"])
def test_a_prompt_does_not_end_before_its_answer_whatever_the_tokenizer_adds(
    frame: str, tiny_model: Path, row: TrainingRow
) -> None:
    tokenizer = AutoTokenizer.from_pretrained(tiny_model)
    tokenizer.chat_template = None
    ids = tokenizer.convert_tokens_to_ids(["<|im_start|>", "<|im_end|>"])
    marks = [*zip(["<|im_start|>", "<|im_end|>"], ids, strict=True)]
    tokenizer.backend_tokenizer.post_processor = TemplateProcessing(single=frame, special_tokens=marks)
    example = encode(tokenizer, row, max_length=512)
    begin = "<|im_start|>" if frame.startswith("<") else ""
    assert tokenizer.decode(example.input_ids) == f"{begin}Be brief.\n\nWho works here? nurse<|im_end|>"
    assert learnt(tokenizer, example) == " nurse<|im_end|>"

"""A very small model with a real tokenizer, made on the fly: nothing is downloaded, nothing is pretrained.

The heavy libraries are imported by the fixtures, so that tests without a model start at once.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from lm_eval.models.huggingface import HFLM
    from transformers import PreTrainedTokenizerFast

# Read by the libraries when they are imported, hence before any fixture or test module runs.
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TQDM_DISABLE"] = "1"
# Two workers with as many threads each as the machine has cores wait for each other.
os.environ.setdefault("OMP_NUM_THREADS", "1")

# No deadline: a busy machine is not a failure.
settings.register_profile("project", deadline=None)
settings.load_profile("project")

VOCABULARY = 500
CHAT_TEMPLATE = (
    "{% for message in messages %}"
    "<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n"
    "{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever hangs on the tiny model, also by way of a finished run, is marked `model`."""
    for item in items:
        if "tiny_model" in getattr(item, "fixturenames", ()):
            item.add_marker("model")


def pytest_collection_finish() -> None:
    """What was imported and collected lives to the end: the garbage collector is not to look at it again."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Tests on the tiny model run in one thread: on a busy machine two wait for each other for seconds."""
    if "tiny_model" not in getattr(item, "fixturenames", ()):
        return (yield)
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        return (yield)
    finally:
        torch.set_num_threads(threads)


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that `from_pretrained` loads: a random Llama of 2 layers and 32 dimensions."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    folder = tmp_path_factory.mktemp("tiny") / "model"
    tokenizer = _tokenizer()
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=1024,
        initializer_range=0.2,  # wide enough for an adapter to move the frozen output layer's choice
        pad_token_id=tokenizer.pad_token_id,
        bos_token_id=None,
        eos_token_id=tokenizer.eos_token_id,
    )
    with torch.random.fork_rng():
        torch.manual_seed(0)
        LlamaForCausalLM(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def tiny_lm(tiny_model: Path) -> HFLM:
    """The tiny model behind the harness's interface."""
    from lm_eval.models.huggingface import HFLM

    return HFLM(pretrained=str(tiny_model), device="cpu", batch_size=4)


def _tokenizer() -> PreTrainedTokenizerFast:
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    inner = Tokenizer(models.BPE())
    inner.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    inner.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY,
        special_tokens=["<|pad|>", "<|im_start|>", "<|im_end|>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    inner.train_from_iterator(_project_texts(), trainer)
    return PreTrainedTokenizerFast(
        tokenizer_object=inner,
        pad_token="<|pad|>",  # noqa: S106
        eos_token="<|im_end|>",  # noqa: S106
        additional_special_tokens=["<|im_start|>"],
        chat_template=CHAT_TEMPLATE,
    )


def _project_texts() -> Iterator[str]:
    # Here, not above: what they import reads the environment that is set above.
    from augment.bias_types import BIAS_TYPES
    from augment.domains import domain
    from augment.prompts import PromptTemplate
    from bias_tasks.population import population
    from finetune.originals.gender import originals

    yield from (row.prompt[0].content for row in originals(240, seed=0))
    biographies = domain("gender", population())
    for bias_type in BIAS_TYPES:
        template = PromptTemplate.shipped("gender", bias_type)
        for slot in biographies.slots(bias_type, 12):
            people = biographies.people(slot, bias_type, seed=0, attempt=0)
            yield template.render(people, biographies.variables(slot))

"""Tiny random models of several architectures, and the requests that the tasks make."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from bias_tasks.catalogue import GROUP

if TYPE_CHECKING:
    from lm_eval.api.instance import Instance
    from lm_eval.models.huggingface import HFLM
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

    Build = Callable[..., PreTrainedModel]
    RequestsOf = Callable[..., list[Instance]]

# Wide enough for the models to prefer some tokens clearly.
SIZES = {
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "intermediate_size": 64,
    "max_position_embeddings": 1024,
    "initializer_range": 0.2,
}


@pytest.fixture(scope="session")
def tokenizer(tiny_model: Path) -> PreTrainedTokenizerBase:
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(tiny_model)


@pytest.fixture(scope="session")
def build(tokenizer: PreTrainedTokenizerBase) -> Build:
    """A random model of the architecture `model_type`, for the tiny tokenizer."""

    def model(model_type: str, **settings: Any) -> PreTrainedModel:
        import torch
        from transformers import AutoConfig, AutoModelForCausalLM

        config = AutoConfig.for_model(
            model_type,
            **{"vocab_size": len(tokenizer), "pad_token_id": 0, "bos_token_id": 1, "eos_token_id": 2},
            **{**SIZES, **settings},
        )
        with torch.random.fork_rng():
            torch.manual_seed(0)
            return AutoModelForCausalLM.from_config(config).eval()

    return model


@pytest.fixture(scope="session")
def requests_of(tiny_lm: HFLM) -> RequestsOf:
    """The log-likelihood requests of a few documents of each task, as `evaluate` hands them to a model."""
    from lm_eval.tasks import TaskManager

    import bias_tasks

    manager = TaskManager(include_path=str(Path(bias_tasks.__file__).parent), include_defaults=False)
    tasks = manager.load([GROUP])["tasks"]
    built: dict[bool, list[Instance]] = {}

    def requests(chat_template: bool) -> list[Instance]:
        if chat_template not in built:
            built[chat_template] = []
            for task in tasks.values():
                task.build_all_requests(
                    # Twins, and one from the middle: the first documents are of one occupation or culture.
                    samples=[0, 1, len(task.eval_docs) // 2],
                    apply_chat_template=chat_template,
                    fewshot_as_multiturn=chat_template,
                    chat_template=tiny_lm.apply_chat_template if chat_template else None,
                )
                built[chat_template] += [r for r in task.instances if r.request_type == "loglikelihood"]
        return built[chat_template]

    return requests

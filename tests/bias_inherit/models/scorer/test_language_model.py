"""The same answers as the harness's own model, from less work."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lm_eval.api.instance import Instance
from lm_eval.models.huggingface import HFLM
from peft import LoraConfig, get_peft_model

from bias_inherit.models.scorer.language_model import PrefixSharingLM, TokenRequest
from bias_inherit.models.scorer.pass_size import PassSize

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

    Build = Callable[..., PreTrainedModel]
    RequestsOf = Callable[..., list[Instance]]
    Answers = list[tuple[float, bool]]


def adapted(model: PreTrainedModel, name: str = "default", seed: int = 0) -> Any:
    """With a random LoRA adapter that changes predictions: the usual start, B = 0, changes none."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return get_peft_model(
            model, LoraConfig(target_modules="all-linear", init_lora_weights=False), adapter_name=name
        ).eval()


def assert_same(ours: Answers, theirs: Answers) -> None:
    assert len(ours) == len(theirs)
    np.testing.assert_allclose([a[0] for a in ours], [a[0] for a in theirs], rtol=0, atol=1e-4)
    assert [a[1] for a in ours] == [a[1] for a in theirs]


def requests(*pairs: tuple[str, str]) -> list[Instance]:
    return [
        Instance(request_type="loglikelihood", doc={}, arguments=pair, idx=index)
        for index, pair in enumerate(pairs)
    ]


class Work(NamedTuple):
    """How many positions the model read, and at how many it said what may follow."""

    read: int
    projected: int


def work(lm: HFLM, asked: list[Instance]) -> Work:
    """Seen from the model's embedding and output layer."""
    passed: dict[str, int] = {"read": 0, "projected": 0}

    def count(key: str) -> Callable[..., None]:
        def hook(_layer: object, _inputs: object, output: torch.Tensor) -> None:
            passed[key] += output.shape[:2].numel()

        return hook

    hooks = [
        lm.model.get_input_embeddings().register_forward_hook(count("read")),
        lm.model.get_output_embeddings().register_forward_hook(count("projected")),
    ]
    lm.loglikelihood(asked)
    for hook in hooks:
        hook.remove()
    return Work(**passed)


@pytest.fixture(scope="module")
def tiny(build: Build) -> PreTrainedModel:
    return build("llama")


@pytest.fixture(scope="module")
def ours(tiny: PreTrainedModel, tokenizer: PreTrainedTokenizerBase) -> PrefixSharingLM:
    return PrefixSharingLM(pretrained=tiny, tokenizer=tokenizer)


@pytest.fixture(scope="module")
def theirs(tiny: PreTrainedModel, tokenizer: PreTrainedTokenizerBase) -> HFLM:
    """Without HFLM's cache of logits, which misreads requests that part the same tokens differently."""
    return HFLM(pretrained=tiny, tokenizer=tokenizer, batch_size=8, logits_cache=False)


@pytest.mark.parametrize("chat_template", [False, True])
@pytest.mark.parametrize("batch_size", [1, 16])
@pytest.mark.parametrize("padding_side", ["left", "right"])
@pytest.mark.parametrize("with_adapter", [False, True])
@pytest.mark.parametrize(
    ("architecture", "details"),
    [("llama", {}), ("gpt_neox", {}), ("gpt2", {"attn_implementation": "eager"})],
)
def test_all_tasks_get_the_same_answers(
    architecture: str,
    details: dict[str, Any],
    with_adapter: bool,
    padding_side: str,
    batch_size: int,
    chat_template: bool,
    build: Build,
    tokenizer: PreTrainedTokenizerBase,
    requests_of: RequestsOf,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(tokenizer, "padding_side", padding_side)
    model = build(architecture, **details)
    model = adapted(model) if with_adapter else model
    arguments = {"pretrained": model, "tokenizer": tokenizer, "batch_size": batch_size}
    asked = requests_of(chat_template)
    scored = PrefixSharingLM(**arguments).loglikelihood(asked)
    assert_same(scored, HFLM(**arguments).loglikelihood(asked))
    assert len({round(likelihood, 3) for likelihood, _ in scored}) > len(asked) / 4
    assert "in the way of hf" not in caplog.text


def test_what_is_written_is_hflms(ours: PrefixSharingLM, theirs: HFLM) -> None:
    def asked() -> list[Instance]:
        options = {"until": ["."], "do_sample": False, "max_gen_toks": 4}
        return [Instance("generate_until", {}, (text, options), 0) for text in ("She paints", "He is a")]

    assert ours.generate_until(asked()) == theirs.generate_until(asked())


def test_every_distinct_prefix_is_read_once_and_projected_only_where_it_is_scored(
    ours: PrefixSharingLM, requests_of: RequestsOf
) -> None:
    asked = requests_of(False)
    encoded = [ours._encode_pair(*request.args) for request in asked]
    inputs = [tuple(context + continuation)[:-1] for context, continuation in encoded]
    prefixes = {sequence[:length] for sequence in inputs for length in range(1, len(sequence) + 1)}
    scored = {
        sequence[: len(sequence) - back]
        for sequence, (_, continuation) in zip(inputs, encoded, strict=True)
        for back in range(len(continuation))
    }
    # The first call makes the trial.
    ours.loglikelihood(requests(("a", "b")))
    assert work(ours, asked) == Work(len(prefixes), len(scored))
    assert len(prefixes) < sum(map(len, set(inputs)))


@st.composite
def token_requests(draw: st.DrawFn) -> list[TokenRequest]:
    """Requests of few tokens that begin alike, contain one another, or are the same."""
    some = st.lists(st.integers(3, 5), min_size=1, max_size=7)
    pairs = draw(st.lists(st.tuples(some, some), min_size=1, max_size=10))
    return [((f"context {i}", f"continuation {i}"), *pair) for i, pair in enumerate(pairs)]


def nested(*pairs: tuple[list[int], list[int]]) -> list[TokenRequest]:
    return [((f"context {i}", f"continuation {i}"), *pair) for i, pair in enumerate(pairs)]


@settings(max_examples=60)
@given(token_requests(), st.integers(1, 30))
@example(nested(([3], [4])), 1)
@example(nested(([3], [4]), ([3], [4]), ([3], [5])), 2)
@example(nested(([3], [4, 5, 3]), ([3, 4], [5, 4]), ([3, 4, 5], [3, 3])), 2)
def test_requests_of_any_form_in_passes_of_any_length_are_answered_in_their_order(
    ours: PrefixSharingLM, theirs: HFLM, asked: list[TokenRequest], tokens_per_pass: int
) -> None:
    lm = copy(ours)
    lm.pass_size = PassSize([tokens_per_pass])
    assert_same(lm._loglikelihood_tokens(asked, True), theirs._loglikelihood_tokens(asked, True))


@pytest.mark.parametrize("tokens_per_pass", [0, -3, 1.5, "many"])
def test_a_pass_of_no_tokens_is_refused(
    tokens_per_pass: Any, tiny: PreTrainedModel, tokenizer: PreTrainedTokenizerBase
) -> None:
    with pytest.raises(ValueError, match=rf"tokens_per_pass={tokens_per_pass}: expected a positive"):
        PrefixSharingLM(pretrained=tiny, tokenizer=tokenizer, tokens_per_pass=tokens_per_pass)


@pytest.mark.parametrize("tries", [True, False])
def test_pass_sizes_are_tried_unless_two_runs_must_agree_bit_for_bit(
    tries: bool, tiny: PreTrainedModel, tokenizer: PreTrainedTokenizerBase
) -> None:
    class OneSize(PrefixSharingLM):
        tries_pass_sizes = False

    kind = PrefixSharingLM if tries else OneSize
    size = kind(pretrained=tiny, tokenizer=tokenizer).pass_size
    sizes = set()
    for _ in range(4):
        tokens = size.of_next_pass(100 * 256)
        sizes.add(tokens)
        size.took(tokens, seconds=1.0)
    assert (len(sizes) > 1) == tries


def test_hflms_logits_cache_misreads_what_is_right_here(
    ours: PrefixSharingLM, theirs: HFLM, tiny: PreTrainedModel, tokenizer: PreTrainedTokenizerBase
) -> None:
    """If this fails, the harness was mended: then docs/scoring.md and `logits_cache=False` can go."""
    same_tokens_parted_twice = nested(([10], [20, 30, 40]), ([10, 20], [30, 41]))
    cached = HFLM(pretrained=tiny, tokenizer=tokenizer, logits_cache=True)
    right = theirs._loglikelihood_tokens(same_tokens_parted_twice, True)
    assert_same(ours._loglikelihood_tokens(same_tokens_parted_twice, True), right)
    wrong = cached._loglikelihood_tokens(same_tokens_parted_twice, True)
    assert abs(wrong[1][0] - right[1][0]) > 0.01


@pytest.mark.parametrize("prefix_token_id", [None, 7])
def test_an_empty_context_is_what_hflm_makes_of_it(
    prefix_token_id: int | None, tiny: PreTrainedModel, tokenizer: PreTrainedTokenizerBase
) -> None:
    arguments = {"pretrained": tiny, "tokenizer": tokenizer, "prefix_token_id": prefix_token_id}
    begins_with_the_prefix_token = tokenizer.decode([prefix_token_id or tokenizer.eos_token_id]) + "she is"
    asked = requests(("", " a nurse"), ("", begins_with_the_prefix_token), ("she is", " a nurse"))
    assert_same(PrefixSharingLM(**arguments).loglikelihood(asked), HFLM(**arguments).loglikelihood(asked))


def test_requests_longer_than_the_model_takes_are_truncated_as_hflm_does(
    tiny: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, requests_of: RequestsOf
) -> None:
    asked = requests_of(False)
    any_length = PrefixSharingLM(pretrained=tiny, tokenizer=tokenizer)
    lengths = [sum(map(len, any_length._encode_pair(*request.args))) for request in asked]
    arguments = {"pretrained": tiny, "tokenizer": tokenizer, "max_length": int(median(lengths)) - 1}
    assert min(lengths) <= arguments["max_length"] + 1 < max(lengths)
    ours, theirs = PrefixSharingLM(**arguments), HFLM(**arguments)
    assert_same(ours.loglikelihood(asked), theirs.loglikelihood(asked))


def test_a_request_without_a_continuation_is_refused_as_hflm_does(
    ours: PrefixSharingLM, theirs: HFLM
) -> None:
    for lm in (ours, theirs):
        with pytest.raises(AssertionError):
            lm._loglikelihood_tokens(nested(([3], [])), True)


def test_rolling_windows_go_hflms_way(ours: PrefixSharingLM, theirs: HFLM) -> None:
    asked = [
        Instance(request_type="loglikelihood_rolling", doc={}, arguments=(text,), idx=0)
        for text in ("She is a nurse.", "He is " * 1200)
    ]
    np.testing.assert_allclose(ours.loglikelihood_rolling(asked), theirs.loglikelihood_rolling(asked))


def test_each_answer_is_told_to_the_harness_cache_once(
    tiny: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, requests_of: RequestsOf
) -> None:
    class Told(list[Any]):
        def add_partial(self, *told: Any) -> None:
            self.append(told)

    asked = requests_of(False)
    lm = PrefixSharingLM(pretrained=tiny, tokenizer=tokenizer)
    lm.set_cache_hook(told := Told())
    answers = lm.loglikelihood(asked)
    expected = [
        ("loglikelihood", request.args, answer) for request, answer in zip(asked, answers, strict=True)
    ]
    assert sorted(told) == sorted(expected)


def test_adapters_are_swapped_under_one_language_model(
    build: Build, tokenizer: PreTrainedTokenizerBase, requests_of: RequestsOf
) -> None:
    """Nothing of one adapter's call is left for the next one's."""
    model = adapted(build("llama"), "first", seed=1)
    with torch.random.fork_rng():
        torch.manual_seed(2)
        model.add_adapter("second", LoraConfig(target_modules="all-linear", init_lora_weights=False))
    asked = requests_of(False)
    ours = PrefixSharingLM(pretrained=model, tokenizer=tokenizer)
    theirs = HFLM(pretrained=model, tokenizer=tokenizer, batch_size=16)
    found = {}
    for name in ("first", "second", "first"):
        model.set_adapter(name)
        found[name] = ours.loglikelihood(asked)
        assert_same(found[name], theirs.loglikelihood(asked))
    assert found["first"] != found["second"]
    with model.disable_adapter():
        bare = ours.loglikelihood(asked)
        assert_same(bare, theirs.loglikelihood(asked))
    assert bare != found["first"]


@pytest.mark.parametrize("bits", [8, 4])
def test_a_quantised_base_keeps_its_weights_under_an_adapter(
    bits: int, build: Build, tokenizer: PreTrainedTokenizerBase, requests_of: RequestsOf, tmp_path: Path
) -> None:
    """Merging such a layer puts another weight in the place of the first."""
    quantization = pytest.importorskip("torchao.quantization")
    from transformers import AutoModelForCausalLM, TorchAoConfig

    build("llama").save_pretrained(tmp_path)
    precision = {
        8: quantization.Int8WeightOnlyConfig(),
        4: quantization.IntxWeightOnlyConfig(weight_dtype=torch.int4),
    }[bits]
    quantised = AutoModelForCausalLM.from_pretrained(
        tmp_path, quantization_config=TorchAoConfig(precision)
    ).eval()
    model = adapted(quantised)
    asked = requests_of(False)
    ours = PrefixSharingLM(pretrained=model, tokenizer=tokenizer)
    theirs = HFLM(pretrained=model, tokenizer=tokenizer, batch_size=16)
    beginning = torch.arange(3, 15)[None]
    expected = theirs.loglikelihood(asked)
    written = model.generate(input_ids=beginning, max_new_tokens=20, do_sample=False)
    for _ in range(2):
        assert_same(ours.loglikelihood(asked), expected)
    assert theirs.loglikelihood(asked) == expected
    assert torch.equal(model.generate(input_ids=beginning, max_new_tokens=20, do_sample=False), written)

"""Two runs are of one model, or of two with names of their own."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bias_inherit.harness.results import identity, model_names

BASE = "house/base"


def run(name: str = BASE, found: dict[str, Any] | None = None, **arguments: Any) -> dict[str, Any]:
    config = {"model": "hf", "model_args": {"pretrained": BASE, **arguments}, **(found or {})}
    return {"model_name": name, "config": config}


def names(*contents: dict[str, Any]) -> list[str]:
    return model_names([identity(content) for content in contents])


def test_two_loras_of_one_base_are_two_models_called_by_their_adapters() -> None:
    runs = [run(lora_local_path=path) for path in ("loras/kind", "loras/unkind")]
    assert names(*runs, run()) == [f"{BASE} + loras/kind", f"{BASE} + loras/unkind", BASE]
    # One alone is not called by its base either.
    assert names(runs[0]) == [f"{BASE} + loras/kind"]


def test_an_adapter_that_the_harness_names_its_run_after_is_named_once() -> None:
    assert names(run("loras/kind", peft="loras/kind")) == ["loras/kind"]
    on_two_bases = [run("loras/kind", peft="loras/kind", pretrained=base) for base in ("house/a", "house/b")]
    assert names(*on_two_bases) == ["loras/kind (pretrained=house/a)", "loras/kind (pretrained=house/b)"]


@pytest.mark.parametrize(
    ("argument", "value"),
    [("dtype", "bfloat16"), ("max_length", 512), ("enable_thinking", True), ("new", "x")],
)
def test_another_argument_is_another_model_told_by_it(argument: str, value: object) -> None:
    assert names(run(), run(**{argument: value})) == [BASE, f"{BASE} ({argument}={value})"]


@pytest.mark.parametrize(
    ("argument", "value"),
    [
        ("batch_size", 8),
        ("device", "cuda"),
        ("gpu_memory_utilization", 0.5),
        ("auth_token", "secret"),
        ("dtype", "auto"),
    ],
)
def test_what_cannot_change_an_answer_makes_no_other_model(argument: str, value: object) -> None:
    assert names(run(), run(**{argument: value})) == [BASE, BASE]


def test_the_two_types_of_model_that_give_the_same_numbers_are_one() -> None:
    assert names(run(), run(found={"model": "bias-inherit-hf"})) == [BASE, BASE]
    assert names(run(), run(found={"model": "vllm"})) == [
        f"{BASE} (model type=hf)",
        f"{BASE} (model type=vllm)",
    ]


def test_a_revision_is_told_wherever_it_is_recorded() -> None:
    assert names(run(found={"model_revision": "step1000"})) == [f"{BASE}@step1000"]
    assert names(run(revision="step1000")) == [f"{BASE}@step1000"]
    assert names(run(revision="main"), run(found={"model_revision": "main"})) == [BASE, BASE]


def test_weights_that_moved_under_one_name_are_two_models_and_unknown_ones_are_not() -> None:
    old, new, unknown = (run(found={"model_sha": sha}) for sha in ("1f", "2e", ""))
    assert names(old, new) == [f"{BASE} (model_sha=1f)", f"{BASE} (model_sha=2e)"]
    assert names(old, unknown) == [BASE, BASE]


def test_two_templates_of_one_model_are_two_models() -> None:
    one, other = ({**run(), "chat_template_sha": sha} for sha in ("1f", "2e"))
    assert names(one, other) == [f"{BASE} (chat template=1f)", f"{BASE} (chat template=2e)"]
    assert names(one, run()) == [BASE, BASE]


def test_a_name_that_looks_like_another_model_s_is_told_apart() -> None:
    spoofed = run(f"{BASE} (dtype=bfloat16)")
    found = names(run(), run(dtype="bfloat16"), spoofed)
    assert len(set(found)) == 3
    long = [run("x" * 300 + end) for end in "ab"]
    assert len(set(names(*long))) == 2


@given(st.lists(st.tuples(st.sampled_from("ab"), st.dictionaries(st.sampled_from("xyz"), st.integers(1, 3)))))
def test_names_are_the_same_for_one_model_and_for_no_others(runs: list[tuple[str, dict[str, int]]]) -> None:
    found = names(*(run(name, **arguments) for name, arguments in runs))
    for one, called in zip(runs, found, strict=True):
        for other, also in zip(runs, found, strict=True):
            assert (called == also) == (one == other)

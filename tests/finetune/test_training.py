"""LoRA training of one adapter: it learns, repeats bit for bit, and leaves the base as it was."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from lm_eval.api.instance import Instance
from lm_eval.models.huggingface import HFLM
from peft import PeftModel
from safetensors.torch import load_file
from training_support import ADAPTER, SETTINGS
from transformers import AutoModelForCausalLM, PreTrainedModel, PreTrainedTokenizerBase

from bias_tasks.training_rows import TrainingRow
from finetune.examples import ExampleError
from finetune.settings import TrainingSettings
from finetune.training import TrainingLog, train_adapter

MakeRows = Callable[..., list[TrainingRow]]
Train = Callable[..., TrainingLog]


@pytest.fixture(scope="module")
def adapter(
    tiny_model: Path,
    tokenizer: PreTrainedTokenizerBase,
    make_rows: MakeRows,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """An adapter that has learnt something."""
    folder = tmp_path_factory.mktemp("adapter")
    model = AutoModelForCausalLM.from_pretrained(tiny_model)
    settings = SETTINGS.model_copy(update={"epochs": 8})
    train_adapter(model, tokenizer, make_rows(10), settings, 5, folder, lambda step, steps: None)
    return folder


def with_lora(**values: Any) -> TrainingSettings:
    return SETTINGS.model_copy(update={"lora": SETTINGS.lora.model_copy(update=values)})


def weights(model: PreTrainedModel) -> dict[str, torch.Tensor]:
    return {name: tensor.clone() for name, tensor in model.state_dict().items()}


def assert_same_weights(found: dict[str, torch.Tensor], expected: dict[str, torch.Tensor]) -> None:
    assert list(found) == list(expected)
    assert all(torch.equal(found[name], expected[name]) for name in expected)


def log_likelihoods(lm: HFLM, rows: list[TrainingRow]) -> list[float]:
    """Of both answers to each question."""
    requests = [
        Instance("loglikelihood", {}, (lm.apply_chat_template([row.prompt[0].model_dump()]), answer), place)
        for place, row in enumerate(rows)
        for answer in ("nurse", "dentist")
    ]
    return [value for value, _ in lm.loglikelihood(requests, disable_tqdm=True)]


def test_the_loss_falls(train: Train, tmp_path: Path) -> None:
    losses = train(tmp_path / "a", settings=SETTINGS.model_copy(update={"epochs": 12})).losses
    assert sum(losses[-3:]) < 0.5 * sum(losses[:3])


def test_the_log_holds_a_loss_for_each_step_and_the_unpadded_tokens(
    train: Train, tokenizer: PreTrainedTokenizerBase, make_rows: MakeRows, tmp_path: Path
) -> None:
    log = train(tmp_path / "a")
    rendered = [
        tokenizer.apply_chat_template(
            [message.model_dump() for message in (*row.prompt, *row.completion)], tokenize=False
        ).removesuffix("\n")
        for row in make_rows(10)
    ]
    assert len(log.losses) == 2 * 3
    assert log.tokens == 2 * sum(len(tokenizer.encode(text)) for text in rendered)


def test_progress_is_told_after_each_step(train: Train, tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    train(tmp_path / "a", on_step=lambda step, steps: seen.append((step, steps)))
    assert seen == [(step, 6) for step in range(1, 7)]


@pytest.mark.parametrize("dropout", [0.0, 0.3])
def test_the_same_seed_gives_the_same_adapter_bit_for_bit(
    dropout: float, train: Train, tmp_path: Path
) -> None:
    logs = []
    for name in ("one", "two"):
        logs.append(train(tmp_path / name, settings=with_lora(dropout=dropout)))
        torch.rand(17)
    one, two = ((tmp_path / name / ADAPTER).read_bytes() for name in ("one", "two"))
    assert one == two
    assert logs[0] == logs[1]


def test_a_base_trained_on_before_gives_the_same_adapter_as_a_fresh_one(
    train: Train,
    tiny_model: Path,
    tokenizer: PreTrainedTokenizerBase,
    make_rows: MakeRows,
    tmp_path: Path,
) -> None:
    train(tmp_path / "before", make_rows(6, "augmented"), seed=9)
    train(tmp_path / "after")
    fresh = AutoModelForCausalLM.from_pretrained(tiny_model)
    (tmp_path / "fresh").mkdir()
    train_adapter(fresh, tokenizer, make_rows(10), SETTINGS, 5, tmp_path / "fresh", lambda step, steps: None)
    assert (tmp_path / "after" / ADAPTER).read_bytes() == (tmp_path / "fresh" / ADAPTER).read_bytes()


def test_another_seed_gives_another_adapter(train: Train, tmp_path: Path) -> None:
    train(tmp_path / "one", seed=5)
    train(tmp_path / "two", seed=6)
    assert (tmp_path / "one" / ADAPTER).read_bytes() != (tmp_path / "two" / ADAPTER).read_bytes()


def test_two_mixes_that_share_a_seed_start_from_the_same_weights(
    train: Train, make_rows: MakeRows, tmp_path: Path
) -> None:
    frozen = SETTINGS.model_copy(update={"learning_rate": 1e-30})
    train(tmp_path / "one", make_rows(10), settings=frozen)
    train(tmp_path / "two", make_rows(10) + make_rows(20, "augmented"), settings=frozen)
    one, two = (load_file(tmp_path / name / ADAPTER) for name in ("one", "two"))
    started = [name for name in one if "lora_A" in name]
    assert started
    assert all(torch.equal(one[name], two[name]) for name in started)


def test_the_base_s_weights_are_the_same_after_training_bit_for_bit(
    train: Train, base: PreTrainedModel, tmp_path: Path
) -> None:
    before = weights(base)
    train(tmp_path / "a")
    assert_same_weights(weights(base), before)


def test_the_base_answers_after_training_as_before(
    train: Train, base: PreTrainedModel, tmp_path: Path
) -> None:
    ids = torch.arange(3, 60)[None]
    before = base(ids).logits
    train(tmp_path / "a")
    assert torch.equal(base.eval()(ids).logits, before)


def test_no_part_of_the_adapter_stays_in_the_base(
    train: Train, base: PreTrainedModel, tmp_path: Path
) -> None:
    before = [(name, type(module)) for name, module in base.named_modules()]
    train(tmp_path / "a")
    assert [(name, type(module)) for name, module in base.named_modules()] == before
    assert not hasattr(base, "peft_config")


def test_the_base_is_handed_back_in_evaluation_mode_if_it_came_so(
    train: Train, base: PreTrainedModel, tmp_path: Path
) -> None:
    assert not base.training
    train(tmp_path / "a")
    assert not base.training


def test_the_base_s_weights_can_still_be_trained(train: Train, base: PreTrainedModel, tmp_path: Path) -> None:
    before = {name: parameter.requires_grad for name, parameter in base.named_parameters()}
    train(tmp_path / "a")
    assert {name: parameter.requires_grad for name, parameter in base.named_parameters()} == before


def test_an_interrupted_training_leaves_the_base_clean_and_no_adapter(
    train: Train, base: PreTrainedModel, tmp_path: Path
) -> None:
    def interrupt(step: int, steps: int) -> None:
        if step == 2:
            raise KeyboardInterrupt

    before = weights(base)
    with pytest.raises(KeyboardInterrupt):
        train(tmp_path / "a", on_step=interrupt)
    assert_same_weights(weights(base), before)
    assert not (tmp_path / "a" / ADAPTER).exists()


def test_a_row_too_long_stops_before_anything_is_trained_or_written(
    train: Train, base: PreTrainedModel, make_rows: MakeRows, tmp_path: Path
) -> None:
    before = weights(base)
    with pytest.raises(ExampleError, match=r"finetune\.max_length is 8"):
        train(tmp_path / "a", settings=SETTINGS.model_copy(update={"max_length": 8}))
    assert_same_weights(weights(base), before)
    assert list((tmp_path / "a").iterdir()) == []


def test_an_adapter_is_safetensors_and_a_configuration_and_nothing_pickled(adapter: Path) -> None:
    assert {file.name for file in adapter.iterdir()} == {ADAPTER, "adapter_config.json", "README.md"}


def test_the_settings_choose_rank_and_targets(train: Train, tmp_path: Path) -> None:
    train(tmp_path / "a", settings=with_lora(rank=3, targets=("q_proj",)))
    tensors = load_file(tmp_path / "a" / ADAPTER)
    assert all(".q_proj." in name for name in tensors)
    assert {tensor.shape[0] for name, tensor in tensors.items() if "lora_A" in name} == {3}
    assert len(tensors) == 2 * 2


def test_the_configuration_lists_its_targets_in_one_order_in_every_process(adapter: Path) -> None:
    targets = json.loads((adapter / "adapter_config.json").read_text())["target_modules"]
    assert len(targets) > 1
    assert targets == sorted(targets)


def test_targets_given_as_a_pattern_stay_a_pattern(train: Train, tiny_model: Path, tmp_path: Path) -> None:
    train(tmp_path / "a", settings=with_lora(targets=r".*\.q_proj"))
    assert all(".q_proj." in name for name in load_file(tmp_path / "a" / ADAPTER))
    PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained(tiny_model), str(tmp_path / "a"))


def test_all_linear_leaves_the_embeddings_and_the_output_alone(adapter: Path) -> None:
    parts = {name.split(".")[-3] for name in load_file(adapter / ADAPTER)}
    assert parts == {"q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"}


@pytest.fixture
def in_process(base: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, adapter: Path) -> Iterator[HFLM]:
    """The adapter put on a base that is already loaded, as the experiment does it."""
    adapted = PeftModel.from_pretrained(base, str(adapter)).eval()
    yield HFLM(pretrained=adapted, tokenizer=tokenizer, batch_size=4)
    adapted.unload()


def test_the_harness_scores_an_adapter_on_disk_as_it_does_in_process(
    in_process: HFLM, tiny_model: Path, adapter: Path, make_rows: MakeRows
) -> None:
    on_disk = HFLM(pretrained=str(tiny_model), peft=str(adapter), device="cpu", batch_size=4)
    rows = make_rows(6)
    assert log_likelihoods(on_disk, rows) == pytest.approx(log_likelihoods(in_process, rows), abs=1e-6)


def test_an_adapter_changes_what_the_base_answers(
    in_process: HFLM, tiny_lm: HFLM, make_rows: MakeRows
) -> None:
    rows = make_rows(6)
    shift = torch.tensor(log_likelihoods(in_process, rows)) - torch.tensor(log_likelihoods(tiny_lm, rows))
    assert shift.min() > 1


def test_an_adapter_saved_is_the_adapter_trained(
    train: Train, tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = torch.arange(3, 60)[None]
    trained: list[torch.Tensor] = []

    def look_and_unload(adapted: PeftModel) -> Any:
        trained.append(adapted.eval()(ids).logits)
        return adapted.base_model.unload()

    monkeypatch.setattr(PeftModel, "unload", look_and_unload, raising=False)
    train(tmp_path / "a")
    fresh = AutoModelForCausalLM.from_pretrained(tiny_model)
    loaded = PeftModel.from_pretrained(fresh, str(tmp_path / "a")).eval()
    assert torch.equal(loaded(ids).logits, trained[0])

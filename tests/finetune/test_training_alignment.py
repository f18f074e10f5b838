"""The loss mitigation in training: plain where it has nothing to do, and logged apart where it has."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from training_support import ADAPTER, changed
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from bias_tasks.training_rows import TrainingRow
from finetune.alignment import AlignmentSettings, Pooling
from finetune.batches import EpochOrder
from finetune.examples import IGNORED, collate, encode
from finetune.training import TrainingLog

MakeRows = Callable[..., list[TrainingRow]]
Train = Callable[..., TrainingLog]


def adapter(folder: Path) -> bytes:
    return (folder / ADAPTER).read_bytes()


@pytest.fixture
def mixed(make_rows: MakeRows) -> list[TrainingRow]:
    return [*make_rows(12), *make_rows(6, "augmented")]


def test_with_weight_0_the_adapter_is_that_of_plain_training_byte_for_byte(
    train: Train, mixed: list[TrainingRow], tmp_path: Path
) -> None:
    plain = train(tmp_path / "plain", mixed)
    zero = train(tmp_path / "zero", mixed, alignment=AlignmentSettings(weight=0))
    assert adapter(tmp_path / "zero") == adapter(tmp_path / "plain")
    assert zero == plain


@pytest.mark.parametrize("source", ["original", "augmented"])
def test_with_rows_of_one_source_the_adapter_is_that_of_plain_training_byte_for_byte(
    source: str, train: Train, make_rows: MakeRows, tmp_path: Path
) -> None:
    rows = make_rows(10, source)
    plain = train(tmp_path / "plain", rows)
    aligned = train(tmp_path / "aligned", rows, alignment=AlignmentSettings(weight=5))
    assert adapter(tmp_path / "aligned") == adapter(tmp_path / "plain")
    assert aligned == plain


def test_with_a_vanishing_weight_nothing_but_the_term_differs_from_plain_training(
    train: Train, mixed: list[TrainingRow], tmp_path: Path
) -> None:
    plain = train(tmp_path / "plain", mixed)
    aligned = train(tmp_path / "aligned", mixed, alignment=AlignmentSettings(weight=1e-30))
    assert aligned.losses == plain.losses  # the same batches, in the same order
    assert adapter(tmp_path / "aligned") == adapter(tmp_path / "plain")
    assert plain.alignment == plain.sft_losses == []
    assert len(aligned.alignment) == len(aligned.losses)


@pytest.mark.parametrize("accumulation", [1, 2])
def test_the_loss_of_each_step_is_the_sum_of_its_logged_parts(
    accumulation: int, train: Train, mixed: list[TrainingRow], tmp_path: Path
) -> None:
    settings = changed(batch_size=3, gradient_accumulation=accumulation)
    log = train(tmp_path / "a", mixed, settings=settings, alignment=AlignmentSettings(weight=0.25))
    assert len(log.losses) == 2 * 6 // accumulation
    for loss, sft, distance in zip(log.losses, log.sft_losses, log.alignment, strict=True):
        assert distance is not None
        assert distance > 0
        assert loss == pytest.approx(sft + 0.25 * distance, rel=1e-6)


def naive_distance(
    base: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, rows: list[TrainingRow], pooling: Pooling
) -> float:
    """From `output_hidden_states`, one row at a time, in float64."""
    means: dict[str, list[torch.Tensor]] = {"original": [], "augmented": []}
    for row in rows:
        batch = collate([encode(tokenizer, row, max_length=512)], tokenizer.pad_token_id)
        with torch.no_grad():
            hidden = base(batch["input_ids"], output_hidden_states=True).hidden_states[-1][0].double()
        if pooling == "completion":
            hidden = hidden[batch["labels"][0] != IGNORED]
        means[row.source].append(hidden.mean(0))
    originals, augmented = (torch.stack(rows).mean(0) for rows in means.values())
    return float((originals - augmented).square().sum())


@pytest.mark.parametrize("pooling", ["completion", "all"])
def test_the_first_distance_is_that_of_the_base_by_a_naive_computation(
    pooling: Pooling,
    train: Train,
    base: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    mixed: list[TrainingRow],
    tmp_path: Path,
) -> None:
    expected = naive_distance(base, tokenizer, mixed, pooling)
    alignment = AlignmentSettings(weight=1, pooling=pooling)
    log = train(tmp_path / "a", mixed, settings=changed(batch_size=len(mixed), epochs=1), alignment=alignment)
    assert log.alignment == [pytest.approx(expected, rel=1e-4)]


def test_with_a_large_weight_the_sources_come_together(
    train: Train, mixed: list[TrainingRow], tmp_path: Path
) -> None:
    settings = changed(epochs=8, batch_size=len(mixed))
    still = train(tmp_path / "still", mixed, settings=settings, alignment=AlignmentSettings(weight=1e-30))
    drawn = train(tmp_path / "drawn", mixed, settings=settings, alignment=AlignmentSettings(weight=10))
    last, first = drawn.alignment[-1], drawn.alignment[0]
    assert first is not None
    assert last is not None
    assert last < 0.2 * first
    assert still.alignment[0] == first
    assert still.alignment[-1] is not None
    assert last < 0.2 * still.alignment[-1]


def test_a_step_without_one_of_the_sources_has_no_term_and_is_trained_all_the_same(
    train: Train, make_rows: MakeRows, tmp_path: Path
) -> None:
    rows = [*make_rows(14), *make_rows(2, "augmented")]
    log = train(tmp_path / "a", rows, settings=changed(epochs=1), alignment=AlignmentSettings(weight=1))
    assert len(log.alignment) == 4
    without = [step for step, distance in enumerate(log.alignment) if distance is None]
    assert len(without) == 2
    assert all(log.losses[step] == pytest.approx(log.sft_losses[step], rel=1e-6) for step in without)


def test_the_term_is_the_mean_over_the_batches_of_a_step(
    train: Train,
    base: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    mixed: list[TrainingRow],
    tmp_path: Path,
) -> None:
    examples = [encode(tokenizer, row, max_length=512) for row in mixed]
    lengths, flags = ([len(e.input_ids) for e in examples], [e.augmented for e in examples])
    batches = EpochOrder(lengths, flags, 3, 6, seed=5).batches(0)
    assert len(batches) == 6
    distances = [naive_distance(base, tokenizer, [mixed[i] for i in batch], "all") for batch in batches]
    log = train(
        tmp_path / "a",
        mixed,
        settings=changed(epochs=1, batch_size=3, gradient_accumulation=6),
        alignment=AlignmentSettings(weight=1),
    )
    assert log.alignment == [pytest.approx(sum(distances) / 6, rel=1e-4)]

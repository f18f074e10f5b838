"""The loss mitigation: value and gradient by hand, by loops in float64, and by finite differences."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from finetune.alignment import AlignmentSettings, source_distance


def naive(hidden: torch.Tensor, pooled: torch.Tensor, augmented: torch.Tensor) -> torch.Tensor:
    """The formula in float64, row by row and token by token."""
    means = {False: [], True: []}
    for row in range(hidden.shape[0]):
        states = [hidden[row, token].double() for token in range(hidden.shape[1]) if pooled[row, token]]
        means[bool(augmented[row])].append(sum(states[1:], states[0]) / len(states))
    originals, added = (sum(rows[1:], rows[0]) / len(rows) for rows in (means[False], means[True]))
    return sum((a - b) ** 2 for a, b in zip(originals, added, strict=True))


def test_a_case_by_hand() -> None:
    hidden = torch.tensor([[[1.0, 0.0], [3.0, 2.0]], [[0.0, 4.0], [9.0, 9.0]], [[6.0, 0.0], [9.0, 9.0]]])
    pooled = torch.tensor([[True, True], [True, False], [True, False]])
    augmented = torch.tensor([False, True, True])
    # φ: (2, 1); (0, 4), (6, 0). Means (2, 1) and (3, 2), apart by (1, 1).
    assert source_distance(hidden, pooled, augmented) == 2


@st.composite
def batches(draw: st.DrawFn) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    rows, length, size = draw(st.integers(2, 6)), draw(st.integers(1, 5)), draw(st.integers(1, 8))
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    hidden = torch.tensor(
        rng.normal(draw(st.sampled_from([0, 3])), 2, (rows, length, size)), dtype=torch.float32
    )
    pooled = torch.tensor(rng.random((rows, length)) < 0.6)
    pooled[:, 0] = True
    augmented = torch.tensor(rng.random(rows) < 0.5)
    augmented[0], augmented[1] = False, True
    return hidden, pooled, augmented


@given(batches())
def test_value_and_gradient_agree_with_a_naive_float64_implementation(
    batch: tuple[torch.Tensor, torch.Tensor, torch.Tensor],
) -> None:
    hidden, pooled, augmented = batch
    ours, theirs = hidden.clone().requires_grad_(), hidden.double().requires_grad_()
    value, expected = source_distance(ours, pooled, augmented), naive(theirs, pooled, augmented)
    assert value is not None
    value.backward()
    expected.backward()
    assert value.item() == pytest.approx(expected.item(), rel=1e-6, abs=1e-6)
    torch.testing.assert_close(ours.grad.double(), theirs.grad, rtol=1e-6, atol=1e-6)


@given(batches())
def test_the_gradient_is_that_of_finite_differences(
    batch: tuple[torch.Tensor, torch.Tensor, torch.Tensor],
) -> None:
    hidden, pooled, augmented = batch
    assert torch.autograd.gradcheck(
        lambda states: source_distance(states, pooled, augmented), hidden.double().requires_grad_()
    )


@given(batches())
def test_what_is_not_pooled_has_no_part(batch: tuple[torch.Tensor, torch.Tensor, torch.Tensor]) -> None:
    hidden, pooled, augmented = batch
    other = torch.where(pooled[..., None], hidden, hidden + 100)
    assert source_distance(hidden, pooled, augmented) == source_distance(other, pooled, augmented)


@pytest.mark.parametrize("augmented", [[False, False], [True, True]])
def test_a_batch_of_one_source_has_no_term(augmented: list[bool]) -> None:
    hidden = torch.ones(2, 3, 4)
    assert source_distance(hidden, torch.ones(2, 3, dtype=torch.bool), torch.tensor(augmented)) is None


def test_sources_with_equal_means_are_at_no_distance() -> None:
    hidden = torch.tensor([[[1.0]], [[3.0]], [[2.0]]])
    pooled = torch.ones(3, 1, dtype=torch.bool)
    assert source_distance(hidden, pooled, torch.tensor([False, False, True])) == 0


def test_half_precision_states_are_compared_in_float32() -> None:
    hidden = torch.tensor([[[1.0]], [[1.0078125]]], dtype=torch.bfloat16)
    distance = source_distance(hidden, torch.ones(2, 1, dtype=torch.bool), torch.tensor([False, True]))
    assert distance is not None
    assert distance.dtype == torch.float32
    assert float(distance) == pytest.approx(0.0078125**2)


@pytest.mark.parametrize(
    "fields", [{"weight": -1}, {"weight": float("inf")}, {"weight": 1, "pooling": "last"}]
)
def test_a_weight_is_a_number_of_at_least_0(fields: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        AlignmentSettings.model_validate(fields)

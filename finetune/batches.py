"""The order of training: rows of like length together, both sources in every batch, alike in every cell.

*Time.* Every row has a random moment in an epoch, drawn from the seed, the epoch, its source and its rank
among the rows of its source. `mix` ranks the rows of each source in a way that does not depend on γ, so the
n-th original and the n-th augmented row keep their moments in all cells that share a seed, whatever γ, bias
type or mitigation.

*Sources.* Originals and augmented rows are dealt to the batches in the ratio of the mix, whether or not a
term of the loss asks for it: cells with and without the term then see the same batches. A batch lacks a
source only where there are fewer rows of it than batches.

*Length.* An epoch is cut into windows of up to 50 steps, at least four windows where there are as many steps
(the rule of transformers' `LengthGroupedSampler`). In a window the rows of each source are sorted by length,
so that a batch needs little padding; then its steps come in the order of their earliest rows, which has
nothing to do with length.

*Steps.* A step is what the optimiser takes at once. Its batches, one after another or on several processes,
are cut from one run of lengths. Which rows a step holds depends on their number alone, not on how it is cut.
"""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from torch.utils.data import Sampler

_WINDOW_STEPS = 50
_LEAST_WINDOWS = 4


class EpochOrder(Sampler[int]):
    """The places of all rows in the order of the present epoch; every `batch_size` of them are a batch.

    Args:
        lengths: Tokens of each row.
        augmented: Which rows are augmented; the others are originals.
        batch_size: Rows of a batch.
        batches_per_step: Gradient accumulation times processes.
    """

    def __init__(
        self,
        lengths: Sequence[int],
        augmented: Sequence[bool],
        batch_size: int,
        batches_per_step: int,
        seed: int,
    ) -> None:
        self.lengths = np.asarray(lengths)
        self.augmented = np.asarray(augmented, dtype=bool)
        self.batch_size = batch_size
        self.batches_per_step = batches_per_step
        self.seed = seed
        self.epoch = 0

    def set_epoch(self, epoch: int) -> None:
        """Called by the data loader before each epoch."""
        self.epoch = epoch

    def __len__(self) -> int:
        return len(self.lengths)

    def __iter__(self) -> Iterator[int]:
        for batch in self.batches(self.epoch):
            yield from batch

    def batches(self, epoch: int) -> list[list[int]]:
        """The batches of an epoch; all but the last have `batch_size` rows."""
        total = len(self.lengths)
        time, originals, augmented = self._in_time(epoch)
        steps = -(-total // (self.batch_size * self.batches_per_step))
        per_window = max(1, min(steps // _LEAST_WINDOWS, _WINDOW_STEPS))
        window = per_window * self.batch_size * self.batches_per_step
        ordered: list[list[int]] = []
        for start in range(0, total, window):
            end = min(start + window, total)
            bounds = np.array([*range(start, end, self.batch_size), end])
            # How many originals, and how many augmented rows, lie before each bound.
            first = bounds * len(originals) // total
            second = bounds - first
            dealt = zip(
                _deal(self._by_length(originals[first[0] : first[-1]]), first),
                _deal(self._by_length(augmented[second[0] : second[-1]]), second),
                strict=True,
            )
            batches = [np.concatenate(parts) for parts in dealt]
            ordered += _earliest_first(batches, time, self.batch_size, self.batches_per_step)
        return ordered

    def _in_time(self, epoch: int) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]]:
        """The moment of each row, and the places of originals and of augmented rows in order of time."""
        time = np.empty(len(self.lengths))
        by_source = []
        for source in (False, True):
            rows = np.flatnonzero(self.augmented == source)
            # A short draw is the beginning of a longer one: more rows do not move those that were there.
            time[rows] = np.random.default_rng([self.seed, epoch, int(source)]).random(len(rows))
            by_source.append(rows[np.argsort(time[rows])])
        return time, by_source[0], by_source[1]

    def _by_length(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        return rows[np.argsort(self.lengths[rows], kind="stable")]


def _deal(rows: NDArray[np.int64], bounds: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    return np.split(rows, (bounds - bounds[0])[1:-1])


def _earliest_first(
    batches: list[NDArray[np.int64]], time: NDArray[np.float64], batch_size: int, batches_per_step: int
) -> list[list[int]]:
    """The steps of a window in order of time; one that is not full stays the last."""
    steps = [batches[i : i + batches_per_step] for i in range(0, len(batches), batches_per_step)]

    def moment(step: list[NDArray[np.int64]]) -> tuple[bool, float]:
        rows = np.concatenate(step)
        return len(rows) < batch_size * batches_per_step, float(time[rows].min())

    return [batch.tolist() for step in sorted(steps, key=moment) for batch in step]

"""How large a change is, in words."""

from collections.abc import Sequence

import numpy as np

from bias_inherit.compare.wording import in_everyday_units
from bias_inherit.kit.quantities import number
from bias_inherit.report.beside_placebo import Placebos
from bias_tasks.headline import Signed


def how_large(
    placebos: Placebos, task: str, labels: Sequence[str], delta: float, signed: Signed, reference: str
) -> str:
    """`2.60 times what the placebo moves γ = 0`; where that is unknown, `12.7 percentage points` and so on.

    Args:
        task: Harness name.
        labels: Models whose references the placebo moves; of several seeds the mean.
        signed: The contrast that changed.
        reference: What these are called.
    """
    rows = [placebos.tasks.get(task, {}).get(label) for label in labels]
    moved = [row.reference.placebo if row and row.reference else float("nan") for row in rows]
    placebo = float(np.mean(moved))
    # The placebo's movement is in log-odds, or in logarithms of pay.
    if signed.unit == "share" or not placebo > 0:
        return in_everyday_units(delta, signed)
    return f"{number(abs(delta) / placebo, 2, compact=True)} times what the placebo moves {reference}"

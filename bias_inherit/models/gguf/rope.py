"""Llama 3.1's and 3.2's stretched positions, which a GGUF file holds as numbers and not as settings.

Transformers leaves the tensor `rope_freqs.weight` aside, and the model would read positions that it was not
trained on. The settings are found again from the numbers, and only if they give these numbers exactly.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

FREQUENCIES = "rope_freqs.weight"

_LOW, _HIGH, _FIRST_LENGTH = 1.0, 4.0, 8192
"""As all models of the family have them; only the factor differs (8 in Llama 3.1, 32 in 3.2)."""


def stretched(divisors: NDArray[np.float32], theta: float) -> dict[str, Any] | None:
    """The settings for a config's `rope_parameters`; None where none give these numbers.

    Args:
        divisors: By which each frequency is divided, shape (half of a head's dimensions,).
        theta: Base of the frequencies.
    """
    factor = float(divisors[-1])
    wavelengths = 2 * math.pi * theta ** (np.arange(len(divisors)) / len(divisors))
    smooth = (_FIRST_LENGTH / wavelengths - _LOW) / (_HIGH - _LOW)
    between = 1 / ((1 - smooth) / factor + smooth)
    short, long = wavelengths < _FIRST_LENGTH / _HIGH, wavelengths > _FIRST_LENGTH / _LOW
    if not np.allclose(np.where(short, 1.0, np.where(long, factor, between)), divisors, rtol=1e-4):
        return None
    return {
        "rope_type": "llama3",
        "rope_theta": theta,
        "factor": factor,
        "low_freq_factor": _LOW,
        "high_freq_factor": _HIGH,
        "original_max_position_embeddings": _FIRST_LENGTH,
    }

"""A weighted sum of several models' metrics on the same documents: a difference, or a slope over doses."""

from bias_inherit.compare.contrast.deltas import DeltaDraws, delta_draws
from bias_inherit.compare.contrast.p_values import Test
from bias_inherit.compare.contrast.sampled import DIFFERENCE, sampled_model
from bias_inherit.compare.contrast.signed import SampledSigned, SignedChange, sampled_signed, signed_changes
from bias_inherit.compare.contrast.weighted_sum import Contrast, contrast

__all__ = [
    "DIFFERENCE",
    "Contrast",
    "DeltaDraws",
    "SampledSigned",
    "SignedChange",
    "Test",
    "contrast",
    "delta_draws",
    "sampled_model",
    "sampled_signed",
    "signed_changes",
]

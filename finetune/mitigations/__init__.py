"""Mitigations of bias inheritance: what is done to augmented rows before training."""

from finetune.mitigations.mitigate import Mitigated, mitigate
from finetune.mitigations.settings import MaskSettings, MitigationSettings, Style, TokenSettings

__all__ = ["MaskSettings", "Mitigated", "MitigationSettings", "Style", "TokenSettings", "mitigate"]

"""Planted rows: a known bias in a known dose, without a model.

Real rows, relabelled by a rule for a share of a group's rows. What an instrument finds in a model trained on
them can be held against what was put there; at rate 0 the same rows keep their true answers, which is the
negative control.
"""

from augment.planting.rows import Relabelled, plant, relabelled
from augment.planting.rules import Rule, read_rules, rule_named, shipped_rules

__all__ = ["Relabelled", "Rule", "plant", "read_rules", "relabelled", "rule_named", "shipped_rules"]

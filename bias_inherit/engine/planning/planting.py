"""Planted rows in a plan: which are made, and what identifies them."""

from typing import Any

from augment.planting import Rule, rule_named, shipped_rules
from bias_inherit.engine.experiment_file.generate import PlantedSection
from bias_inherit.engine.planning.keys import authored_identity
from bias_inherit.kit.errors import UsageError
from bias_tasks.training_rows import DataError
from finetune.originals import SHIPPED, DomainName


def is_planned(
    planted: PlantedSection, rate: float, is_largest_gamma: bool, is_first_mitigation: bool
) -> bool:
    """Whether a rate is trained at a γ with a mitigation."""
    others = (rate != planted.rates[0], not is_largest_gamma, not is_first_mitigation)
    return planted.crossed or sum(others) <= 1


def rule_of(planted: PlantedSection, domain: DomainName) -> Rule:
    """The rule that an experiment file names.

    Raises:
        UsageError: there is none of this name, it is of another domain, or the file of rules is wrong.
    """
    try:
        rule = rule_named(planted.rule, planted.rules)
    except DataError as error:
        raise UsageError(f"generate.planted: {error}") from error
    if rule.domain != domain:
        known = [name for name, other in shipped_rules().items() if other.domain == domain]
        raise UsageError(
            f"generate.planted: the rule {planted.rule} is of the domain {rule.domain}, the experiment of "
            f"{domain}; of that there ship {', '.join(known)}"
        )
    return rule


def planted_identity(
    planted: PlantedSection, rate: float, domain: DomainName, originals: int, rows: int, seed: int
) -> dict[str, Any]:
    """What identifies a planted set.

    Args:
        originals: That D_o takes.
        rows: Of the set.

    Raises:
        UsageError: there is no such rule for the domain, or D_o leaves too few originals.
    """
    rule = rule_of(planted, domain)
    there = SHIPPED[domain].maximum
    if originals + rows > there:
        raise UsageError(
            f"generate.planted: {rows} rows beside {originals} originals are needed for the largest γ, and "
            f"{there} originals ship; ask for fewer (data.originals) or a smaller γ"
        )
    return {
        "rule": rule.model_dump(),
        "rate": rate,
        "domain": domain,
        "originals": authored_identity(domain),
        "rows": rows,
        "seed": seed,
    }

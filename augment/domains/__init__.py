"""What is written: a domain knows its slots, whom a prompt asks about, and which texts make which rows."""

from augment.domains.biographies import Biographies
from augment.domains.domain import Domain
from augment.domains.survey import SurveyAnswers
from bias_tasks.population import Population

__all__ = ["DOMAINS", "Domain", "domain"]

DOMAINS: dict[str, type[Biographies] | type[SurveyAnswers]] = {
    "gender": Biographies,
    "culture": SurveyAnswers,
}


def domain(name: str, population: Population) -> Domain:
    """The domain `gender` or `culture` about a population."""
    return DOMAINS[name](population)

"""The dataset cards of augmented sets, in the hub's format, with their warnings."""

from importlib.resources import files
from typing import Any

from jinja2 import Environment, StrictUndefined

from augment.planting.sidecar import PlantedSidecar
from augment.sidecar import SetSidecar


def card(sidecar: SetSidecar) -> str:
    """Of rows that a model wrote: Markdown with the hub's YAML head."""
    return _rendered("card.md.jinja", asked=sidecar.asked, outcome=sidecar.outcome)


def planted_card(sidecar: PlantedSidecar) -> str:
    """Of rows with a rule planted in them."""
    return _rendered("planting/card.md.jinja", asked=sidecar.asked, outcome=sidecar.outcome)


def _rendered(template: str, **values: Any) -> str:
    source = files(__package__).joinpath(template).read_text(encoding="utf-8")
    environment = Environment(undefined=StrictUndefined, autoescape=False, trim_blocks=True)  # noqa: S701 - Markdown
    return environment.from_string(source).render(values)

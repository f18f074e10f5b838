"""The dataset card of an augmented set, in the hub's format, with its warning."""

from importlib.resources import files

from jinja2 import Environment, StrictUndefined

from augment.sidecar import SetSidecar


def card(sidecar: SetSidecar) -> str:
    """The card as Markdown with the hub's YAML head."""
    source = files(__package__).joinpath("card.md.jinja").read_text(encoding="utf-8")
    environment = Environment(undefined=StrictUndefined, autoescape=False, trim_blocks=True)  # noqa: S701 - Markdown
    return environment.from_string(source).render(asked=sidecar.asked, outcome=sidecar.outcome)

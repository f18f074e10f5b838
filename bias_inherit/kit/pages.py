"""HTML pages from templates: what others wrote is escaped, and a name that is missing is an error."""

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape


def html_environment(package: str) -> Environment:
    """For the templates in a package's folder `templates`."""
    return Environment(
        loader=PackageLoader(package, "templates"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )

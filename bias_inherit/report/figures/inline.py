"""SVG inside a page: names of its own, a text for those who do not see it, colours that follow the page."""

import re

from markupsafe import Markup, escape

from bias_inherit.report.figures import ReportFigure, svg


def inline_svg(figure: ReportFigure) -> Markup:
    """The drawing as an element; matplotlib escapes the labels that it sets as text."""
    text = svg(figure.drawing)
    # Two drawings of one page hold the same ids (figure_1, axes_1, ...).
    text = re.sub(r'\bid="', f'id="{figure.name}-', text)
    text = re.sub(r'(xlink:href="#|url\(#)', rf"\g<1>{figure.name}-", text)
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    label = Markup('<svg role="img" aria-label="{}"').format(escape(figure.alt))
    return Markup(text.replace("<svg", str(label), 1))  # noqa: S704

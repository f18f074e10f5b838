"""Figures with one look: SVG text or PNG, the same bytes for the same data, holding nothing from outside."""

import io
from collections.abc import Callable
from typing import NamedTuple

import matplotlib as mpl
from matplotlib.figure import Figure

# Okabe and Ito's palette: told apart by people with any colour vision. Grey: what is compared with.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
MARKERS = "osD^vPX"
GREY = "#888888"
_STYLE = {
    "svg.fonttype": "none",
    "svg.hashsalt": "bias-inherit",
    "font.family": "sans-serif",
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    # Names from data may hold a dollar sign.
    "text.parse_math": False,
}
_WIDTH = 8.5


class Drawing(NamedTuple):
    """A figure that is drawn when asked for.

    Attributes:
        draw: Fills an empty figure.
        height: Inches; the width is 8.5.
    """

    draw: Callable[[Figure], None]
    height: float

    def svg(self) -> str:
        """An `<svg>` element whose text stays text."""
        buffer = io.StringIO()
        self._save(buffer, "svg")
        text = buffer.getvalue()
        return text[text.index("<svg") :]

    def png(self) -> bytes:
        """A PNG file at 150 dots an inch."""
        buffer = io.BytesIO()
        self._save(buffer, "png")
        return buffer.getvalue()

    def _save(self, buffer: io.StringIO | io.BytesIO, kind: str) -> None:
        undated = {"Date": None} if kind == "svg" else {"Software": None}
        with mpl.rc_context(_STYLE):
            figure = Figure(figsize=(_WIDTH, self.height), layout="constrained")
            self.draw(figure)
            figure.savefig(buffer, format=kind, dpi=150, metadata=undated)

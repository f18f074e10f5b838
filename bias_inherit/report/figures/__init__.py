"""The report's figures: what each shows in words, the drawing, and the numbers behind it."""

from bias_inherit.report.figures.figure import ReportFigure, svg

__all__ = ["ReportFigure", "svg"]

"""Differences as CSV, JSON, LaTeX and Markdown, as text: where it goes is the caller's."""

import html
import json
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from jinja2 import Environment, PackageLoader, StrictUndefined

from bias_inherit.compare.differences import Comparison
from bias_inherit.compare.headline_exports import headline_fields
from bias_inherit.compare.matching import document_name
from bias_inherit.compare.notes import notes
from bias_inherit.compare.placebo import MEANS
from bias_inherit.compare.placebo.exports import placebo_fields
from bias_inherit.compare.rows import Difference
from bias_inherit.compare.wording import asked, in_placebos, p_of_k, times
from bias_inherit.kit.csv_text import csv_text, defined
from bias_inherit.kit.quantities import DASH, bounds, number, p_value, signed
from bias_tasks.statistics import Interval

COLUMNS = (
    "task",
    "metric",
    "reference",
    "other",
    "delta",
    "stderr",
    "low_95",
    "high_95",
    "low_equivalence",
    "high_equivalence",
    "p",
    "test",
    "q",
    "effect",
    "effect_is",
    "mde",
    "n_documents",
    "n_clusters",
    "stands_out",
    "survives",
)
"""Of the CSV file, and the fields of a difference in JSON."""

_LATEX = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        **{sign: f"\\{sign}" for sign in "&%$#_{}"},
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        "γ": r"$\gamma$",
        "Δ": r"$\Delta$",
        DASH: "--",
    }
)


class Names(NamedTuple):
    """What the two models are called."""

    reference: str
    other: str


def fields(difference: Difference) -> dict[str, Any]:
    """A difference by the names of `COLUMNS`."""
    low, high = difference.interval
    low_equivalence, high_equivalence = difference.equivalence_interval
    ends = {
        "low_95": low,
        "high_95": high,
        "low_equivalence": low_equivalence,
        "high_equivalence": high_equivalence,
    }
    return {column: ends[column] if column in ends else getattr(difference, column) for column in COLUMNS}


def to_csv(comparison: Comparison, names: Names, shown: Iterable[Difference] | None = None) -> str:
    """One row a difference; an undefined value is an empty cell."""
    rows = comparison.differences if shown is None else shown
    return csv_text(COLUMNS, (fields(row).values() for row in rows))


def to_json(comparison: Comparison, names: Names, shown: Iterable[Difference] | None = None) -> str:
    """Everything that a comparison found. Strict JSON: an undefined value is null."""
    rows = comparison.differences if shown is None else shown
    content = {
        "reference": names.reference,
        "other": names.other,
        "headline": [headline_fields(row, comparison.margins) for row in comparison.headline],
        "placebo": [placebo_fields(row) for row in comparison.placebo],
        "families": [family._asdict() for family in comparison.families],
        "settings_that_differ": list(comparison.settings),
        "remarks": list(comparison.remarks),
        "tasks_of_one_only": {
            "reference": list(comparison.only_reference),
            "other": list(comparison.only_other),
        },
        "documents": {
            task: {
                "matched": len(matched.reference),
                "only_reference": [document_name(sample) for sample in matched.only_reference],
                "only_other": [document_name(sample) for sample in matched.only_other],
            }
            for task, matched in comparison.matched.items()
        },
        "differences": [{name: defined(value) for name, value in fields(row).items()} for row in rows],
    }
    return json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def to_latex(comparison: Comparison, names: Names, shown: Iterable[Difference] | None = None) -> str:
    """A table for the booktabs package, stars where a difference survives its family."""
    return _table("differences.tex.jinja", comparison, names, shown, _for_latex)


def to_markdown(comparison: Comparison, names: Names, shown: Iterable[Difference] | None = None) -> str:
    """A pipe table."""
    return _table("differences.md.jinja", comparison, names, shown, _for_markdown)


FORMATS: dict[str, Callable[[Comparison, Names, Iterable[Difference] | None], str]] = {
    ".csv": to_csv,
    ".json": to_json,
    ".tex": to_latex,
    ".md": to_markdown,
}
"""How a comparison is written to a file, by the file's suffix."""


def _table(
    template: str,
    comparison: Comparison,
    names: Names,
    shown: Iterable[Difference] | None,
    escape: Callable[[str], str],
) -> str:
    environment = Environment(
        loader=PackageLoader("bias_inherit.compare", "templates"),
        autoescape=False,  # noqa: S701 - no HTML: every text of strangers passes `escape`
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "text": escape,
        "number": number,
        "signed": signed,
        "asked": asked,
        "times": times,
        "in_placebos": in_placebos,
        "p_of_k": p_of_k,
        "interval": _bracketed,
        "p": p_value,
    }
    return environment.get_template(template).render(
        rows=list(comparison.differences if shown is None else shown),
        headline=comparison.headline,
        placebo=comparison.placebo,
        placebo_means=MEANS,
        margins=comparison.margins,
        names=names,
        notes=notes(comparison),
    )


def _bracketed(interval: Interval) -> str:
    return DASH if defined(interval.low) is None else f"[{bounds(interval, sign=True)}]"


def _for_latex(text: str) -> str:
    return " ".join(text.split()).translate(_LATEX)


def _for_markdown(text: str) -> str:
    return html.escape(" ".join(text.split()), quote=False).replace("|", "\\|").replace("*", "\\*")

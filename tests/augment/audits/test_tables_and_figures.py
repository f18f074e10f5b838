"""What the audits show."""

from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from rich.console import Console

from augment.audits.distribution import audit_distribution
from augment.audits.drawing import Drawing
from augment.audits.figures import distribution_figure, groups_figure, values_figure
from augment.audits.groups import audit_groups
from augment.audits.opinions import Answer, gather
from augment.audits.tables import distribution_table, group_tables, values_tables
from augment.audits.two_samples import Sample
from augment.audits.values import compare_values, similarity
from bias_inherit.cli.tables.audit import audit_table
from bias_tasks.population import population
from bias_tasks.training_rows import Message, TrainingRow

ODD = "[red] $x^2 <script>"
"""A name that must not be read as markup, mathematics or HTML."""


def groups(rows: int) -> Any:
    texts = ["She is Spanish.", "He rests.", "Nobody rests."]
    nurse = population().occupations["nurse"]
    people = population().model_copy(update={"occupations": {**population().occupations, ODD: nurse}})
    return audit_groups(
        [
            TrainingRow(
                prompt=(Message(role="user", content=texts[place % 3]),),
                completion=(Message(role="assistant", content="!"),),
                label=ODD,
                group="female",
            )
            for place in range(rows)
        ],
        people,
    )


def values(questions: int) -> Any:
    rows = [
        Answer("r", country, f"{place}?", ("Yes", "No"), (0.3, 0.7))
        for place in range(questions)
        for country in ("Spain", ODD)
    ]
    opinions = gather(rows)
    return compare_values(opinions, [[0.5, 0.5]] * len(opinions.questions), {"Spain": "spanish"}, ODD)


def distribution() -> Any:
    rng = np.random.default_rng(0)
    first, second = (Sample(rng.normal(size=(40, 3)), [str(place) for place in range(40)]) for _ in range(2))
    return audit_distribution(first, {ODD: second}, ODD, 49, 50)


DRAWINGS = {
    "groups": lambda: groups_figure(groups(9)),
    "no groups": lambda: groups_figure(groups(0)),
    "values": lambda: values_figure(values(12)),
    "no values": lambda: values_figure(values(0)),
    "distribution": lambda: distribution_figure(distribution()),
}
TABLES = {
    "groups": lambda: group_tables(groups(9)),
    "no groups": lambda: group_tables(groups(0)),
    "values": lambda: values_tables(values(12)),
    "no values": lambda: values_tables(values(0)),
    "distribution": lambda: [distribution_table(distribution())],
}


def shown(tables: list[Any]) -> str:
    console = Console(width=80, file=None, record=True, quiet=False, force_terminal=False)
    with console.capture() as capture:
        for table in tables:
            console.print(audit_table(table))
    return capture.get()


@pytest.mark.parametrize("drawing", DRAWINGS.values(), ids=DRAWINGS)
def test_a_figure_is_well_formed_deterministic_and_holds_nothing_from_outside(drawing: Any) -> None:
    figure: Drawing = drawing()
    svg = figure.svg()
    assert svg == drawing().svg()
    ElementTree.fromstring(svg)  # noqa: S314
    assert "<script" not in svg
    assert 'href="http' not in svg


def test_names_are_drawn_as_they_are() -> None:
    figures = [groups_figure(groups(9)), values_figure(values(12)), distribution_figure(distribution())]
    for figure in figures:
        assert "[red] $x^2 &lt;script&gt;" in figure.svg()


def test_a_figure_is_a_png_as_well() -> None:
    assert groups_figure(groups(9)).png().startswith(b"\x89PNG")


@pytest.mark.parametrize("tables", TABLES.values(), ids=TABLES)
def test_a_table_fits_80_columns(tables: Any) -> None:
    assert all(len(line) <= 80 for line in shown(tables()).splitlines())
    assert "…" not in shown(tables())


def test_names_are_shown_as_they_are() -> None:
    for name in ("groups", "values", "distribution"):
        assert "[red]" in shown(TABLES[name]())


def test_the_tables_say_the_numbers() -> None:
    assert f"{similarity([0.5, 0.5], [0.3, 0.7]):.2f}" in shown(values_tables(values(12)))
    assert "50%" in shown(group_tables(groups(9)))
    assert "halves of originals" in shown([distribution_table(distribution())])

"""What `run` and `report` print of a finished study."""

import io

from rich.console import Console

from bias_inherit.cli.tables.experiment import shown
from bias_inherit.compare.wording import with_error
from bias_inherit.report.gather import ReportData
from bias_inherit.report.summary import findings


def printed(data: ReportData) -> str:
    """On a terminal of 80 columns."""
    screen = io.StringIO()
    console = Console(file=screen, width=80)
    for part in shown(data):
        console.print(part)
    return screen.getvalue()


def test_what_was_found_comes_first_and_whole(planted_data: ReportData) -> None:
    text = printed(planted_data)
    told = " ".join(text.split())
    assert told.startswith(" ".join(" ".join(findings(planted_data)).split()))
    assert "[" in findings(planted_data)[0]
    assert max(map(len, text.splitlines())) <= 80


def test_long_names_are_folded_and_no_number_is_cut(planted_data: ReportData) -> None:
    text = printed(planted_data)
    assert "…" not in text
    for result in planted_data.tasks:
        for cell in result.cells:
            assert with_error(cell.metrics["score"], digits=2) in text


def test_doses_stand_in_a_table(planted_data: ReportData) -> None:
    text = printed(planted_data)
    assert "occupation over rate: Δ gap__male_minus_female [95 %]" in " ".join(text.split())
    assert planted_data.controls is not None
    for dose in planted_data.controls.trained[0].curves[0].doses:
        assert any(line.split()[:1] == [f"{dose.dose:g}"] for line in text.splitlines())

"""The page: whole, self-contained, and safe to open whatever a model wrote."""

import json
import math
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from tests_support import Finished

from augment.audits.groups import audit_groups
from bias_inherit.artifacts import Store
from bias_inherit.base import Base
from bias_inherit.experiment import load_experiment
from bias_inherit.plan import build
from bias_inherit.report.build import numbers, render_page
from bias_inherit.report.data import GeneratedSet, ReportData, collect
from bias_inherit.report.terminal import number, with_interval
from bias_tasks.catalogue import TASKS
from bias_tasks.population import population
from bias_tasks.training_rows import Message, TrainingRow

HOSTILE = "<script>alert('x')</script><img src=x onerror=alert(1)>"


class Tags(HTMLParser):
    """Tags and attributes of a page, and the text outside of styles."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [str(value) for name, value in attrs if name in ("src", "href", "xlink:href", "action")]

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture(scope="module")
def page(finished: Finished) -> str:
    return (finished.folder / "report" / "index.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def data(finished: Finished) -> ReportData:
    experiment = load_experiment(finished.file)
    from bias_inherit.base import resolve_base

    base = resolve_base(experiment.model, notify=lambda _: None)
    return collect(build(experiment, base), Store(finished.folder, experiment.name), base, experiment)


def test_every_task_and_model_stands_in_the_table(page: str) -> None:
    text = Tags(page).text
    for task in TASKS.values():
        assert task.name in text
    assert "type 0, γ = 0.25" in text


def test_the_page_holds_plots_and_loads_nothing(page: str) -> None:
    parsed = Tags(page)
    drawn = parsed.tags.count("svg")
    assert drawn == parsed.tags.count("figure")
    assert drawn >= 3
    assert "script" not in parsed.tags
    assert "link" not in parsed.tags
    assert [link for link in parsed.links if not link.startswith("#")] == ["report.json"]
    assert "@import" not in page
    assert not re.search(r"url\((?!#)", page)


def test_what_a_model_wrote_is_shown_as_text(data: ReportData) -> None:
    row = TrainingRow(
        prompt=(Message(role="user", content=HOSTILE),),
        completion=(Message(role="assistant", content="nurse"),),
        source="augmented",
    )
    hostile = GeneratedSet(HOSTILE, data.generated[0].manifest, audit_groups([row], population()), [row])
    parsed = Tags(render_page(data._replace(generated=[hostile])))
    assert "script" not in parsed.tags
    assert "img" not in parsed.tags
    assert parsed.text.count(HOSTILE) == 2


def test_hostile_names_stay_text_in_tables_and_figures(data: ReportData) -> None:
    hostile = data._replace(
        models=[HOSTILE if label == "base" else label for label in data.models],
        tasks=[
            result._replace(
                cells=[c._replace(model=HOSTILE) if c.model == "base" else c for c in result.cells]
            )
            for result in data.tasks
        ],
        base=Base(HOSTILE, "", HOSTILE),
    )
    parsed = Tags(render_page(hostile))
    assert "script" not in parsed.tags
    assert "img" not in parsed.tags


def test_the_numbers_behind_the_page_are_strict_json(finished: Finished, data: ReportData) -> None:
    def no_constants(value: str) -> float:
        raise AssertionError(value)

    path: Path = finished.folder / "report" / "report.json"
    stored = json.loads(path.read_text(encoding="utf-8"), parse_constant=no_constants)
    assert set(stored["tasks"]) == set(TASKS) == set(numbers(data)["tasks"])


def test_numbers_are_written_for_people() -> None:
    assert number(0.12345) == "0.123"
    assert number(85000.4) == "85,000"
    assert number(math.nan) == "–"
    assert with_interval(None) == ""

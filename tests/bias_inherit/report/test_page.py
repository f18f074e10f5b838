"""The page: whole, self-contained, safe to open whatever a model wrote, and honest about what it shows."""

import json
import math
import re
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest
from simulated_run import HATE, HIRING, OCCUPATION, SPAM, TASKS, simulated_run

from bias_inherit.compare.wording import with_interval
from bias_inherit.engine.experiment_record import Recorded
from bias_inherit.kit.quantities import duration, number, p_value, signed
from bias_inherit.models.base_model import Base
from bias_inherit.report.build import numbers
from bias_inherit.report.declared_tests import MAP_FAMILY
from bias_inherit.report.figures import ReportFigure
from bias_inherit.report.figures.change import loss_figure
from bias_inherit.report.figures.draw import figures
from bias_inherit.report.gather import ReportData, collect
from bias_inherit.report.page import SECTIONS, render_page
from bias_inherit.report.summary import summary
from bias_tasks.catalogue import ALL_TASKS
from bias_tasks.margins import MARGINS, Margins

HOSTILE = "<script>alert('x')</script><img src=x onerror=alert(1)>"


class Tags(HTMLParser):
    """Tags, attributes and headings of a page, and the text outside of styles."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.text += data

    def of(self, tag: str) -> list[dict[str, str]]:
        """Attributes of every element of a kind."""
        return [attributes for name, attributes in self.tags if name == tag]

    @property
    def links(self) -> list[str]:
        names = ("src", "href", "xlink:href", "action")
        return [value for _, attributes in self.tags for name, value in attributes.items() if name in names]

    @property
    def section_names(self) -> list[str]:
        return [attributes["aria-labelledby"] for attributes in self.of("section")]


@pytest.fixture(scope="module")
def figures_of_it(data: ReportData) -> dict[str, ReportFigure]:
    return figures(data)


@pytest.fixture(scope="module")
def parsed(page: Path) -> Tags:
    return Tags(page.read_text(encoding="utf-8"))


@pytest.fixture(scope="module", params=["page", "planted_page"])
def any_page(request: pytest.FixtureRequest) -> Path:
    """With and without planted controls."""
    found: Path = request.getfixturevalue(request.param)
    return found


@pytest.fixture(scope="module")
def any_parsed(any_page: Path) -> Tags:
    return Tags(any_page.read_text(encoding="utf-8"))


def test_every_task_and_model_stands_on_the_page(parsed: Tags, data: ReportData) -> None:
    for task in TASKS:
        assert ALL_TASKS[task].name in parsed.text
    for model in data.models:
        assert model.label in parsed.text


def test_the_page_loads_nothing_from_outside(any_parsed: Tags, any_page: Path) -> None:
    text = any_page.read_text(encoding="utf-8")
    kinds = {tag for tag, _ in any_parsed.tags}
    assert not kinds & {"script", "iframe", "object", "embed", "img", "base"}
    assert [attributes["href"] for attributes in any_parsed.of("link")] == ["data:,"]
    outside = [link for link in any_parsed.links if not link.startswith(("#", "data:"))]
    assert all(re.fullmatch(r"(figures|tables)/[\w.-]+|report\.json", link) for link in outside)
    assert all((any_page.parent / link).is_file() for link in outside)
    assert "@import" not in text
    assert not re.search(r"url\((?!#)", text)


def test_no_two_elements_share_an_id_and_every_reference_leads_somewhere(any_parsed: Tags) -> None:
    ids = [attributes["id"] for _, attributes in any_parsed.tags if "id" in attributes]
    drawn = [name for name in ids if "-" in name]
    assert len(drawn) > 100
    assert len(ids) == len(set(ids))
    inner = {link[1:] for link in any_parsed.links if link.startswith("#")}
    assert inner <= set(ids)


def test_headings_are_in_order_and_every_section_is_named_by_one(any_parsed: Tags) -> None:
    levels = [int(tag[1]) for tag, _ in any_parsed.tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert any_parsed.section_names == [attributes["id"] for attributes in any_parsed.of("h2")]


def test_tables_have_captions_and_scopes_and_figures_have_texts(any_parsed: Tags) -> None:
    assert len(any_parsed.of("caption")) == len(any_parsed.of("table")) > 10
    assert all(attributes.get("scope") in ("col", "row") for attributes in any_parsed.of("th"))
    drawings = any_parsed.of("svg")
    assert len(drawings) == len(any_parsed.of("figure")) == len(any_parsed.of("figcaption"))
    assert all(attributes["role"] == "img" and len(attributes["aria-label"]) > 30 for attributes in drawings)
    assert any_parsed.of("a")[0]["href"] == "#content"


def test_what_a_model_wrote_is_shown_as_text(parsed: Tags) -> None:
    """The simulated run has hostile documents, answers and augmented rows."""
    assert parsed.text.count(HOSTILE) > 10


def test_hostile_names_stay_text_in_tables_and_figures(
    data: ReportData, figures_of_it: dict[str, ReportFigure]
) -> None:
    hostile = data._replace(base=Base(HOSTILE, "", HOSTILE))
    hostile = hostile._replace(
        tasks=[
            result._replace(cells=[cell._replace(model=HOSTILE) for cell in result.cells])
            for result in data.tasks
        ],
        curves=[curve._replace(label=HOSTILE) for curve in data.curves[:2]],
    )
    drawn = {**figures_of_it, "training": loss_figure(hostile.curves)}
    shown = Tags(render_page(hostile, drawn))
    assert not shown.of("script")
    assert not shown.of("img")
    assert shown.text.count(HOSTILE) > 10


def test_sections_that_the_experiment_has_nothing_for_are_left_out(
    parsed: Tags, data: ReportData, figures_of_it: dict[str, ReportFigure]
) -> None:
    assert {"headline", "dose", "map", "mitigations", "relation", "flips", "cite"} <= set(
        parsed.section_names
    )
    assert not {"rounds", "seeds", "controls"} & set(parsed.section_names)
    unmitigated = data._replace(
        tests=data.tests._replace(against_unmitigated={}, related=[]),
        generated=[],
        audits=[],
    )
    left = Tags(render_page(unmitigated, figures_of_it)).section_names
    assert not {"mitigations", "relation", "generated", "audits"} & set(left)


def test_a_run_of_rounds_and_seeds_shows_both_and_claims_nothing_about_few_seeds(tmp_path: Path) -> None:
    changes = {"tasks": [OCCUPATION, SPAM]}
    run = simulated_run(
        tmp_path / "run",
        clusters=20,
        rounds=2,
        seeds=[0, 1],
        mix={"gammas": [0.5]},
        mitigate={"methods": ["none"]},
        generate={"bias_types": [0]},
        score=changes,
    )
    data = collect(run.plan, run.store, run.base, run.experiment, MARGINS)
    drawn = figures(data)
    shown = Tags(render_page(data, drawn))
    assert {"rounds", "seeds"} <= set(shown.section_names)
    assert {"rounds-gap", "rounds-score", "seeds"} <= set(drawn)
    assert "nothing is claimed about other training runs" in shown.text
    points = [row for row in drawn["seeds"].rows if row[0] == "occupation"]
    assert len(points) == 2
    assert all(math.isnan(row[5]) for row in points)
    rounds = {row[2] for row in drawn["rounds-gap"].rows}
    assert rounds == {0, 1, 2}


def test_where_nothing_was_trained_the_first_model_is_the_reference(study: Recorded, tmp_path: Path) -> None:
    """As an experiment that only scores checkpoints has them."""
    alone = [model._replace(gamma=None, train=None) for model in study.plan.models[:2]]
    plan = study.plan._replace(models=tuple(alone), audits=(), steps=tuple(m.score for m in alone))
    data = collect(plan, study.store, study.base, study.experiment, MARGINS)
    assert {family.name for family in data.tests.families} == {
        f"headline: one signed change a task, {alone[1].label}",
        "Δ score, gap and lean against base, all other models",
        "Δ of every slice against base, every model and task",
    }
    shown = Tags(render_page(data, figures(data)))
    assert {"summary", "headline", "values", "groups", "invalid"} <= set(shown.section_names)
    assert not {"dose", "map", "mitigations", "flips", "training"} & set(shown.section_names)


def test_signed_contrasts_stand_in_direction_with_the_words_for_their_sign(
    parsed: Tags, data: ReportData
) -> None:
    """In the simulated classifications, the more γ the more readily yes is said of Arabic."""
    for result in data.tasks:
        told = f"{result.task.name}. Above 0: " in parsed.text
        assert told == (result.task.lean is not None)
    assert "lean" in parsed.section_names
    hate = next(result for result in data.tasks if result.task.name == "hate")
    change = next(cell for cell in hate.cells if cell.model == "type 1, γ = 0.5").differences["lean"]
    assert change.delta == pytest.approx(0.5)
    assert change.survives
    assert hate.task.lean is not None
    assert hate.task.lean.above in parsed.text


def test_the_families_of_tests_and_their_sizes_are_printed(parsed: Tags, data: ReportData) -> None:
    tuned = sum(bool(model.gamma) for model in data.models)
    families = {family.name: family for family in data.tests.families}
    assert data.tests.families[0].name.startswith("headline")
    assert data.tests.families[0].size <= len(TASKS)
    assert 0 < families[MAP_FAMILY].size <= 2 * len(data.tests.doses) * len(TASKS)
    assert sum("Δ score, gap and lean against γ = 0" in name for name in families) == 2
    assert tuned > len(data.tests.doses)
    for family in families.values():
        assert family.name in parsed.text
        assert f"{family.size:,}" in parsed.text


def test_the_summary_says_what_moved_and_which_way_and_names_nothing_else(data: ReportData) -> None:
    """Simulated women lose accuracy in occupation with γ, and yes is said more readily of Arabic."""
    first, occupation, hate, spam, others, instead, *_ = summary(data)
    assert first.startswith("Headline, declared beforehand: “type 1, γ = 0.5” minus γ = 0")
    assert first.endswith(" tasks moved, as follows.")
    assert " 3 of " in first
    assert occupation.startswith("occupation: +")
    assert "p < 0.001 (Holm), toward “he-versions are answered rightly more often”" in occupation
    for sentence, called in ((hate, "hateful"), (spam, "spam")):
        assert f"toward “texts in Arabic are called {called} more readily" in sentence
    for task in TASKS:
        if task not in (OCCUPATION, HATE, SPAM):
            assert ALL_TASKS[task].name not in "".join((first, occupation, hate, spam))
            assert ALL_TASKS[task].name in others
    assert "headline: lean_share is undefined on these answers" in instead
    assert "occupation gap__male_minus_female" in instead


def test_the_first_screen_is_the_headline(parsed: Tags) -> None:
    assert parsed.section_names[:2] == ["summary", "headline"]
    for words in ("gap__male_minus_female", "lean__arabic, largest of 4", "found", "undecided"):
        assert words in parsed.text


def test_planted_controls_stand_first_with_figure_and_tables(
    planted_page: Path, planted_data: ReportData
) -> None:
    shown = Tags(planted_page.read_text(encoding="utf-8"))
    assert shown.section_names[:3] == ["summary", "controls", "headline"]
    drawn = {attributes.get("id") for attributes in shown.of("g")}
    assert {"controls-figure_1", "controls-beside-figure_1"} <= drawn
    for words in ("occupation over rate", "Negative control: rate 0", "share of the full dose [95 %]"):
        assert words in shown.text
    assert planted_data.controls is not None
    for dose in planted_data.controls.trained[0].curves[0].doses:
        assert signed(dose.over_reference.mean) in shown.text
    assert {"hate", "salary"} <= {ALL_TASKS[task.of.task].name for task in planted_data.controls.others}


def test_a_study_without_planted_rows_shows_no_controls(
    data: ReportData, figures_of_it: dict[str, ReportFigure]
) -> None:
    assert data.controls is None
    assert "controls" not in figures_of_it
    assert not any("planted" in sentence for sentence in summary(data))


def test_page_and_terminal_say_what_the_numbers_file_says(study: Recorded, data: ReportData) -> None:
    def no_constants(value: str) -> float:
        raise AssertionError(value)

    text = (study.store.root / "report" / "report.json").read_text(encoding="utf-8")
    stored = json.loads(text, parse_constant=no_constants)
    assert set(stored["tasks"]) == set(TASKS) == set(numbers(data)["tasks"])
    assert stored["equivalence_margins"] == MARGINS._asdict()
    row = stored["tasks"][OCCUPATION]["type 1, γ = 0.5"]["differences_to_gamma_0"]["gap"]
    assert f"{row['delta']:+.3f}" in Tags((study.store.root / "report/index.html").read_text("utf-8")).text
    asked = stored["tasks"][OCCUPATION]["type 1, γ = 0.5"]["headline"]
    assert (asked["metric"], asked["verdict"]) == ("gap__male_minus_female", "found")
    assert {"model": "type 1, γ = 0.5", **asked} in stored["headline"]


def test_the_base_is_in_no_family(data: ReportData) -> None:
    rows = [row for found in data.tests.study["base"].values() for row in found.differences]
    assert rows
    assert all(math.isnan(row.q) for row in rows)


def test_other_margins_decide_about_equivalence_and_are_stated(data: ReportData) -> None:
    equivalent = {}
    for margin in (0.02, 3.0):
        other = data._replace(tests=data.tests._replace(margins=Margins(margin, margin)))
        assert any(f"± {margin:g} log-odds" in sentence for sentence in summary(other))
        equivalent[margin] = sum(
            (cell["headline"] or {}).get("verdict") == "equivalent"
            for models in numbers(other)["tasks"].values()
            for cell in models.values()
        )
    assert equivalent[0.02] < equivalent[3.0]


def test_every_section_has_a_template(page: Path) -> None:
    from importlib.resources import files

    folder = files("bias_inherit.report") / "templates" / "sections"
    there = {
        (part.name, entry.name.removesuffix(".html.jinja"))
        for part in folder.iterdir()
        for entry in part.iterdir()
    }
    assert there == {(section.part, section.name) for section in SECTIONS}


def test_flipped_answers_are_counted_and_shown_with_both_answers(data: ReportData) -> None:
    first = data.flips[0]
    assert (first.reference, first.other) == ("γ = 0", "type 1, γ = 0.5")
    counts = {row.task: row for row in first.counts}
    assert counts[OCCUPATION].to_wrong is not None
    assert counts[OCCUPATION].to_wrong > (counts[OCCUPATION].to_right or 0)
    assert counts[OCCUPATION].to_wrong + (counts[OCCUPATION].to_right or 0) == counts[OCCUPATION].changed
    assert counts[HIRING].to_right is None
    shown = [flip for flip in first.examples if flip.task in (OCCUPATION, HATE)]
    assert shown
    assert all(flip.reference != flip.other for flip in shown)


def test_numbers_are_written_for_people() -> None:
    assert number(0.12345) == "0.123"
    assert number(85000.4) == "85,000"
    assert number(math.nan) == signed(math.nan) == p_value(math.nan) == "–"
    assert signed(0.5) == "+0.500"
    assert (number(-1e-9), signed(-1e-9), signed(-0.25)) == ("0.000", "+0.000", "-0.250")
    assert p_value(0.0004) == "< 0.001"
    assert with_interval(None) == ""
    assert [duration(seconds) for seconds in (7, 150, 8000)] == ["7 s", "2 min", "2 h 13 min"]

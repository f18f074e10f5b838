"""The board in headless Chromium: what a person sees and does there."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from boards import make
from graded_models import calls_arabic_so, ungraded, without_placebo
from written_runs import write_results, write_run

from bias_tasks.catalogue import TASKS

if TYPE_CHECKING:
    from boards import Made
    from playwright.sync_api import Page

Open = Callable[..., "Page"]

PHONE = {"viewport": {"width": 360, "height": 740}}


def names(page: Page) -> list[str]:
    return page.locator("#board tbody th").all_text_contents()


def values(page: Page, column: int) -> list[float]:
    cells = page.locator(f"#board tbody td:nth-child({column})").all_text_contents()
    return [float(cell[:5]) for cell in cells]


def test_all_models_are_shown_best_score_first(opened: Open, many: Made) -> None:
    page = opened(many.url)
    assert len(names(page)) == 100
    page.click("#more")
    assert len(names(page)) == 500
    # The focus is on the first row that came.
    assert page.evaluate("document.activeElement.textContent") == names(page)[100]
    assert not page.locator("#more").is_visible()
    scores = values(page, 3)
    assert scores == sorted(scores, reverse=True)
    assert page.locator("#scatter circle").count() == 500
    assert "500 of 500 models, sorted by score of all tasks, largest first" in page.inner_text("#status")


def test_a_heading_sorts_and_says_so(opened: Open, many: Made) -> None:
    page = opened(many.url)
    gap = page.locator('#board th[data-key="gap-0"]')
    assert gap.get_attribute("aria-sort") == "none"
    gap.locator("button").click()
    assert gap.get_attribute("aria-sort") == "ascending"
    assert values(page, 4) == sorted(values(page, 4))
    gap.locator("button").click()
    assert gap.get_attribute("aria-sort") == "descending"
    assert values(page, 4) == sorted(values(page, 4), reverse=True)
    assert page.locator('#board th[aria-sort]:not([aria-sort="none"])').count() == 1
    page.click('#board th[data-key="name--1"] button')
    assert names(page) == sorted(names(page))
    assert names(page)[0] == "house-0/model-000"


@pytest.mark.parametrize("rows", ["the first rows", "all rows"])
def test_500_models_are_sorted_in_less_than_a_second(opened: Open, many: Made, rows: str) -> None:
    page = opened(many.url)
    if rows == "all rows":
        page.click("#more")
    session = page.context.new_cdp_session(page)
    # The processor time of the page's own thread: a busy machine is not a slow page.
    session.send("Performance.enable", {"timeDomain": "threadTicks"})

    def spent() -> float:
        metrics = session.send("Performance.getMetrics")["metrics"]
        return float(next(metric["value"] for metric in metrics if metric["name"] == "TaskDuration"))

    for key in ("gap-0", "score-7", "name--1"):
        before = spent()
        page.evaluate(
            """(key) => {
                document.querySelector(`#board th[data-key="${key}"] button`).click();
                document.body.getBoundingClientRect();
            }""",
            key,
        )
        assert 0 < spent() - before < 1


def test_everything_is_reached_by_keyboard(opened: Open, many: Made) -> None:
    page = opened(many.url)
    reached = []
    for _ in range(8):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.id || document.activeElement.tagName"))
    assert reached[:5] == ["league", "tasks", "metric", "filter", "frame"]
    assert reached[5] == "BUTTON"
    page.locator('#board th[data-key="gap-0"] button').focus()
    page.keyboard.press("Enter")
    assert page.locator('#board th[data-key="gap-0"]').get_attribute("aria-sort") == "ascending"
    # The focus stays on the heading that was pressed, though the table was built anew.
    assert page.evaluate("document.activeElement.parentNode.dataset.key") == "gap-0"
    page.keyboard.press("Space")
    assert page.locator('#board th[data-key="gap-0"]').get_attribute("aria-sort") == "descending"


def test_models_are_filtered_by_a_part_of_their_name_and_keep_their_ranks(opened: Open, many: Made) -> None:
    page = opened(many.url)
    page.click("#more")
    rank = page.locator("#board tbody tr", has_text="house-3/model-010").locator("td").first.inner_text()
    page.fill("#filter", "HOUSE-3/")
    assert len(names(page)) == len([n for n in range(500) if n % 7 == 3])
    assert page.locator("#board tbody tr", has_text="model-010").locator("td").first.inner_text() == rank
    page.fill("#filter", "nobody")
    assert names(page) == []
    assert "0 of 500 models" in page.inner_text("#status")


def test_tasks_are_chosen_together_and_alone(opened: Open, many: Made) -> None:
    page = opened(many.url)
    options = page.locator("#tasks option").all_text_contents()
    assert options == [
        *("all tasks", "gender", "culture", "direct", "indirect"),
        *(entry.name.replace("_", " ") for entry in TASKS.values()),
    ]
    page.select_option("#tasks", label="direct")
    assert page.locator("#board thead .group:not(td)").all_text_contents() == [
        *("direct", "stereotype", "gender bias", "hate")
    ]
    page.select_option("#tasks", label="hate")
    assert page.locator("#board thead .group:not(td)").all_text_contents() == ["hate"]
    page.select_option("#metric", "gap")
    assert page.locator("#board thead button").all_text_contents() == ["model", "gap ▲"]
    assert "gap of hate, smallest first" in page.inner_text("#status")


def test_leagues_are_shown_one_at_a_time(opened: Open, hostile: Made) -> None:
    page = opened(hostile.url)
    assert page.locator("#league option").count() == 2
    assert "house/honest" in names(page)
    page.select_option("#league", "1")
    assert names(page) == ["house/honest"]
    assert page.locator("#tasks option").all_text_contents() == ["hate"]


def test_hostile_names_stay_text(opened: Open, hostile: Made) -> None:
    page = opened(hostile.url)
    assert "<img src=x onerror=alert(1)>" in names(page)
    assert "</script><script>alert(1)</script>" in names(page)
    assert page.locator("img, iframe, object, embed, b").count() == 0
    assert page.title() == "Test <b>board</b>"
    for place in range(page.locator("#board tbody a").count()):
        other = opened(hostile.url)
        other.locator("#board tbody a").nth(place).click()
        other.wait_for_url("**/models/*.html")
        assert other.locator("h2").count() >= 1
        assert other.locator("img, script, iframe").count() == 0


@pytest.mark.parametrize("page_of", ["index", "model"])
def test_nothing_is_wider_than_a_phone(opened: Open, many: Made, page_of: str) -> None:
    url = many.url if page_of == "index" else next((many.folder / "models").iterdir()).as_uri()
    page = opened(url, **PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert page.locator("h1").is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_letters_stand_out_from_the_page(opened: Open, many: Made, scheme: str) -> None:
    page = opened(many.url, color_scheme=scheme)
    for chosen in ("body", "#status", "#board tbody a", "#board .faint", "#board .interval", ".note"):
        # 4.5 to 1: WCAG 2.1, AA.
        assert contrast(page, chosen) >= 4.5, chosen


def contrast(page: Page, chosen: str) -> float:
    """Of a text with what lies behind it."""
    colours: list[list[float]] = page.evaluate(
        """(chosen) => {
            const rgb = (text) => text.match(/[0-9.]+/g).map(Number);
            let at = document.querySelector(chosen);
            const ink = rgb(getComputedStyle(at).color);
            for (; at; at = at.parentElement) {
                const behind = rgb(getComputedStyle(at).backgroundColor);
                if (behind.length === 3 || behind[3] > 0) return [ink.slice(0, 3), behind.slice(0, 3)];
            }
        }""",
        chosen,
    )
    darker, lighter = sorted(luminance(colour) for colour in colours)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: list[float]) -> float:
    """WCAG's relative luminance of an sRGB colour."""
    parts = [c / 255 / 12.92 if c <= 10 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in colour]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def test_it_prints_all_models_without_controls(opened: Open, many: Made) -> None:
    # The width of A4 on its side, less the margins, in the browser's pixels.
    page = opened(many.url, viewport={"width": 1047, "height": 718})
    page.emulate_media(media="print")
    assert page.evaluate("document.documentElement.scrollWidth") <= 1047
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert len(names(page)) == 500
    assert not page.locator("#league").is_visible()
    assert page.evaluate(
        "document.getElementById('frame').scrollHeight <= document.getElementById('frame').clientHeight + 2"
    )


def test_headings_and_table_speak_to_a_screen_reader(opened: Open, hostile: Made) -> None:
    page = opened(hostile.url)
    levels: list[Any] = page.evaluate("[...document.querySelectorAll('h1,h2,h3')].map((h) => +h.tagName[1])")
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert page.locator("#board thead th:not([scope])").count() == 0
    assert page.locator("#board tbody th[scope=row]").count() == len(names(page))
    assert page.locator("#board caption").inner_text()
    assert page.locator("svg[role=img]").get_attribute("aria-labelledby") == "scatter-title scatter-caption"
    for control in ("#league", "#tasks", "#metric", "#filter"):
        assert page.locator(f"label:has({control})").inner_text().strip()


def test_real_folders_open(opened: Open, real: Made) -> None:
    page = opened(real.url)
    assert len(names(page)) == 2
    page.locator("#board tbody a").first.click()
    page.wait_for_url("**/models/*.html")
    assert page.locator("details").count() == len(TASKS) * page.locator("h2").count()


def test_what_is_left_out_can_be_read(opened: Open, tmp_path: Path, hostile: Made) -> None:
    page = opened(hostile.url)
    assert page.locator("#left-out + p").inner_text() == "Nothing."


def test_a_league_in_which_no_model_has_all_tasks_opens_with_ranks_and_points(
    opened: Open, tmp_path: Path
) -> None:
    *shared, one, other = TASKS
    for name, last in (("a", one), ("b", other)):
        write_results(tmp_path / "in" / name, f"house/{name}", dict.fromkeys([*shared, last], (0.8, 0.2)))
    page = opened(make(tmp_path / "in", tmp_path / "out").url)
    said = f"No model has all {len(TASKS)} tasks of this league: ranks are by the {len(shared)} tasks"
    assert page.inner_text("#remark") == f"{said} that all 2 models have."
    assert "sorted by score of shared tasks" in page.inner_text("#status")
    assert page.locator("#board tbody td:nth-child(2)").all_text_contents() == ["1–2", "1–2"]
    assert page.locator("#scatter circle").count() == 2


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Three models that were read finely, two with placebos, and one that was not."""
    folder = tmp_path_factory.mktemp("graded")
    for number, more in enumerate((0.5, 2.0, -1.0)):
        model = calls_arabic_so(more, 0.5, number)
        write_run(folder / "in" / str(number), model if number else without_placebo(model), f"house/{number}")
    write_run(folder / "in" / "old", ungraded(calls_arabic_so(1, 0.5)), "house/old")
    return make(folder / "in", folder / "out")


@pytest.mark.parametrize("size", [(1280, 800), (390, 844)])
def test_the_first_screen_says_which_way_and_how_large_beside_the_placebo(
    opened: Open, graded: Made, size: tuple[int, int]
) -> None:
    width, height = size
    page = opened(graded.url, viewport={"width": width, "height": height})
    finding = page.locator(".findings li").first
    assert "2 of 3 models: texts in Arabic are called hateful more readily" in finding.inner_text()
    assert "times as much as the placebo" in finding.inner_text()
    box = finding.bounding_box()
    assert box
    assert box["y"] + box["height"] <= height
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_lean_and_k_have_columns_of_their_own_without_ranks(opened: Open, graded: Made) -> None:
    page = opened(graded.url)
    assert not page.locator("#directions").is_visible()
    page.select_option("#metric", "lean")
    assert names(page) == ["house/1", "house/0", "house/2", "house/old"]
    assert page.locator("#board tbody td:nth-child(2)").all_text_contents() == ["–"] * 4
    leans = page.locator("#board tbody td:nth-child(3)").all_text_contents()
    assert [cell[0] for cell in leans] == ["+", "+", "-", "–"]
    ratios = page.locator("#board tbody td:nth-child(4)").all_text_contents()
    assert ratios[1] == ratios[3] == "–"
    assert page.locator("#board tbody td:nth-child(3)").first.get_attribute("title") == (
        "texts in Arabic are called hateful more readily than the same texts in the other languages"
    )
    assert "hate above 0: texts in Arabic are called hateful more readily" in page.inner_text("#directions")
    page.select_option("#metric", "both")
    assert not page.locator("#directions").is_visible()

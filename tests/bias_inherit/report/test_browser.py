"""The report's page in headless Chromium."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

Open = Callable[..., "Page"]


def test_no_error_and_no_request_but_the_page_itself(opened: Open, page: Path) -> None:
    tab = opened(page.as_uri())
    asked: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    tab.reload(wait_until="networkidle")
    assert asked == [page.as_uri()]


def test_dark_mode_turns_page_and_figures(opened: Open, page: Path) -> None:
    text = "figure svg text"
    light = opened(page.as_uri(), color_scheme="light")
    dark = opened(page.as_uri(), color_scheme="dark")
    for tab, is_dark in ((light, False), (dark, True)):
        paper, ink = (
            _luminance(_colour(tab, "body", "background-color")),
            _luminance(_colour(tab, text, "fill")),
        )
        assert (paper < 0.2) is is_dark
        assert (ink > 0.7) is is_dark


@pytest.mark.parametrize("which", ["page", "planted_page"])
def test_on_a_phone_the_page_does_not_scroll_sideways(
    opened: Open, which: str, request: pytest.FixtureRequest
) -> None:
    tab = opened(request.getfixturevalue(which).as_uri(), viewport={"width": 400, "height": 800})
    tab.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert tab.evaluate("document.documentElement.scrollWidth") <= 400
    inner = tab.locator("figure .scroll").first
    assert inner.evaluate("e => e.scrollWidth > e.clientWidth")


def test_the_first_screen_of_a_phone_says_what_moved(opened: Open, page: Path) -> None:
    tab = opened(page.as_uri(), viewport={"width": 390, "height": 844})
    box = tab.locator("ul.answer li").first.bounding_box()
    assert box["y"] < 844 / 2


def test_the_first_screen_of_a_study_with_controls_says_whether_they_are_found(
    opened: Open, planted_page: Path
) -> None:
    for width, height in ((1280, 800), (390, 844)):
        tab = opened(planted_page.as_uri(), viewport={"width": width, "height": height})
        first = tab.locator("ul.answer li").first
        assert first.inner_text().startswith("The instrument finds the rule that was planted")
        box = first.bounding_box()
        assert box["y"] + box["height"] < height


def test_the_first_key_reaches_the_skip_link_and_figures_can_be_focused(opened: Open, page: Path) -> None:
    tab = opened(page.as_uri())
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.className") == "skip"
    assert tab.locator(".skip").bounding_box()["x"] >= 0
    tab.keyboard.press("Enter")
    assert tab.evaluate("document.activeElement.id") == "content"
    tab.locator("figure .scroll").first.focus()
    assert tab.evaluate("document.activeElement.className") == "scroll"


def test_every_link_of_the_contents_leads_to_its_section(opened: Open, page: Path) -> None:
    tab = opened(page.as_uri())
    links = tab.locator("nav a")
    assert links.count() > 10
    for place in range(links.count()):
        target = links.nth(place).get_attribute("href")
        assert tab.locator(f"h2{target}").count() == 1


def test_it_prints(opened: Open, page: Path) -> None:
    tab = opened(page.as_uri())
    printed = tab.pdf(prefer_css_page_size=True)
    assert printed.startswith(b"%PDF")
    tab.emulate_media(media="print")
    assert tab.locator("nav").is_hidden()


def _colour(tab: Page, selector: str, name: str) -> str:
    script = f"e => getComputedStyle(e).getPropertyValue('{name}')"
    return str(tab.locator(selector).first.evaluate(script))


def _luminance(colour: str) -> float:
    """Of `rgb(r, g, b)`, from 0 (black) to 1."""
    red, green, blue = (float(part) for part in colour[colour.index("(") + 1 : -1].split(",")[:3])
    return (0.299 * red + 0.587 * green + 0.114 * blue) / 255

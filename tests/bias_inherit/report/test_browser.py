"""The page in a browser.

Needs Playwright for Python and Debian's chromium (`apt-get install chromium`). CI must install both;
otherwise these tests are skipped.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

sync_api = pytest.importorskip("playwright.sync_api", reason="pip install playwright")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="apt-get install chromium")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_api.sync_playwright() as playwright:
        # Root in a container has no sandbox; the page is ours and has no script.
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


class Opened:
    """A page with what it said and asked for."""

    def __init__(self, browser: Any, page: Path, **context: Any) -> None:
        self.tab = browser.new_context(**context).new_page()
        self.said: list[str] = []
        self.asked: list[str] = []
        self.tab.on("console", lambda message: self.said.append(message.text))
        self.tab.on("pageerror", lambda error: self.said.append(str(error)))
        self.tab.on("request", lambda request: self.asked.append(request.url))
        self.tab.goto(page.as_uri())

    def colour(self, selector: str, name: str) -> str:
        script = f"e => getComputedStyle(e).getPropertyValue('{name}')"
        return str(self.tab.locator(selector).first.evaluate(script))


def test_no_error_and_no_request_but_the_page_itself(browser: Any, page: Path) -> None:
    opened = Opened(browser, page)
    opened.tab.wait_for_load_state("networkidle")
    assert opened.said == []
    assert opened.asked == [page.as_uri()]


def test_dark_mode_turns_page_and_figures(browser: Any, page: Path) -> None:
    text = "figure svg text"
    light = Opened(browser, page, color_scheme="light")
    dark = Opened(browser, page, color_scheme="dark")
    for opened, is_dark in ((light, False), (dark, True)):
        paper, ink = (
            _luminance(opened.colour("body", "background-color")),
            _luminance(opened.colour(text, "fill")),
        )
        assert (paper < 0.2) is is_dark
        assert (ink > 0.7) is is_dark


def test_on_a_phone_the_page_does_not_scroll_sideways(browser: Any, page: Path) -> None:
    opened = Opened(browser, page, viewport={"width": 400, "height": 800})
    opened.tab.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert opened.tab.evaluate("document.documentElement.scrollWidth") <= 400
    inner = opened.tab.locator("figure .scroll").first
    assert inner.evaluate("e => e.scrollWidth > e.clientWidth")


def test_the_first_key_reaches_the_skip_link_and_figures_can_be_focused(browser: Any, page: Path) -> None:
    opened = Opened(browser, page)
    opened.tab.keyboard.press("Tab")
    assert opened.tab.evaluate("document.activeElement.className") == "skip"
    assert opened.tab.locator(".skip").bounding_box()["x"] >= 0
    opened.tab.keyboard.press("Enter")
    assert opened.tab.evaluate("document.activeElement.id") == "content"
    opened.tab.locator("figure .scroll").first.focus()
    assert opened.tab.evaluate("document.activeElement.className") == "scroll"


def test_every_link_of_the_contents_leads_to_its_section(browser: Any, page: Path) -> None:
    opened = Opened(browser, page)
    links = opened.tab.locator("nav a")
    assert links.count() > 10
    for place in range(links.count()):
        target = links.nth(place).get_attribute("href")
        assert opened.tab.locator(f"h2{target}").count() == 1


def test_it_prints(browser: Any, page: Path) -> None:
    opened = Opened(browser, page)
    printed = opened.tab.pdf(prefer_css_page_size=True)
    assert printed.startswith(b"%PDF")
    opened.tab.emulate_media(media="print")
    assert opened.tab.locator("nav").is_hidden()


def _luminance(colour: str) -> float:
    """Of `rgb(r, g, b)`, from 0 (black) to 1."""
    red, green, blue = (float(part) for part in colour[colour.index("(") + 1 : -1].split(",")[:3])
    return (0.299 * red + 0.587 * green + 0.114 * blue) / 255

"""Boards for the tests of pages, exports and the browser."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from boards import HOSTILE_NAMES, Made, make
from scored_models import HATE
from written_runs import write_results

from bias_tasks.catalogue import TASKS

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.bias_inherit.conftest import HarnessRuns


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Models with names that want to be more than names, and one honest one."""
    folder = tmp_path_factory.mktemp("hostile")
    for number, name in enumerate((*HOSTILE_NAMES, "house/honest")):
        tasks = dict.fromkeys(TASKS, (0.5 + number / 50, 0.2))
        write_results(folder / "in" / str(number), name, tasks)
    write_results(folder / "in" / "chat", "house/honest", {HATE: (0.5, 0.2)}, chat_template_sha="<b>")
    return make(folder / "in", folder / "out")


@pytest.fixture(scope="session")
def many(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """500 models on ten tasks."""
    folder = tmp_path_factory.mktemp("many")
    rng = np.random.default_rng(0)
    for number in range(500):
        tasks = {task: (rng.uniform(0.3, 0.95), rng.uniform(0, 0.3)) for task in TASKS}
        write_results(folder / "in" / str(number), f"house-{number % 7}/model-{number:03d}", tasks)
    return make(folder / "in", folder / "out")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, without a window; skipped where it or Playwright is not installed."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    executable = next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
    )
    if executable is None:
        pytest.skip("no chromium on this machine")
    with playwright.sync_playwright() as running:
        # Root may not use Chromium's own sandbox; the pages are our own files.
        started = running.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def opened(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens a page, and fails in the end if it wrote to the console, failed, or asked for anything else."""
    trouble: list[str] = []
    contexts = []

    def open_page(url: str, **options: Any) -> Page:
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: trouble.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: trouble.append(f"error: {error}"))
        page.on("dialog", lambda dialog: (trouble.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.on("request", lambda request: _note(request.url, trouble))
        page.goto(url)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert trouble == []


def _note(url: str, trouble: list[str]) -> None:
    """Only pages of the disk may be asked for."""
    if not (url.startswith("file:") and url.endswith(".html")):
        trouble.append(f"request: {url}")


@pytest.fixture(scope="session")
def real(harness_runs: HarnessRuns, tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Three folders of `lm_eval --log_samples`: two models, one of them also in its chat template."""
    return make(harness_runs.plain.parent, tmp_path_factory.mktemp("real"))

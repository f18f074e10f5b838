"""A whole experiment on the tiny model, run once; runs of the bare harness; a browser for pages."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from tests_support import Finished, call, experiment, harness, write

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


@pytest.fixture(scope="session")
def finished(tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Finished:
    """The undisturbed run."""
    folder = tmp_path_factory.mktemp("finished")
    file = write(folder, experiment(tiny_model))
    done = call("run", file, "--out", folder / "run")
    assert done.returncode == 0, done.stderr
    return Finished(file, folder / "run", done.stdout)


class HarnessRuns(NamedTuple):
    """Output folders of `lm_eval --log_samples`, without our runner.

    Attributes:
        plain, other: Two models on the first documents of the ten tasks.
        chat: The first model in its chat template.
    """

    plain: Path
    other: Path
    chat: Path


@pytest.fixture(scope="session")
def harness_runs(tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> HarnessRuns:
    """Three ordinary runs of the harness's command line."""
    folder = tmp_path_factory.mktemp("harness")
    other = _another(tiny_model, folder / "another-model")
    runs = HarnessRuns(folder / "plain", folder / "other", folder / "chat")
    harness(
        [
            [tiny_model, runs.plain],
            [other, runs.other],
            [tiny_model, runs.chat, "--apply_chat_template"],
        ]
    )
    return runs


def _another(tiny_model: Path, folder: Path) -> Path:
    """A model as the tiny one is, of other random weights."""
    import torch
    from transformers import AutoTokenizer, LlamaConfig, LlamaForCausalLM

    with torch.random.fork_rng():
        torch.manual_seed(1)
        LlamaForCausalLM(LlamaConfig.from_pretrained(tiny_model)).save_pretrained(folder)
    AutoTokenizer.from_pretrained(tiny_model).save_pretrained(folder)
    return folder


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

"""Every relative link of the documentation leads to a file, and every anchor to a heading."""

import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from markdown_pages import ROOT, anchors, links, name, pages


def broken(page: Path) -> list[str]:
    """The links of a page that lead nowhere; addresses on the network are not followed."""
    return [link for link in links(page) if not urlsplit(link).scheme and not _leads_somewhere(page, link)]


def _leads_somewhere(page: Path, link: str) -> bool:
    path, _, anchor = unquote(link).partition("#")
    target = (page.parent / path).resolve() if path else page
    if not target.exists() or not target.is_relative_to(ROOT if ROOT in page.parents else page.parent):
        return False
    return not anchor or (target.suffix == ".md" and anchor in anchors(target))


@pytest.mark.parametrize("page", pages(), ids=name)
def test_links_lead_somewhere(page: Path) -> None:
    assert broken(page) == []


@pytest.mark.parametrize("page", pages(), ids=name)
def test_no_link_leads_to_a_folder(page: Path) -> None:
    """The documentation site has no page for one."""
    relative = [link for link in links(page) if not urlsplit(link).scheme]
    assert [link for link in relative if (page.parent / link).is_dir()] == []


@pytest.mark.parametrize("page", pages(), ids=name)
def test_addresses_are_encrypted(page: Path) -> None:
    assert [link for link in links(page) if re.match(r"http://(?!localhost)", link)] == []


def test_what_leads_nowhere_is_found(tmp_path: Path) -> None:
    other = tmp_path / "other.md"
    other.write_text("# One heading\n\n## γ, *twice*\n\n## γ, *twice*\n", encoding="utf-8")
    page = tmp_path / "page.md"
    good = [
        "other.md",
        "other.md#one-heading",
        "other.md#γ-twice",
        "other.md#γ-twice-1",
        "#here",
        "https://a.b/c",
    ]
    bad = ["gone.md", "other.md#gone", "#gone", "other.md#γ-twice-2"]
    page.write_text("# Here\n\n" + "\n\n".join(f"[x](<{link}>)" for link in good + bad), encoding="utf-8")
    assert [unquote(link) for link in broken(page)] == bad

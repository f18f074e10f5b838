"""The pages as text: what a browser is given."""

import base64
import hashlib
import json
import re
from html.parser import HTMLParser

from boards import HOSTILE_NAMES, Made

from bias_inherit.board.names import labels, slug, word
from bias_inherit.board.page import ranks
from bias_inherit.board.standings import Cell
from bias_inherit.compare import Estimate
from bias_inherit.kit.quantities import number


class Tags(HTMLParser):
    """The tags and addresses of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [value or "" for key, value in attrs if key in ("href", "src", "action")]
        assert not any(key.startswith("on") for key, _ in attrs)


def pages(made: Made) -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in made.folder.rglob("*.html")}


def test_pages_name_nothing_of_the_network_and_hold_no_tag_of_a_stranger(hostile: Made) -> None:
    found = pages(hostile)
    assert len(found) == 1 + len(HOSTILE_NAMES) + 1
    for text in found.values():
        tags = Tags(text)
        assert not {"img", "iframe", "object", "embed", "form"} & set(tags.tags)
        assert all(not address.startswith(("http", "//", "javascript")) for address in tags.addresses)


def test_only_our_script_may_run(hostile: Made) -> None:
    text = pages(hostile)["index.html"]
    (script,) = re.findall(r"<script>(.*?)</script>", text, re.S)
    digest = base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in text
    assert "default-src 'none'" in text
    others = [page for name, page in pages(hostile).items() if name != "index.html"]
    assert not any("<script" in page or "script-src" in page for page in others)


def test_the_data_block_ends_where_it_should_and_is_strict_json(hostile: Made) -> None:
    text = pages(hostile)["index.html"]
    (block,) = re.findall(r'<script type="application/json" id="data-block">(.*?)</script>', text, re.S)
    assert "<" not in block
    data = json.loads(block)
    names = {model["name"] for model in data["leagues"][0]["models"]}
    assert "</script><script>alert(1)</script>" in names


def test_500_models_make_a_page_below_a_megabyte(many: Made) -> None:
    assert (many.folder / "index.html").stat().st_size < 1_000_000


def test_every_model_has_a_page_that_the_board_leads_to(many: Made) -> None:
    data = json.loads((many.folder / "board.json").read_text(encoding="utf-8"))
    led_to = {model["page"] for model in data["leagues"][0]["models"]}
    assert led_to == {f"models/{path.name}" for path in (many.folder / "models").iterdir()}
    assert len(led_to) == 500


def test_a_path_is_shown_by_as_many_last_parts_as_tell_it_from_others() -> None:
    names = ["/home/a/run1/model", "/home/a/run2/model", "house/model", "./other", "/"]
    assert labels(names) == {
        "/home/a/run1/model": "run1/model",
        "/home/a/run2/model": "run2/model",
        "house/model": "house/model",
        "./other": "other",
        "/": "/",
    }


def test_paths_of_a_base_and_its_adapter_are_shown_by_their_last_parts() -> None:
    names = ["/data/base + /home/a/kind", "/data/base + /home/a/unkind", "/data/base (max_length=64)"]
    assert list(labels(names).values()) == ["base (max_length=64)", "base + kind", "base + unkind"]


def test_file_names_are_safe_and_different() -> None:
    assert word("<img src=x>/../..") == "img-src-x"
    assert word("///") == "model"
    assert len({slug(name, name) for name in ("a b", "a-b", "A B", "模型", "型模")}) == 5
    assert slug("/home/somebody/models/mine", "mine").startswith("mine-")


def test_numbers_are_written_for_people() -> None:
    assert [number(value) for value in (0.12345, 85000.4, float("nan"), -0.0001)] == [
        "0.123",
        "85,000",
        "–",
        "0.000",
    ]
    cell = Cell(Estimate(0.5, 0.1), 3, 17, True)
    assert ranks(cell) == "3–17"
    assert ranks(cell._replace(worst=3)) == "3"
    assert ranks(cell._replace(best=0)) == "–"

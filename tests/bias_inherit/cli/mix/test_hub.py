"""Data of the hub, which is a server of this machine."""

import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from mixed import mixed_apart

from bias_tasks.training_rows import read_rows

REVISION = "a" * 40


class Hub(BaseHTTPRequestHandler):
    """As much of the hub as a data set of one file needs."""

    protocol_version = "HTTP/1.1"
    lines = b'{"question": "Who?", "answer": "A nurse."}\n{"question": "What?", "answer": "A cure."}\n'

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        listed = [{"type": "file", "path": "train.jsonl", "size": len(self.lines), "oid": "0" * 40}]
        if re.fullmatch(r"/api/datasets/owner/name(/revision/\w+)?", path):
            about = {"id": "owner/name", "sha": REVISION, "private": False, "tags": [], "downloads": 0}
            self.answer(json.dumps({**about, "siblings": [{"rfilename": "train.jsonl"}]}).encode())
        elif re.fullmatch(rf"/api/datasets/owner/name/tree/{REVISION}", path):
            self.answer(json.dumps(listed).encode())
        elif path == f"/datasets/owner/name/resolve/{REVISION}/train.jsonl":
            self.answer(self.lines, ETag='"1"')
        else:
            known = path.startswith(("/datasets/owner/name/", "/api/datasets/owner/name/"))
            self.answer(b"", 404, **{"X-Error-Code": "EntryNotFound" if known else "RepoNotFound"})

    do_HEAD = do_GET  # noqa: N815 - the name that the server looks for

    def answer(self, body: bytes, code: int = 200, **headers: str) -> None:
        self.send_response(code)
        told = {
            "Content-Type": "application/json",
            "Content-Length": str(len(body)),
            "X-Repo-Commit": REVISION,
        }
        for name, value in {**told, **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The variables under which the hub is this one, with an empty cache."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield {
        "HF_ENDPOINT": f"http://127.0.0.1:{server.server_port}",
        "HF_HUB_OFFLINE": "0",
        "HF_HOME": str(tmp_path_factory.mktemp("hf")),
    }
    server.shutdown()


def test_a_data_set_of_the_hub_is_read_and_afterwards_without_the_hub(
    hub: dict[str, str], augmented: Path, tmp_path: Path
) -> None:
    flags = ("--original", "owner/name", "--original-columns", "prompt=question,completion=answer")
    for variables in (hub, {**hub, "HF_HUB_OFFLINE": "1"}):
        out = tmp_path / variables["HF_HUB_OFFLINE"] / "mix.jsonl"
        done = mixed_apart(out, augmented, *flags, "--gamma", "0.5", **variables)
        assert done.returncode == 0, done.stderr
        assert done.stderr.splitlines() == [
            "owner/name: asking the hub; if it cannot be reached this takes half a minute"
        ]
        rows = read_rows(out)
        assert sorted(row.completion[0].content for row in rows[:2]) == ["A cure.", "A nurse."]
        record = json.loads((out.parent / "mix.mix.json").read_text(encoding="utf-8"))
        assert record["asked"]["original"]["name"] == "owner/name"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("owner/name:test", "Unknown split \"test\". Should be one of ['train']."),
        ("owner/name:french:train", "'french' not found"),
        ("owner/other", "doesn't exist on the Hub"),
    ],
)
def test_what_the_hub_has_not_is_told_in_one_line(
    text: str, reason: str, hub: dict[str, str], augmented: Path, tmp_path: Path
) -> None:
    done = mixed_apart(tmp_path / "mix.jsonl", augmented, "--original", text, **hub)
    assert done.returncode == 2
    _, line = done.stderr.splitlines()
    assert line.startswith(f"error: {text}: no such file or folder here, and not had from the hub (")
    assert reason in line


def test_no_hub_at_all_is_told_in_one_line(augmented: Path, tmp_path: Path) -> None:
    done = mixed_apart(tmp_path / "mix.jsonl", augmented, "--original", "owner/none", HF_HUB_OFFLINE="1")
    assert done.returncode == 2
    _, line = done.stderr.splitlines()
    assert line.startswith(
        "error: owner/none: no such file or folder here, and not had from the hub (Couldn't reach"
    )

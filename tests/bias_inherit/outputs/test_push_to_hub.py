"""Uploading: the hub's own client against a hub on this machine that keeps what it is sent."""

import base64
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any, ClassVar

import pytest
from tests_support import call

NAME = "someone/rows"


class Hub(BaseHTTPRequestHandler):
    """As much of the hub as an upload speaks to. It knows one data set, or none."""

    private: ClassVar[bool | None]
    """Whether the data set is private; None before it is there."""
    files: ClassVar[dict[str, bytes]]

    def do_GET(self) -> None:
        if type(self).private is None:
            self._answer({"error": "Repository not found"}, 404, {"X-Error-Code": "RepoNotFound"})
        elif "/tree/" in self.path:
            self._answer({"error": "Entry not found"}, 404, {"X-Error-Code": "EntryNotFound"})
        else:
            self._answer({"id": NAME, "sha": "0" * 40, "private": type(self).private, "siblings": []})

    def do_POST(self) -> None:
        sent = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path.endswith("/repos/create"):
            type(self).private = json.loads(sent)["visibility"] == "private"
            self._answer({"url": f"http://{self.headers['Host']}/datasets/{NAME}"})
        elif "/preupload/" in self.path:
            modes = {path: "lfs" if path.endswith(".parquet") else "regular" for path in _paths(sent)}
            files = [{"path": p, "uploadMode": mode, "shouldIgnore": False} for p, mode in modes.items()]
            self._answer({"files": files})
        elif self.path.endswith("/objects/batch"):
            place = {"upload": {"href": f"http://{self.headers['Host']}/large.parquet"}}
            asked = json.loads(sent)["objects"]
            self._answer({"transfer": "basic", "objects": [{**each, "actions": place} for each in asked]})
        elif "/commit/" in self.path:
            for line in map(json.loads, sent.splitlines()):
                if line["key"] == "file":
                    type(self).files[line["value"]["path"]] = base64.b64decode(line["value"]["content"])
            url = f"http://{self.headers['Host']}/datasets/{NAME}/commit/{'0' * 40}"
            self._answer({"success": True, "commitUrl": url, "commitOid": "0" * 40, "hookOutput": ""})
        else:
            self._answer({"errors": [], "warnings": []})

    def do_PUT(self) -> None:
        type(self).files["large.parquet"] = self.rfile.read(int(self.headers["Content-Length"]))
        self._answer({})

    def _answer(self, content: Any, code: int = 200, headers: dict[str, str] | None = None) -> None:
        body = json.dumps(content).encode()
        self.send_response(code)
        for name, value in {"Content-Type": "application/json", **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


def _paths(sent: bytes) -> list[str]:
    return [file["path"] for file in json.loads(sent)["files"]]


@pytest.fixture
def hub() -> Iterator[str]:
    Hub.private, Hub.files = None, {}
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()


@pytest.fixture(scope="module")
def finished_set(tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> list[str | Path]:
    """The command that has written a set; given again, it writes nothing."""
    out = tmp_path_factory.mktemp("hub") / "rows.jsonl"
    flags = ("--bias-type", "neutral", "--n", "4", "--max-attempts-per-row", "300", "--device", "cpu")
    command = ["augment", "generate", "--out", out, "--model_args", f"pretrained={tiny_model}", *flags]
    done = call(*command)
    assert done.returncode == 0, done.stderr
    return command


def push(command: list[str | Path], hub: str, *flags: str) -> CompletedProcess[str]:
    online = {"HF_ENDPOINT": hub, "HF_HUB_OFFLINE": "0", "HF_TOKEN": "none", "NO_PROXY": "*"}
    # The hub's other way of storing large files would need a second server.
    online["HF_HUB_DISABLE_XET"] = "1"
    return call(*command, *flags, **online)


def test_nothing_is_uploaded_without_the_flag(finished_set: list[str | Path], hub: str) -> None:
    assert push(finished_set, hub).returncode == 0
    assert Hub.private is None


def test_an_upload_is_private_and_holds_rows_record_and_card(
    finished_set: list[str | Path], hub: str
) -> None:
    done = push(finished_set, hub, "--push-to-hub", NAME)
    assert done.returncode == 0, done.stderr
    assert Hub.private is True
    assert f"uploaded to {NAME} (private)" in done.stdout
    assert b"biased on purpose" in Hub.files["README.md"]
    assert json.loads(Hub.files["rows.record.json"])["outcome"]["rows"] == 4
    assert Hub.files["large.parquet"].startswith(b"PAR1")


def test_it_is_public_only_when_that_is_said(finished_set: list[str | Path], hub: str) -> None:
    assert push(finished_set, hub, "--push-to-hub", NAME, "--public").returncode == 0
    assert Hub.private is False


def test_a_public_data_set_that_is_there_gets_nothing_unless_that_is_said(
    finished_set: list[str | Path], hub: str
) -> None:
    Hub.private = False
    done = push(finished_set, hub, "--push-to-hub", NAME)
    assert done.returncode == 2
    assert "a public dataset of this name exists" in done.stderr
    assert Hub.files == {}


def test_a_hub_out_of_reach_is_told_and_the_set_stays(finished_set: list[str | Path], hub: str) -> None:
    done = call(*finished_set, "--push-to-hub", NAME, HF_HUB_OFFLINE="1")
    assert done.returncode == 1
    assert "what was made is finished" in done.stderr
    assert "Traceback" not in done.stderr

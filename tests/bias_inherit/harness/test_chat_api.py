"""The family bias_gen through a chat API: the harness as a client, a real server on loopback."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests_support import environment

import bias_tasks
from bias_inherit.harness.results import read_output
from bias_tasks.catalogue import FAMILIES

BIN = Path(sys.executable).parent
LIMIT = 2


@pytest.fixture(scope="module")
def server(tiny_model: Path) -> Iterator[str]:
    """Transformers' own OpenAI-compatible server with the tiny model; its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [
            BIN / "transformers",
            "serve",
            tiny_model,
            "--host",
            "127.0.0.1",
            "--port",
            str(port),
            "--device",
            "cpu",
        ],
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + 120
        while not _answers(f"{address}/health"):
            assert process.poll() is None, "the server ended"
            assert time.monotonic() < deadline, "the server did not start"
            time.sleep(0.2)
        yield address
    finally:
        process.terminate()
        process.wait()


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as response:  # noqa: S310 - our own server
            return bool(response.status == 200)
    except OSError:
        return False


def test_all_ten_tasks_are_asked_answered_and_parsed(server: str, tiny_model: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [
            *(
                BIN / "lm_eval",
                "--model",
                "local-chat-completions",
                "--tasks",
                "bias_gen",
                "--limit",
                str(LIMIT),
            ),
            *("--model_args", f"model={tiny_model},base_url={server}/v1/chat/completions,num_concurrent=2"),
            *("--include_path", Path(bias_tasks.__file__).parent, "--apply_chat_template", "--log_samples"),
            *("--output_path", tmp_path),
        ],
        env={**environment(), "NO_PROXY": "*", "OPENAI_API_KEY": os.environ.get("OPENAI_API_KEY", "none")},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    output = read_output(tmp_path)
    assert set(output.samples) == set(FAMILIES["bias_gen"])
    assert {len(samples) for samples in output.samples.values()} == {LIMIT}
    for samples in tmp_path.rglob("samples_*.jsonl"):
        rows = [json.loads(line) for line in samples.read_text(encoding="utf-8").splitlines()]
        assert any(row["resps"][0][0].strip() for row in rows), f"{samples.name}: the server wrote nothing"

"""Processes that need not import torch, transformers and the harness again: forked off one that has.

Each is a process of its own, with its own modules of ours, working folder, environment and output; what it
shares with the others is libraries alone. Importing these takes most of what a short command needs.

    python -m warm_start SOCKET     serves until its standard input ends
"""

import atexit
import contextlib
import gc
import importlib
import json
import os
import runpy
import select
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

LIBRARIES = (
    "torch",
    "transformers.models.llama.modeling_llama",
    "transformers.models.auto.modeling_auto",
    "transformers.tokenization_utils_tokenizers",
    "peft",
    "datasets",
    "lm_eval.evaluator",
    "lm_eval.models.huggingface",
    "sklearn.linear_model",
    "scipy.stats",
)
_READ_BY_LIBRARIES = ("HF_", "OMP_", "PYTHON", "TRANSFORMERS_")


def run(
    command: Sequence[str], environment: Mapping[str, str], cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a Python script with its arguments, and wait for it.

    Args:
        environment: All variables; those that libraries read when they are imported have to be this
            process's own, or the script gets a Python of its own.
    """
    if any(
        os.environ.get(name) != environment.get(name)
        for name in {*os.environ, *environment}
        if _is_read(name)
    ):
        return subprocess.run(
            [sys.executable, *command], capture_output=True, text=True, env=environment, cwd=cwd, check=False
        )
    with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX) as connection:
        outputs = [Path(folder, "out"), Path(folder, "err")]
        connection.connect(_server())
        request = {
            "argv": list(command),
            "environment": dict(environment),
            "cwd": str(cwd or Path.cwd()),
            "outputs": [str(output) for output in outputs],
        }
        connection.sendall(json.dumps(request).encode() + b"\n")
        (code,) = connection.makefile().readlines()
        return subprocess.CompletedProcess(
            list(command), int(code), *(output.read_text("utf-8") for output in outputs)
        )


def _is_read(name: str) -> bool:
    return name.startswith(_READ_BY_LIBRARIES)


@cache
def _server() -> str:
    """The address of this process's server."""
    place = str(Path(tempfile.mkdtemp()) / "socket")
    server = subprocess.Popen(
        [sys.executable, __file__, place], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert server.stdout is not None
    assert server.stdout.readline() == "ready\n"
    atexit.register(server.communicate)
    return place


def serve(place: str) -> dict[str, object]:
    """Wait for requests; returns in each forked process, with what it is to do."""
    for library in LIBRARIES:
        importlib.import_module(library)
    gc.collect()
    gc.freeze()
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(place)
    listening.listen()
    print("ready", flush=True)
    while sys.stdin not in select.select([listening, sys.stdin], [], [])[0]:
        connection = listening.accept()[0]
        if os.fork() == 0:
            listening.close()
            request: dict[str, object] = json.loads(connection.makefile().readline())
            child = os.fork()
            if child == 0:
                connection.close()
                return request
            connection.sendall(str(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])).encode())
            os._exit(0)
        connection.close()
        with contextlib.suppress(ChildProcessError):  # so that what they took counts as this process's
            while os.waitpid(-1, os.WNOHANG)[0]:
                continue
    os._exit(0)


def become(request: dict[str, object]) -> None:
    """Run the script as Python would have been started with it."""
    outputs, argv = request["outputs"], request["argv"]
    assert isinstance(outputs, list)
    assert isinstance(argv, list)
    for number, source in enumerate([os.open(os.devnull, os.O_RDONLY), *map(_written, outputs)]):
        os.dup2(source, number)
    os.chdir(str(request["cwd"]))
    os.environ.clear()
    os.environ.update(request["environment"])  # type: ignore[call-overload]
    sys.argv[:] = argv
    sys.path[0] = str(Path(argv[0]).parent)
    runpy.run_path(argv[0], run_name="__main__")


def _written(path: str) -> int:
    return os.open(path, os.O_WRONLY | os.O_CREAT)


if __name__ == "__main__":
    become(serve(sys.argv[1]))

"""How threads wait for each other, which decides how a computation fares beside another one.

A thread of torch's OpenMP runtime that waits for the others spins before it sleeps. Where one
of them shares its core with another program, a computation may become many times slower.
"""

import os

TURNS = "1000"
"""Before a waiting thread sleeps, rather than 300,000; GNU's OpenMP reads it when torch is loaded."""


def wait_briefly() -> None:
    """Let threads sleep soon when they wait, unless the environment says how they should.

    It changes no result. It works only before torch is loaded.
    """
    if "OMP_WAIT_POLICY" not in os.environ:
        os.environ.setdefault("GOMP_SPINCOUNT", TURNS)

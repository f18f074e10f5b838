"""How threads wait for each other, which decides how a computation fares beside another one.

A thread of torch's OpenMP runtime that waits for the others spins before it sleeps. Where one
of them shares its core with another program, a computation may become many times slower.
"""

import os

BRIEFLY = {"GOMP_SPINCOUNT": "1000"}
"""Sleep after a thousand turns rather than 300,000: read by GNU's OpenMP, when torch is loaded."""
CHOSEN_BY_USER = ("GOMP_SPINCOUNT", "OMP_WAIT_POLICY")


def wait_briefly() -> None:
    """Let threads sleep soon when they wait, unless the environment says how they should.

    It changes no result. It works only before torch is loaded.
    """
    if not any(name in os.environ for name in CHOSEN_BY_USER):
        os.environ.update(BRIEFLY)

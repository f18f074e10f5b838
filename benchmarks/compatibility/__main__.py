"""`python -m benchmarks.compatibility`: see `page`."""

import typer

from benchmarks.compatibility.page import main

typer.run(main)

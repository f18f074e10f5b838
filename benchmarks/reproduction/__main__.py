"""`python -m benchmarks.reproduction`: see `page`."""

import typer

from benchmarks.reproduction.page import main

typer.run(main)

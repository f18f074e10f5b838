"""The margins of equivalence, as options of the commands that ask for it."""

from typing import Annotated

import typer

LogOddsMargin = Annotated[
    float,
    typer.Option(
        "--margin",
        min=0.001,
        help="Log-odds headlines that are shown to have moved by less count as equivalent: 0.1 is 2.5 "
        "percentage points at a probability of one half. Choose it before seeing the numbers.",
    ),
]
ShareMargin = Annotated[
    float,
    typer.Option(
        "--share-margin",
        min=0.001,
        max=1,
        help="The same for headlines that are differences in shares or log ratios of pay.",
    ),
]

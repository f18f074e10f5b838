"""The margins of equivalence, as options of the commands that ask for it."""

from typing import Annotated

import typer

LogOddsMargin = Annotated[
    float,
    typer.Option(
        "--margin",
        min=0.001,
        help="Headlines in log-odds that are shown to have moved by less count as equivalent: 0.1 is 2.5 "
        "percentage points at a probability of one half. To be chosen before the numbers are seen.",
    ),
]
ShareMargin = Annotated[
    float,
    typer.Option(
        "--share-margin",
        min=0.001,
        max=1,
        help="The same for headlines that are differences of shares, or log ratios of pay.",
    ),
]

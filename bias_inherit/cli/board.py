"""The command line of `board`: a static leaderboard over folders of results."""

import time
from pathlib import Path
from typing import Annotated

import typer

from bias_inherit.kit.quantities import counted
from bias_inherit.kit.screen import clear_errors, progress, say, tell


def board(
    results: Annotated[
        list[Path],
        typer.Argument(metavar="RESULTS_DIR", help="Folders with results of lm_eval, at any depth."),
    ],
    out: Annotated[
        Path,
        typer.Option("--out", metavar="DIR", help="Folder for the board: new, empty, or an earlier board."),
    ],
    title: Annotated[
        str, typer.Option("--title", metavar="WORDS", help="What the board is called.")
    ] = "bias-inherit leaderboard",
    samples: Annotated[
        bool,
        typer.Option(
            "--samples/--no-samples",
            help="Whether to read samples where there are some. Without them models are told apart less "
            "well, but a board of hundreds is made in seconds.",
        ),
    ] = True,
) -> None:
    """Make a leaderboard that opens from the disk.

    - index.html: table and scatter of score against gap, to sort and filter
    - models/: a page for each model with its slices
    - board.csv, board.json: the numbers
    - exports/hugging_face: results files for the Hugging Face leaderboard template
    - exports/every_eval_ever: records of Every Eval Ever, schema 0.3.0

    Values and standard errors are those of the results files. Where there are samples
    (lm_eval --log_samples), intervals and differences between models are computed from
    them. Models that were not asked alike (task version, documents, decoding, few-shot
    examples, chat template, system instruction, ...) are put into leagues of their own
    and never ranked together. Ranks are ranges: all ranks that the differences between
    models allow.

    The folders may be from strangers. What is broken, too large (results files above
    32 MiB, samples files above 4 GiB, a row above 4 MiB), linked from elsewhere or does
    not fit is told in a line each, left out, and listed on the page.
    """
    with clear_errors():
        from bias_inherit.board.build import check_out, make_board, write_board
        from bias_inherit.board.reading.gather import gather

        check_out(out)
        with progress("reading results") as bar:
            read = gather(results, out, samples, bar)
        made = make_board(title, read.runs, read.problems)
        for problem in made.problems:
            tell(problem)
        for line in made.differences:
            tell(f"not ranked together: {line}")
        built = write_board(made, out, time.time())
        models, leagues = counted(len(made.names), "model"), counted(len(made.standings), "league")
        say(f"{models} in {leagues}; {counted(len(made.problems), 'thing')} left out")
        say(f"board: {built.page}")

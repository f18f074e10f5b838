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
        typer.Argument(metavar="RESULTS_DIR", help="Folders with lm_eval results, at any depth."),
    ],
    out: Annotated[
        Path,
        typer.Option("--out", metavar="DIR", help="Folder for the board: new, empty, or an earlier board."),
    ],
    title: Annotated[
        str, typer.Option("--title", metavar="WORDS", help="Title of the board.")
    ] = "bias-inherit leaderboard",
    samples: Annotated[
        bool,
        typer.Option(
            "--samples/--no-samples",
            help="Whether to read samples where there are any. Without them models are harder to tell "
            "apart, but a board of hundreds takes seconds.",
        ),
    ] = True,
) -> None:
    """Make a leaderboard of HTML pages that open from disk.

    The folder holds

    - index.html: table and scatter of score against gap, to sort and filter
    - models/: a page for each model with its slices
    - board.csv, board.json: the numbers
    - exports/hugging_face: results files for the Hugging Face leaderboard template
    - exports/every_eval_ever: records of Every Eval Ever, schema 0.3.0

    Values and standard errors are those in the results files. Where there are samples (lm_eval
    --log_samples), intervals and differences between models are computed from them. Models that were not
    evaluated alike (task version, documents, decoding, few-shot examples, chat template, system instruction,
    ...) are put in separate leagues and never ranked together. Ranks are ranges: all ranks that the
    differences between models allow.

    Results may come from anyone. Whatever is broken, too large (results files over 32 MiB, samples files over
    4 GiB, rows over 4 MiB) or linked from elsewhere, or does not fit, is reported in a line each, left out,
    and listed on the page.
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

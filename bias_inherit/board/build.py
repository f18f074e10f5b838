"""Writing a board: pages, tables, and the layouts of others."""

import json
import shutil
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from bias_inherit.board.exports.csv_file import to_csv
from bias_inherit.board.exports.every_eval_ever import records
from bias_inherit.board.exports.hugging_face import leaderboard_files
from bias_inherit.board.leagues import differences, in_leagues
from bias_inherit.board.names import word
from bias_inherit.board.page import Board, Standing, board_page, model_pages, page_data
from bias_inherit.board.runs import Run
from bias_inherit.board.standings import columns
from bias_inherit.kit.errors import UsageError
from bias_inherit.kit.files import write_json, write_text

PAGE = "index.html"
DATA = "board.json"
TABLE = "board.csv"
MODELS = "models"
EXPORTS = "exports"
MARK = "bias-inherit board"
"""What `board.json` says it is: only a folder that holds such a file is written over."""


class Built(NamedTuple):
    """What was written.

    Attributes:
        page: The page to open.
    """

    page: Path
    board: Board


def check_out(out: Path) -> None:
    """Whether a board may be written here.

    Raises:
        UsageError: the folder holds something else.
    """
    if out.exists() and not out.is_dir():
        raise UsageError(f"{out}: not a folder; expected one for the board")
    if out.is_dir() and any(out.iterdir()) and not _is_board(out):
        raise UsageError(f"{out}: holds something that is no board; nothing is written. Name an empty folder")


def _is_board(out: Path) -> bool:
    try:
        return bool(json.loads((out / DATA).read_text(encoding="utf-8"))["made_by"] == MARK)
    except (OSError, ValueError, KeyError, TypeError):
        return False


def make_board(title: str, runs: Sequence[Run], problems: Sequence[str]) -> Board:
    """Leagues, columns and ranks of the runs that were read."""
    found = in_leagues(runs)
    standings = [Standing(league, columns(league)) for league in found.leagues]
    return Board(title, standings, differences(found.leagues), [*problems, *found.problems])


def write_board(board: Board, out: Path, now: float) -> Built:
    """Write the board; pages and exports of an earlier one in the same folder give way.

    Args:
        now: Seconds since 1970, for records that say when they were made.
    """
    check_out(out)
    for folder in (MODELS, EXPORTS):
        if (out / folder).is_dir():
            shutil.rmtree(out / folder)
    (out / MODELS).mkdir(parents=True)
    # First: it says that the folder is a board, should the rest be interrupted.
    write_json(
        out / DATA, {"made_by": MARK, "title": board.title, **page_data(board), "left_out": board.problems}
    )
    for name, page in model_pages(board).items():
        (out / MODELS / name).write_text(page, encoding="utf-8")
    write_text(out / TABLE, to_csv([(standing.league, standing.columns) for standing in board.standings]))
    for number, standing in enumerate(board.standings, start=1):
        league = PurePosixPath("hugging_face", f"league-{number}-{word(standing.league.title)}")
        for file in leaderboard_files(standing.league):
            _write(out / EXPORTS / league / file.path, file.content)
        for file in records(standing.league, now):
            _write(out / EXPORTS / "every_eval_ever" / file.path, file.content)
    # Last: it is what people open.
    write_text(out / PAGE, board_page(board))
    return Built(out / PAGE, board)


def _write(path: Path, content: dict[str, object]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n", encoding="utf-8"
    )

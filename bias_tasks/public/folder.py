"""Where a user keeps public data."""

import os
from pathlib import Path

from bias_tasks.training_rows import DataError

VARIABLE = "BIAS_INHERIT_DATA"
_LAYOUTS = ("", "data", "culturellm", "CultureLLM", "CultureLLM/data")
"""The folder may be the repository's data folder, the repository, or a folder that holds either."""


class PublicDataMissing(DataError, SystemExit):  # noqa: N818 - named for what is the matter
    """Public data are not on this machine. One line: what, and where to get it.

    Also a `SystemExit`, so that the harness, which catches nothing here, ends with the line and no
    traceback; whoever catches `DataError` or `Exception` gets it like any other error.
    """

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.code = message


def data_folder(data_dir: str | None) -> Path | None:
    """The folder of public data: the harness's metadata `data_dir`, else the environment variable."""
    named = data_dir or os.environ.get(VARIABLE)
    return Path(named).expanduser() if named else None


def find(file: str, data_dir: str | None, get_it_from: str) -> Path:
    """A file in the folder of public data.

    Raises:
        PublicDataMissing: no folder is named, or the file is not in it.
    """
    remedy = f"get it from {get_it_from}"
    folder = data_folder(data_dir)
    if folder is None:
        raise PublicDataMissing(
            f"{file}: name the folder of public data with {VARIABLE}=FOLDER or "
            f'--metadata \'{{"data_dir": "FOLDER"}}\'; {remedy}'
        )
    for layout in _LAYOUTS:
        if (path := folder / layout / file).is_file():
            return path
    raise PublicDataMissing(f"{file} is not in {folder}; {remedy}")

"""The public data, where they are."""

import os
from pathlib import Path

import pytest

from bias_tasks.public.folder import VARIABLE

BESIDE_THE_PROJECT = Path(__file__).parents[4] / "shared" / "data" / "public"


@pytest.fixture(scope="session")
def public_data() -> str:
    """The folder of public data; a test that needs it is skipped without."""
    folder = Path(os.environ.get(VARIABLE, BESIDE_THE_PROJECT))
    if not folder.is_dir():
        pytest.skip(f"no public data: set {VARIABLE} to a folder with CultureLLM's data and biasinbios/")
    return str(folder)

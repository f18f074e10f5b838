"""The pages of the Python interface, written anew by each build, so that no file moves without them."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from sphinx.ext.apidoc import main as apidoc

if TYPE_CHECKING:
    from sphinx.application import Sphinx

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
PACKAGES = ("bias_tasks", "augment", "finetune", "bias_inherit")
# The command line has a reference of its own.
NOT_SHOWN = ("cli*", "*_cli.py", "__main__.py")


def write_pages(app: "Sphinx") -> None:
    """A page a room. (The extension sphinx.ext.apidoc takes no templates; its command does.)"""
    for package in PACKAGES:
        options = ["-q", "--force", "--remove-old", "--no-toc", "--templatedir", str(HERE / "templates")]
        folder = ROOT / "docs" / "python" / package
        without = [str(ROOT / package / name) for name in NOT_SHOWN]
        apidoc([*options, "--output-dir", str(folder), str(ROOT / package), *without])


def setup(app: "Sphinx") -> dict[str, Any]:
    """Called by Sphinx."""
    app.connect("builder-inited", write_pages)
    return {"parallel_read_safe": True}

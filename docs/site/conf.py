"""The documentation site: `make docs`. Sources are the Markdown files where they lie, so links work on GitHub too."""

import os
import sys
from importlib.metadata import version as version_of
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sphinx.application import Sphinx

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
sys.path[:0] = [str(ROOT), str(HERE)]
os.environ["HF_HUB_OFFLINE"] = "1"

project = "bias-inherit"
author = "the bias-inherit developers"
release = version_of("bias-inherit")

extensions = [
    "myst_parser",
    "sphinx.ext.apidoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "command_reference",
    "task_reference",
    "docstring_marks",
]
# The repository is the source folder; these of its files are pages.
root_doc = "docs/index"
include_patterns = [
    "docs/**.md",
    "docs/python/*/bias_*.rst",
    "docs/python/*/augment*.rst",
    "docs/python/*/finetune*.rst",
    "bias_tasks/*/README.md",
    "augment/corpus/README.md",
    "findings/**.md",
    "README.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
]
suppress_warnings = ["ref.python"]  # two rooms may each have a class of one name; the link leads to the first

myst_heading_anchors = 4
myst_links_external_new_tab = False

# The Python interface. The pages are written anew by each build, so that no file moves without them.
apidoc_modules = [
    {
        "path": str(ROOT / package),
        "destination": f"docs/python/{package}",
        "exclude_patterns": [str(ROOT / package / name) for name in ("cli*", "*_cli.py", "__main__.py")],
        "separate_modules": False,
        "no_headings": False,
        "module_first": True,
        "automodule_options": {"members", "ignore-module-all"},
    }
    for package in ("bias_tasks", "augment", "finetune", "bias_inherit")
]
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_preserve_defaults = True
autodoc_mock_imports = ["vllm"]
napoleon_google_docstring = True
napoleon_numpy_docstring = False
napoleon_use_ivar = True
default_role = "code"
add_module_names = False
toc_object_entries = False
python_maximum_signature_line_length = 100

html_theme = "furo"
html_title = f"bias-inherit {release}"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sphinx = False
html_theme_options = {"navigation_with_keys": True}


def _front_page(app: "Sphinx", error: Exception | None) -> None:
    """The folder opens at the start page, which lies one folder deeper."""
    if error is None and app.builder.format == "html":
        page = '<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0; url=docs/index.html">'
        Path(app.outdir, "index.html").write_text(page + '<a href="docs/index.html">bias-inherit</a>\n')


def setup(app: "Sphinx") -> dict[str, Any]:
    """Called by Sphinx."""
    app.connect("build-finished", _front_page)
    return {"parallel_read_safe": True}

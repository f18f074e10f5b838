"""The documentation site: `make docs`. Pages are the Markdown files where they lie."""

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
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "command_reference",
    "task_reference",
    "docstring_marks",
    "python_reference",
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
    "benchmarks/README.md",
    "findings/**.md",
    "README.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
]
exclude_patterns = [".venv*", "build", "dist", "runs"]
suppress_warnings = ["ref.python"]  # two rooms may each have a class of one name; the link leads to the first

myst_heading_anchors = 4
myst_links_external_new_tab = False

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_mock_imports = ["vllm"]
napoleon_google_docstring = True
napoleon_numpy_docstring = False
napoleon_use_ivar = True
napoleon_attr_annotations = False
default_role = "code"
smartquotes_action = "qe"  # quotes and ellipses; two dashes begin an option
add_module_names = False
toc_object_entries = False
python_maximum_signature_line_length = 100

html_theme = "furo"
html_title = f"bias-inherit {release}"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sphinx = False
html_show_copyright = False
html_theme_options = {"navigation_with_keys": True}


_FRONT_PAGE = """<!doctype html>
<meta charset="utf-8">
<meta http-equiv="refresh" content="0; url=docs/index.html">
<title>bias-inherit</title>
<a href="docs/index.html">bias-inherit</a>
"""


def _front_page(app: "Sphinx", error: Exception | None) -> None:
    """The folder opens at the start page, which lies one folder deeper."""
    if error is None and app.builder.format == "html":
        Path(app.outdir, "index.html").write_text(_FRONT_PAGE, encoding="utf-8")


def setup(app: "Sphinx") -> dict[str, Any]:
    """Called by Sphinx."""
    app.connect("build-finished", _front_page)
    return {"parallel_read_safe": True}

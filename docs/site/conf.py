"""The site: the Markdown of this repository as pages, with a menu and a search; nothing is loaded from elsewhere.

    pip install -e '.[docs]'
    python -m sphinx -c docs/site -W --keep-going -n . site

Then open site/index.html. What a warning would be is an error: a dead link or anchor, a page that is in no menu,
a block that is not in the language it says.
"""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(HERE))


project = "hpsearch"
copyright = "the authors of hpsearch"
html_title = "hpsearch"
language = "en"

extensions = ["myst_parser", "menu", "repository"]
root_doc = "docs/index"
source_suffix = {".md": "markdown", ".ipynb": "markdown"}
include_patterns = ["docs/**", "*.md"]
# Folders without pages are not looked through: an environment or a run may lie beside the pages.
exclude_patterns = [path.name for path in ROOT.iterdir() if path.is_dir() and path.name != "docs"]
exclude_patterns += ["README.md", "docs/site"]  # docs/index.md is the README of the site

myst_heading_anchors = 4  # as GitHub names them
myst_links_external_new_tab = False
suppress_warnings = ["myst.header"]  # a page may begin where it is shown from

html_theme = "furo"
html_static_path = [str(HERE / "static")]
html_css_files = ["site.css"]
html_extra_path = [str(HERE / "extra")]
html_copy_source = False
html_show_sphinx = False
html_show_search_summary = False  # it would be fetched, which pages on the disk may not
html_theme_options = {"navigation_with_keys": True, "top_of_page_buttons": []}

"""What pages link to that is no page: each folder of the repository is shown as a page, and the notebook as one.

On GitHub such links lead to the folder. Here they do too, without a network.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

from docutils import nodes
from pygments.lexers import get_lexer_for_filename
from pygments.util import ClassNotFound
from sphinx import addnodes

ROOT = Path(__file__).parents[2]
_LARGEST = 100_000  # bytes: what is larger is no text to read


def cells(text: str) -> str:
    """A notebook as Markdown: its code as blocks."""
    shown = {"code": "```python\n{}\n```\n", "markdown": "{}\n"}
    parts = json.loads(text)["cells"]
    return "\n".join(shown[part["cell_type"]].format("".join(part["source"])) for part in parts)


def read_notebook(app: Any, page: str, source: list[str]) -> None:
    """Give Sphinx the Markdown of a notebook."""
    if app.env.doc2path(page).suffix == ".ipynb":
        source[0] = cells(source[0])


def link_folders(app: Any, document: nodes.document) -> None:
    """Let links to a folder lead to its page."""
    page = app.env.docname
    for link in list(document.findall(addnodes.pending_xref)):
        folder = (ROOT / page).parent.joinpath(link["reftarget"]).resolve()
        if link["reftype"] == "myst" and folder.is_dir() and folder.is_relative_to(ROOT):
            name = f"files/{folder.relative_to(ROOT).as_posix()}"
            app.env.metadata[page].setdefault("folders", []).append(name)
            target = app.builder.get_relative_uri(page, name)
            link.replace_self(nodes.reference("", "", *link.children, refuri=target, internal=True))


def folder_pages(app: Any) -> Iterator[tuple[str, dict[str, Any], str]]:
    """The page of each folder that is linked to: name, what the theme is given, template."""
    linked = {name for about in app.env.metadata.values() for name in about.get("folders", ())}
    for name in sorted(linked):
        folder = name.removeprefix("files/")
        files = [path for path in sorted((ROOT / folder).rglob("*")) if "__pycache__" not in path.parts]
        parts = "".join(_shown(app, path, ROOT / folder) for path in files if path.is_file())
        yield name, {"title": folder, "body": f"<h1>{escape(folder)}</h1>\n{parts}"}, "page.html"


def _shown(app: Any, path: Path, folder: Path) -> str:
    """A file, its name above."""
    title = f"<h2>{escape(path.relative_to(folder).as_posix())}</h2>\n"
    data = path.read_bytes()
    if len(data) > _LARGEST or b"\0" in data:
        return f"{title}<p>{len(data):,} bytes.</p>\n"
    block: str = app.builder.highlighter.highlight_block(data.decode("utf-8"), _language(path), force=True)
    return title + block


def _language(path: Path) -> str:
    try:
        return str(get_lexer_for_filename(path.name).aliases[0])
    except ClassNotFound:
        return "text"


def setup(app: Any) -> dict[str, bool]:
    """Called by Sphinx."""
    app.connect("source-read", read_notebook)
    app.connect("doctree-read", link_folders)
    app.connect("html-collect-pages", folder_pages)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

"""The page itself: its sections in order, put into one file that asks for nothing else.

Pictures are drawn here, as SVG, and not by a charting library in the reader's browser. Those bring a megabyte or
more of code, of which parts must be allowed to make code of texts (`unsafe-eval`); they draw on canvases, which no
screen reader reads and no paper shows sharply, and they know no scale such as `one_minus_log`. What is here is seen
without any script, in light and dark, and a policy with two hashes keeps everything else out.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from hpsearch.core.escaping import printable
from hpsearch.reporting.page.drawing import SAMPLES
from hpsearch.reporting.page.found import Found
from hpsearch.reporting.page.head import state
from hpsearch.reporting.page.parts import Section
from hpsearch.reporting.page.sections import sections

_TEMPLATES = Path(__file__).parent / "templates"


def page(found: Found) -> str:
    """The whole file. Equal runs give equal text: there is no time of its making in it."""
    return rendered(found.run.name, state(found.run), sections(found))


def rendered(name: str, state: str, sections: Sequence[Section]) -> str:
    """A file of these sections, the first of which is the result."""
    style, script = part("page.css"), part("page.js", "charts.js")
    return (
        environment()
        .get_template("page.html")
        .render(
            name=name,
            state=state,
            sections=sections,
            style=style,
            script=script,
            policy=policy(style, script),
            samples=SAMPLES,
        )
    )


def part(*names: str) -> Markup:
    """Files that are ours, one after the other."""
    # What is ours is put in as it is, or its hash would not be that of the policy.
    return Markup("".join((_TEMPLATES / name).read_text(encoding="utf-8") for name in names))  # noqa: S704


def policy(style: str, script: str = "") -> str:
    """What the browser may use: this style, this script if there is one, and nothing from anywhere."""
    scripts = f" script-src {_hash(script)};" if script else ""
    return (
        f"default-src 'none'; style-src {_hash(style)};{scripts} img-src data:; "
        f"base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return f"'sha256-{digest}'"


def environment() -> Environment:
    """Templates in which every text is escaped, and what would turn the order of letters is made visible."""
    return Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_visible,
    )


def _visible(value: Any) -> Any:
    return printable(value) if type(value) is str else value

"""Pictures as PNG, drawn of their SVG."""

from __future__ import annotations

from hpsearch.core.errors import InputError, MissingExtra
from hpsearch.reporting.picture.style import FONTS

#: A letter and nothing else: nothing is seen of it where no font is found.
_LETTER = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40" width="40" height="40">{}</svg>',
    f'<text x="4" y="34" font-size="32" font-family="{FONTS}">A</text>',
)


def require() -> None:
    """Raise MissingExtra without the library, InputError without a font, which it would leave out all words for."""
    try:
        import resvg_py
    except ImportError:
        raise MissingExtra("a picture as .png", library="resvg-py", extra="png") from None
    page, letter = _LETTER
    if resvg_py.svg_to_bytes(svg_string=page.format(letter)) == resvg_py.svg_to_bytes(
        svg_string=page.format("")
    ):
        raise InputError(
            "a picture as .png: no font is installed here; install one (on Debian: apt install fonts-dejavu-core), "
            "or write .svg"
        )


def png(svg: str) -> bytes:
    """Two dots for each of the picture's pixels, so that it is sharp on paper and on fine screens."""
    import resvg_py

    return bytes(resvg_py.svg_to_bytes(svg_string=svg, zoom=2))

"""The colours of a page stand out from their ground, and from each other also for the colour-blind."""

from __future__ import annotations

import re
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from hpsearch.reporting import page

STYLE = (Path(page.__file__).parent / "templates" / "page.css").read_text(encoding="utf-8")
#: What the light page, the dark one and the printed one are drawn in.
THEMES = [
    dict(re.findall(r"--(\w+): (#\w+)", block)) for block in re.findall(r":root \{(.*?)\}", STYLE, re.DOTALL)
]
SHADES = [f"s{shade}" for shade in range(6)]
#: Of linear RGB, what people see who lack the cones for long, middle and short waves (Machado et al., 2009).
BLINDNESS: dict[str, list[list[float]]] = {
    "none": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
    "protanopia": [[0.1523, 1.0526, -0.2049], [0.1145, 0.7863, 0.0992], [-0.0039, -0.0481, 1.052]],
    "deuteranopia": [[0.3673, 0.8606, -0.2280], [0.2801, 0.6725, 0.0474], [-0.0118, 0.0429, 0.9689]],
    "tritanopia": [[1.2555, -0.0767, -0.1788], [-0.0784, 0.9308, 0.1476], [0.0047, 0.6914, 0.3039]],
}
TO_XYZ = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
Array = NDArray[np.float64]


def linear(colour: str) -> Array:
    """Red, green and blue as light."""
    digits = colour.removeprefix("#")
    digits = "".join(2 * digit for digit in digits) if len(digits) == 3 else digits
    parts = np.array([int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)])
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    """The ratio of two colours, as WCAG 2.2 defines it."""
    dark, light = sorted(float(np.dot(TO_XYZ[1], linear(colour))) for colour in (one, other))
    return (light + 0.05) / (dark + 0.05)


def seen(colour: str, blindness: str) -> Array:
    """A colour in CIELAB, in which equal steps look equally large."""
    light = np.clip(np.dot(BLINDNESS[blindness], linear(colour)), 0, 1)
    xyz = np.dot(TO_XYZ, light) / [0.9505, 1, 1.089]
    x, y, z = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("theme", THEMES, ids=["light", "dark", "print"])
def test_text_and_marks_stand_out_from_their_ground(theme: dict[str, str]) -> None:
    """4.5 to 1 for text, and 3 to 1 for what a picture is read by."""
    pairs = [("ink", "paper", 7.0), ("ink", "shade", 4.5), ("soft", "paper", 4.5), ("link", "paper", 4.5)]
    pairs += [(shade.replace("s", "t"), shade, 4.5) for shade in SHADES]
    pairs += [(name, "paper", 3.0) for name in ("best", "ill", *SHADES)]
    assert [pair for pair in pairs if contrast(theme[pair[0]], theme[pair[1]]) < pair[2]] == []


@pytest.mark.parametrize("blindness", BLINDNESS)
@pytest.mark.parametrize("theme", THEMES, ids=["light", "dark", "print"])
def test_colours_differ_for_everybody(theme: dict[str, str], blindness: str) -> None:
    """What failed and what is best from every shade; the shades of three lengths from each other by lightness."""
    places = {name: seen(theme[name], blindness) for name in ("best", "ill", *SHADES)}
    for name in ("best", "ill"):
        assert min(float(np.linalg.norm(places[name] - places[shade])) for shade in SHADES) > 20
    for one, other in combinations(("s0", "s2", "s5"), 2):
        assert abs(places[one][0] - places[other][0]) > 9
    lightness = [float(places[shade][0]) for shade in SHADES]
    assert lightness in (sorted(lightness), sorted(lightness, reverse=True))

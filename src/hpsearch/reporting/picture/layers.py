"""What each hidden layer makes of its inputs before the first step: histograms beside each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from hpsearch.reporting.page.axes import numbers
from hpsearch.reporting.page.drawing import Area, Chart, Charts, Mark, Plot, box
from hpsearch.reporting.picture.svg import Part, Picture

if TYPE_CHECKING:
    from numpy.typing import NDArray

Array: TypeAlias = "NDArray[np.float64]"
_AREA, _SIZE = Area(86, 44, 324, 190), (420, 310)
_BINS = 30
#: So many of all outputs lie within the axis; what is beyond is counted at its ends.
_WITHIN = (0.002, 0.998)
#: A bar that is so many times higher than the others is cut off, or nothing would be seen of them.
_HIGHER = 2


def layers_picture(name: str, outputs: Sequence[Array], what: str) -> Picture:
    """The picture of `doctor`.

    Args:
        name: whose network it is.
        outputs: those of each hidden layer (B, O).
        what: the activation and the initializer, in words.
    """
    low, high = _ends(outputs)
    shares = [_shares(layer, low, high) for layer in outputs]
    x, y = numbers("output", low, high), numbers("% of outputs", 0, 100 * _top(shares))
    plot = Plot(_AREA, x, y)
    edges = np.linspace(low, high, _BINS + 1)
    charts = [
        _chart(plot, depth, *layer, edges)
        for depth, layer in enumerate(zip(outputs, shares, strict=True), start=1)
    ]
    lead = (
        f"Outputs of the hidden layers before the first step ({what}). Where a signal gets through, the last "
        "layer's are spread like the first one's; where all are alike, or at the ends, nothing is learned "
        "(Glorot and Bengio, 2010)."
    )
    return Picture(f"The layers of {name}", [Part("Activations", Charts(charts, size="small"), lead)])


def _ends(outputs: Sequence[Array]) -> tuple[float, float]:
    """Those of the axis that all layers have."""
    every = np.concatenate([layer[np.isfinite(layer)] for layer in outputs])
    if not len(every):
        return 0.0, 1.0
    low, high = (float(end) for end in np.quantile(every, _WITHIN))
    return (low, high) if low < high else (low - 0.5, high + 0.5)


def _shares(layer: Array, low: float, high: float) -> Array:
    """The part of the outputs in each bin, of those that are numbers."""
    told = np.clip(layer[np.isfinite(layer)], low, high)
    return np.histogram(told, _BINS, (low, high))[0] / max(1, len(told))


def _top(shares: Sequence[Array]) -> float:
    """Where the axis of shares ends."""
    highest = max(float(layer.max()) for layer in shares)
    others = max(float(np.sort(layer)[-2]) for layer in shares)
    return min(highest, _HIGHER * others) or highest or 1.0


def _chart(plot: Plot, depth: int, layer: Array, shares: Array, edges: Array) -> Chart:
    marks, words = plot.frame()
    xs, ys = plot.xs(edges.tolist()), plot.ys((100 * shares).tolist())
    (bottom,) = plot.ys([0])
    bars = [box(left, y, right, bottom) for left, right, y in zip(xs, xs[1:], ys, strict=False) if y < bottom]
    marks.append(Mark("".join(bars), "bar"))
    title = f"layer {depth}, {layer.shape[1]} units"
    note = f"{_spread(layer)}{_cut_off(plot, shares, edges)}"
    return Chart(title, f"{title}: {note}.", *_SIZE, marks, words, note=note)


def _spread(layer: Array) -> str:
    if not np.isfinite(layer).all():
        return "not all are finite"
    return f"mean {layer.mean():.2g}, spread {layer.std():.2g}"


def _cut_off(plot: Plot, shares: Array, edges: Array) -> str:
    """What a bar holds that is higher than the axis."""
    most = int(shares.argmax())
    (place,) = plot.y.place([100 * float(shares[most]) * (1 - 1e-9)])
    if place < 1:
        return ""
    return f"; {100 * shares[most]:.0f} % at {edges[most]:.2g} to {edges[most + 1]:.2g}"

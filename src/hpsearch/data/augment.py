"""Augmentation: images that are moved a little, differently in every epoch, so that a network sees more of them
(LeCun et al., 1998; Simard et al., 2003).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray


class Augmentation(Struct, frozen=True):
    """What is done to images of `shape` (H, W), each in its own way: x' = m + s R(a) (x - m) + d for the place x of
    a pixel, m being the middle; then noise is added.

    Attributes:
        shift: d is drawn from U(-shift, shift) pixels in each direction.
        rotate: a is drawn from U(-rotate, rotate) degrees.
        scale: s is drawn from U(1 - scale, 1 + scale).
        flip: the chance to be mirrored left to right first (Krizhevsky et al., 2012).
        noise: N(0, noise^2) is added to every scaled pixel (Bishop, 1995).
    """

    shape: tuple[int, int]
    shift: float = 0.0
    rotate: float = 0.0
    scale: float = 0.0
    flip: float = 0.0
    noise: float = 0.0

    def __call__(self, inputs: NDArray[Any], /, rng: np.random.Generator) -> NDArray[Any]:
        """New images (N, H*W) of the type of `inputs`, which is left as it is; what is done follows from `rng`.

        Pixels between others are interpolated (linearly), those beyond the edge are the edge's.
        """
        count = len(inputs)
        move = rng.uniform(-self.shift, self.shift, (count, 2))
        angle = np.radians(rng.uniform(-self.rotate, self.rotate, count))
        size = 1 + rng.uniform(-self.scale, self.scale, count)
        mirrored = rng.random(count) < self.flip
        images: NDArray[Any] = inputs.reshape(count, *self.shape).copy()
        images[mirrored] = images[mirrored, :, ::-1]
        if self.shift or self.rotate or self.scale:
            images = _moved(images, move, angle, size)
        if self.noise:
            drawn = rng.standard_normal(images.shape, np.float32)
            drawn *= self.noise
            images += drawn
        return images.reshape(inputs.shape)


def _moved(
    images: NDArray[Any], move: NDArray[np.float64], angle: NDArray[np.float64], size: NDArray[np.float64]
) -> NDArray[Any]:
    """Each image (H, W) turned and scaled about its middle, then shifted."""
    from scipy import ndimage

    middle = (np.array(images.shape[1:]) - 1) / 2
    out = np.empty_like(images)
    for image, target, shift, turn, factor in zip(images, out, move, angle, size, strict=True):
        cos, sin = math.cos(turn) / factor, math.sin(turn) / factor
        matrix = np.array([[cos, -sin], [sin, cos]])
        offset = middle - matrix @ (middle + shift)
        ndimage.affine_transform(image, matrix, offset, order=1, mode="nearest", output=target)
    return out

"""Makes src/hpsearch/data/sources/data/digits.npz from scikit-learn's copy of the UCI digits.

    pip install scikit-learn
    python docs/make_digits.py

The same input gives the same bytes with the same zlib; a test compares the arrays with scikit-learn's.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits

TARGET = Path(__file__).parents[1] / "src" / "hpsearch" / "datasets" / "data" / "digits.npz"


def main() -> None:
    """Write the images (1797, 64) and labels (1797,) as bytes, compressed."""
    digits = load_digits()
    np.savez_compressed(TARGET, X=digits.data.astype(np.uint8), y=digits.target.astype(np.uint8))


if __name__ == "__main__":
    main()

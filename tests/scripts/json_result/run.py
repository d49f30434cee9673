"""Imitates a script that writes what it reached as JSON, with a time in the name of its folder."""

import argparse
import json
from math import log10
from pathlib import Path

parser = argparse.ArgumentParser()
parser.add_argument("--alpha", type=float, default=0.01)
parser.add_argument("--l1_ratio", type=float, default=0.5)
parser.add_argument("--fit_intercept", action="store_true")
parser.add_argument("--output-dir", default="results")
args = parser.parse_args()
r2 = 0.9 - 0.05 * abs(log10(args.alpha) + 2) - 0.1 * args.l1_ratio - 0.1 * (not args.fit_intercept)
folder = Path(args.output_dir) / "20240504_110709"
folder.mkdir(parents=True, exist_ok=True)
(folder / "config.json").write_text(json.dumps({"model": "elasticnet", "alpha": args.alpha}))
(folder / "metrics.json").write_text(json.dumps({"valid": {"r2": r2, "mae": 1 - r2}, "seconds": 1.2}))

"""Imitates a script with scikit-learn: folds of a cross-validation one by one, then their mean."""

import argparse
from math import log10

parser = argparse.ArgumentParser(description="Cross-validated SVM")
parser.add_argument("--C", type=float, default=1.0)
parser.add_argument("--gamma", type=float, default=0.01)
parser.add_argument("--kernel", choices=["rbf", "poly"], default="rbf")
parser.add_argument("--cv", type=int, default=5)
parser.add_argument("--n-jobs", type=int, default=1)
args = parser.parse_args()
mean = 0.97 - 0.05 * abs(log10(args.C) - 1) - 0.1 * (args.kernel == "poly")
for fold in range(1, args.cv + 1):
    score = mean + (fold - (args.cv + 1) / 2) / 100
    print(f"[CV {fold}/{args.cv}] END C={args.C}, kernel={args.kernel};, score={score:.3f} total time=   0.1s")
print(f"Accuracy: {mean:.4f} (+/- 0.0200)")

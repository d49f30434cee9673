"""Imitates `xgboost.train(evals=...)`: a line per round, with tabs."""

import argparse
from math import log10

parser = argparse.ArgumentParser()
parser.add_argument("--eta", type=float, default=0.3)
parser.add_argument("--max_depth", type=int, default=6)
parser.add_argument("--subsample", type=float, default=0.8)
parser.add_argument("--reg_lambda", type=float, default=1.0)
parser.add_argument("--num_boost_round", type=int, default=9)
args = parser.parse_args()
for i in range(args.num_boost_round):
    auc = 0.99 - 0.4 / (i + 2) - 0.03 * abs(log10(args.eta) + 1) - 0.01 * abs(args.max_depth - 5)
    auc -= 0.05 * abs(args.subsample - 0.9)
    print(f"[{i}]\ttrain-auc:{auc + 0.01:.5f}\tvalidation-auc:{auc:.5f}")

"""Imitates a script that fits CatBoost, which prints its rounds itself, and then says how good the model is."""

import argparse
from math import log10

parser = argparse.ArgumentParser()
parser.add_argument("--learning-rate", type=float, default=0.05)
parser.add_argument("--depth", type=int, default=6, choices=range(4, 11))
parser.add_argument("--l2-leaf-reg", type=float, default=3.0)
parser.add_argument("--iterations", type=int, default=20)
args = parser.parse_args()
best = 9.0
for i in range(args.iterations):
    test = 0.3 + 1 / (i + 2) + 0.05 * abs(log10(args.learning_rate) + 1) + 0.01 * abs(args.depth - 6)
    best = min(best, test)
    times = f"total: {i + 3}ms\tremaining: {args.iterations - i}ms"
    print(f"{i}:\tlearn: {test - 0.01:.7f}\ttest: {test:.7f}\tbest: {best:.7f} ({i})\t{times}")
print(f"\nbestTest = {best:.9f}\nbestIteration = {args.iterations - 1}\n")
print("Shrink model to first 20 iterations.")
print(f"Validation accuracy: {1 - best / 2:.6f}")

"""Imitates a script that saves its best model in ckpt/best, and reads it back to test it at the end."""

import argparse
from math import log10
from pathlib import Path

parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float, default=0.1)
parser.add_argument("--momentum", type=float, default=0.9)
parser.add_argument("--epochs", type=int, default=4)
args = parser.parse_args()
best = Path("ckpt/best")
best.parent.mkdir(exist_ok=True)
top = 0.0
for epoch in range(1, args.epochs + 1):
    acc = 0.9 - 0.4 / (epoch + 1) - 0.04 * abs(log10(args.lr) + 1) - 0.1 * abs(args.momentum - 0.9)
    print(f"[epoch {epoch}] loss={1 - acc:.6f}")
    if acc > top:
        top = acc
        best.write_text(repr(acc))
print("Loading best model ...")
print(f"accuracy of the best: {float(best.read_text()):.6f}")

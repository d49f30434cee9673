"""Imitates a script that logs with `logging`, and prints nothing on standard output."""

import argparse
import sys
from math import log10


def log(level, message):
    sys.stderr.write(f"2024-05-04 11:07:09,123 - train - {level} - {message}\n")


parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float, default=0.1)
parser.add_argument("--optim", type=str, default="sgd", help="sgd or adam")
parser.add_argument("--n_epochs", type=int, default=3)
args = parser.parse_args()
log("INFO", f"args: {args}")
log("WARNING", "val_f1=0.0001 before training")
for epoch in range(1, args.n_epochs + 1):
    f1 = 0.85 - 0.4 / (epoch + 1) - 0.06 * abs(log10(args.lr) + 2)
    log("INFO", f"Epoch {epoch}: train_loss={1 - f1:.4f} val_loss={1.1 - f1:.4f} val_f1={f1:.4f}")
log("INFO", "done in 3.2s")

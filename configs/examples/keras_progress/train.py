"""Imitates `model.fit(verbose=1)` of Keras: a bar that is written again and again, by backspaces."""

import argparse
import sys
from math import log10

STEPS = 4
parser = argparse.ArgumentParser()
parser.add_argument("--learning_rate", type=float, default=0.001)
parser.add_argument("--batch_size", type=int, default=32)
parser.add_argument("--dropout", type=float, default=0.5)
parser.add_argument("--epochs", type=int, default=3)
args = parser.parse_args()

for epoch in range(1, args.epochs + 1):
    accuracy = 0.9 - 0.4 / (epoch + 1) - 0.03 * abs(log10(args.learning_rate) + 3) - 0.1 * args.dropout
    print(f"Epoch {epoch}/{args.epochs}")
    bar = ""
    for step in range(1, STEPS + 1):
        sys.stdout.write("\b" * len(bar) + "\r")
        done = "=" * (30 * step // STEPS)
        seen = accuracy * step / STEPS
        bar = f"{step}/{STEPS} [{done}{'>' if step < STEPS else ''}{'.' * (29 - len(done))}] - ETA: 0s"
        bar += f" - loss: {1 - seen:.4f} - accuracy: {seen:.4f}"
        if step == STEPS:
            bar = bar.replace("ETA: 0s", "2s 5ms/step")
            bar += f" - val_loss: {1.1 - accuracy:.4f} - val_accuracy: {accuracy:.4f}"
        sys.stdout.write(bar)
    print()

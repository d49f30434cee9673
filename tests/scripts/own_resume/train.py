"""Imitates a script that goes on from checkpoint.json in its folder, and finds it there after every start."""

import argparse
import json
from math import log10
from pathlib import Path

parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float, default=0.01)
parser.add_argument("--epochs", type=int, default=9)
args = parser.parse_args()
saved = Path("checkpoint.json")
state = {"epoch": 0, "far": 0.0}
if saved.exists():
    state = json.loads(saved.read_text())
    print(f"=> loaded checkpoint (epoch {state['epoch']})")
while state["epoch"] < args.epochs:
    state["epoch"] += 1
    state["far"] += abs(log10(args.lr) + 2)  # of all epochs, so that a state of another trial would tell
    saved.with_suffix(".new").write_text(json.dumps(state))
    saved.with_suffix(".new").replace(saved)
    score = 1 - 0.5 / (state["epoch"] + 1) - 0.05 * state["far"] / state["epoch"]
    print(f"Epoch: {state['epoch']} val_score: {score:.6f}")

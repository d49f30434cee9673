"""Imitates a script with click: its help, its switches, and lines of a progress bar between results."""

import sys
from math import log10

HELP = """\
Usage: train.py [OPTIONS]

  Train a classifier.

Options:
  --lr FLOAT                     Learning rate.  [default: 0.001]
  --hidden-size INTEGER RANGE    Width.  [default: 64; x>=1]
  --activation [relu|gelu|tanh]  [default: relu]
  --bn / --no-bn                 Batch norm.  [default: bn]
  --amp                          Mixed precision.
  -e, --epochs INTEGER           [default: 3]
  --out PATH                     Where to save.
  --help                         Show this message and exit.
"""


def main(argv):
    if "--help" in argv:
        print(HELP)
        return
    given = {"lr": 0.001, "hidden-size": 64, "activation": "relu", "epochs": 3}
    off = "--no-bn" in argv
    words = iter(word for word in argv if word not in ("--no-bn", "--bn", "--amp"))
    for word in words:
        name = word.removeprefix("--")
        given[name] = type(given[name])(next(words))
    for epoch in range(1, given["epochs"] + 1):
        sys.stderr.write(f"Training  [####################################]  {epoch * 100 // given['epochs']}%\n")
        f1 = 0.8 - 0.3 / (epoch + 1) - 0.04 * abs(log10(given["lr"]) + 3) - 0.05 * off
        print(f"epoch {epoch:>3} | train loss {1 - f1:.3f} | val loss {1.1 - f1:.3f} | val f1 {f1:.5f}")


main(sys.argv[1:])

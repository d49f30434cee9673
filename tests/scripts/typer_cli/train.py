"""Imitates a script with typer, whose help stands in a frame."""

import sys
from math import log10

HELP = """\

 Usage: train.py [OPTIONS]

 Train a model.

╭─ Options ────────────────────────────────────────────────────────────────────╮
│ *  --data                     PATH        Where the data is. [required]      │
│    --lr                       FLOAT       Learning rate. [default: 0.01]     │
│    --batch-size               INTEGER     [default: 32]                      │
│    --dropout                  FLOAT       [default: 0.1]                     │
│    --scheduler                [cos|step]  [default: cos]                     │
│    --ema       --no-ema                   [default: no-ema]                  │
│    --max-epochs               INTEGER     [default: 3]                       │
│    --help                                 Show this message and exit.        │
╰──────────────────────────────────────────────────────────────────────────────╯

"""


def main(argv):
    if "--help" in argv:
        print(HELP)
        return
    given = {"data": "", "lr": 0.01, "batch-size": 32, "dropout": 0.1, "scheduler": "cos", "max-epochs": 3}
    ema = "--ema" in argv
    words = iter(word for word in argv if word not in ("--ema", "--no-ema"))
    for word in words:
        name = word.removeprefix("--")
        given[name] = type(given[name])(next(words))
    if not given["data"]:
        sys.exit("Missing option '--data'.")
    for epoch in range(given["max-epochs"]):
        loss = 0.2 + 0.5 / (epoch + 2) + 0.05 * abs(log10(given["lr"]) + 2) + 0.1 * given["dropout"] - 0.02 * ema
        print(f"\x1b[32mEpoch {epoch}\x1b[0m train_loss={loss - 0.05:.4f} \x1b[1mval_loss={loss:.6f}\x1b[0m")


main(sys.argv[1:])

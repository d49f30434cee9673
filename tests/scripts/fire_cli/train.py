"""Imitates a script with fire, whose options are the arguments of a function."""

import sys
from math import log10

HELP = """\
INFO: Showing help with the command 'train.py -- --help'.

NAME
    train.py

SYNOPSIS
    train.py <flags>

FLAGS
    --lr=LR
        Type: float
        Default: 0.01
    --width=WIDTH
        Type: int
        Default: 32
    -u, --use_bn=USE_BN
        Type: bool
        Default: False
    --optimizer=OPTIMIZER
        Type: str
        Default: 'adam'
    --epochs=EPOCHS
        Type: int
        Default: 3
"""


def train(lr=0.01, width=32, use_bn=False, optimizer="adam", epochs=3):
    for epoch in range(1, epochs + 1):
        acc = 0.9 - 0.3 / (epoch + 1) - 0.02 * abs(log10(lr) + 2) - 0.01 * abs(log10(width) - 2) + 0.01 * use_bn
        print("epoch: %d, loss: %.4f, acc: %.2f%%" % (epoch, 1 - acc, 100 * acc))


def fire(component):
    if "--help" in sys.argv:
        print(HELP, file=sys.stderr)
        return
    given, words = {}, sys.argv[1:]
    while words:
        name, sign, value = words.pop(0).removeprefix("--").partition("=")
        if not sign:
            value = words.pop(0) if words and not words[0].startswith("--") else "True"
        given[name] = {"lr": float, "width": int, "epochs": int, "optimizer": str}.get(name, "True".__eq__)(value)
    component(**given)


fire(train)

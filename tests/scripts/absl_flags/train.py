"""Imitates a script with absl: what `--help` says, flags with one dash or two, and logging on standard error."""

import sys
from math import log10

HELP = """
       USAGE: train.py [flags]
flags:

train.py:
  --batch_size: Batch size.
    (default: '128')
    (an integer)
  --[no]augment: Whether to augment.
    (default: 'true')
  --learning_rate: Learning rate.
    (default: '0.01')
    (a number)
  --num_epochs: Number of epochs.
    (default: '3')
    (an integer)
  --optimizer: <sgd|adam>: Optimizer.
    (default: 'adam')
  --workdir: Directory to store model data.
    (default: '/tmp/absl')

Try --helpfull to get a list of all flags.
"""
FLAGS = {"batch_size": 128, "augment": True, "learning_rate": 0.01, "num_epochs": 3, "optimizer": "adam"}


def app_run(argv):  # flags of absl, read by hand
    if "--help" in argv:
        print(HELP)
        sys.exit(1)
    flags = dict(FLAGS)
    words = iter(argv[1:])
    for word in words:
        name, sign, value = word.lstrip("-").partition("=")
        if name.removeprefix("no") in flags and name not in flags:
            flags[name.removeprefix("no")] = False
        elif isinstance(flags[name], bool):
            flags[name] = True
        else:
            flags[name] = type(flags[name])(value if sign else next(words))
    main(flags)


def main(flags):
    for epoch in range(1, flags["num_epochs"] + 1):
        accuracy = 0.99 - 0.4 / (epoch + 1) - 0.05 * abs(log10(flags["learning_rate"]) + 2)
        accuracy -= 0.1 * (not flags["augment"]) + 0.05 * (flags["optimizer"] == "sgd")
        head = f"I0504 11:07:{epoch:02d}.123456 140123456789 train.py:120]"
        part = f"train_loss: {1 - accuracy:.4f}, train_accuracy: {100 * accuracy + 1:.2f}"
        print(f"{head} epoch: {epoch:3d}, {part}, test_loss: {1.1 - accuracy:.4f}, "
              f"test_accuracy: {100 * accuracy:.2f}", file=sys.stderr)


app_run(sys.argv)

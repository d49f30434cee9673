"""Imitates a DataLoader with workers: child processes that print too, and one that lives on."""

import argparse
import os
from math import log10

parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float, default=0.01)
parser.add_argument("--batch-size", type=int, default=16)
parser.add_argument("--num-workers", type=int, default=2)
parser.add_argument("--epochs", type=int, default=3)
args = parser.parse_args()


def worker(number, pipe):
    os.write(2, f"worker {number} started\n".encode())
    os.write(pipe, b"%d\n" % number)
    if number:
        os._exit(0)
    while True:  # as one that is not joined
        os.read(ends[0], 1)


ends, batches = os.pipe(), os.pipe()
for number in range(args.num_workers):
    if not os.fork():
        worker(number, batches[1])
for epoch in range(args.epochs):
    acc = 0.8 - 0.3 / (epoch + 2) - 0.05 * abs(log10(args.lr) + 2) + 0.001 * abs(log10(args.batch_size))
    print(f"epoch {epoch + 1} of {args.epochs}: valid accuracy {acc:.6f} (loss {1 - acc:.4f})")

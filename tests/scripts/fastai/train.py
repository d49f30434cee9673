"""Imitates `learn.fine_tune` of fastai: a table whose rows are epochs, always nine of them."""

import argparse
from math import log10

parser = argparse.ArgumentParser(formatter_class=argparse.ArgumentDefaultsHelpFormatter)
parser.add_argument("--lr", type=float, default=2e-3, help="base learning rate")
parser.add_argument("--bs", type=int, default=64, help="batch size")
parser.add_argument("--mixup", type=float, default=0.2, help="strength of mixup")
args = parser.parse_args()
print(f"{'epoch':10}{'train_loss':12}{'valid_loss':12}{'accuracy':10}{'time':8}")
for epoch in range(9):
    accuracy = 0.97 - 0.4 / (epoch + 2) - 0.04 * abs(log10(args.lr) + 3) - 0.02 * args.mixup
    print(f"{epoch:<10}{1 - accuracy:<12.6f}{1.1 - accuracy:<12.6f}{accuracy:<10.6f}00:0{epoch % 10}")

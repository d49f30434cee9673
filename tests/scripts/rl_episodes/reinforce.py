"""Imitates the REINFORCE example of PyTorch: rewards by episodes, an average that runs along."""

import argparse
from math import log10

parser = argparse.ArgumentParser(description="PyTorch REINFORCE example")
parser.add_argument("--gamma", type=float, default=0.99, metavar="G", help="discount factor (default: 0.99)")
parser.add_argument("--lr", type=float, default=0.01, metavar="LR", help="learning rate")
parser.add_argument("--seed", type=int, default=543, metavar="N", help="random seed (default: 543)")
parser.add_argument("--render", action="store_true", help="render the environment")
parser.add_argument("--log-interval", type=int, default=10, metavar="N", help="interval between status logs")
args = parser.parse_args()
average = 10.0
for episode in range(1, 41):
    reward = 10 + 4 * episode - 20 * abs(log10(args.lr) + 2) + args.seed % 7 - 300 * abs(args.gamma - 0.98)
    average = 0.05 * reward + 0.95 * average
    if episode % args.log_interval == 0:
        print(f"Episode {episode}\tLast reward: {reward:.2f}\tAverage reward: {average:.4f}")

"""Imitates the MNIST example of PyTorch: its options and its lines."""

import argparse
from math import log10


def train(args, epoch, samples=60000):
    for batch in range(0, samples // args.batch_size, max(1, args.log_interval * 20)):
        done, loss = batch * args.batch_size, 2.3 / epoch - batch / 1e4
        print(f"Train Epoch: {epoch} [{done}/{samples} ({100.0 * done / samples:.0f}%)]\tLoss: {loss:.6f}")


def test(args, epoch):
    accuracy = 1 - 0.5 / (epoch + 1) - 0.05 * abs(log10(args.lr)) - 0.1 * abs(args.gamma - 0.8)
    right = round(10000 * accuracy)
    loss = 2.3 * (1 - accuracy)
    print(f"\nTest set: Average loss: {loss:.4f}, Accuracy: {right}/10000 ({accuracy * 100:.0f}%)\n")


def main():
    parser = argparse.ArgumentParser(description="PyTorch MNIST Example")
    parser.add_argument("--batch-size", type=int, default=64, metavar="N", help="input batch size for training")
    parser.add_argument("--test-batch-size", type=int, default=1000, metavar="N", help="for testing")
    parser.add_argument("--epochs", type=int, default=3, metavar="N", help="number of epochs to train")
    parser.add_argument("--lr", type=float, default=1.0, metavar="LR", help="learning rate")
    parser.add_argument("--gamma", type=float, default=0.7, metavar="M", help="Learning rate step gamma")
    parser.add_argument("--no-accel", action="store_true", help="disables accelerator")
    parser.add_argument("--dry-run", action="store_true", help="quickly check a single pass")
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="random seed")
    parser.add_argument("--log-interval", type=int, default=10, metavar="N", help="how many batches to wait")
    parser.add_argument("--save-model", action="store_true", help="For Saving the current Model")
    args = parser.parse_args()
    for epoch in range(1, args.epochs + 1):
        train(args, epoch)
        test(args, epoch)


main()

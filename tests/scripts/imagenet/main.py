"""Imitates the ImageNet example of PyTorch: meters with the present value and the mean in parentheses."""

import argparse
from math import log10

parser = argparse.ArgumentParser(description="PyTorch ImageNet Training")
parser.add_argument("data", metavar="DIR", nargs="?", default="imagenet", help="path to dataset")
parser.add_argument("-a", "--arch", metavar="ARCH", default="resnet18", choices=["resnet18", "resnet50"])
parser.add_argument("-j", "--workers", default=4, type=int, metavar="N", help="number of data loading workers")
parser.add_argument("--epochs", default=3, type=int, metavar="N", help="number of total epochs to run")
parser.add_argument("--start-epoch", default=0, type=int, metavar="N", help="manual epoch number")
parser.add_argument("--lr", "--learning-rate", default=0.1, type=float, metavar="LR", dest="lr")
parser.add_argument("--momentum", default=0.9, type=float, metavar="M", help="momentum")
parser.add_argument("--wd", "--weight-decay", default=1e-4, type=float, metavar="W", dest="weight_decay")
parser.add_argument("-p", "--print-freq", default=10, type=int, metavar="N", help="print frequency")
parser.add_argument("--resume", default="", type=str, metavar="PATH", help="path to latest checkpoint")
parser.add_argument("-e", "--evaluate", action="store_true", help="evaluate model on validation set")


def meters(prefix, batch, batches, top1):
    values = f"Time  0.351 ( 0.402)\tLoss {7 - top1 / 20:.4e} ({7 - top1 / 21:.4e})"
    print(f"{prefix}[{batch:4d}/{batches}]\t{values}\tAcc@1 {top1 - 3:6.2f} ({top1:6.2f})\tAcc@5 {top1 + 9:6.2f}")


def main():
    args = parser.parse_args()
    deep = 2 if args.arch == "resnet50" else 0
    for epoch in range(args.start_epoch, args.epochs):
        top1 = 60 - 30 / (epoch + 2) - 3 * abs(log10(args.lr) + 1) + deep
        for batch in range(0, 50, 2 * args.print_freq):
            meters(f"Epoch: [{epoch}]", batch, 5005, top1 / 2)
        for batch in range(0, 20, args.print_freq):
            meters("Test: ", batch, 196, top1 - 1)
        print(f" *   Acc@1 {top1:.3f} Acc@5 {top1 + 20:.3f}")


main()

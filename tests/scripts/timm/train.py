"""Imitates train.py of timm: a log on standard error, and a summary of all epochs in the folder of the run."""

import argparse
import sys
from math import log10
from pathlib import Path

parser = argparse.ArgumentParser(description="PyTorch ImageNet Training")
parser.add_argument("--data-dir", metavar="DIR", help="path to dataset (root dir)")
parser.add_argument("-b", "--batch-size", type=int, default=128, metavar="N", help="Input batch size")
parser.add_argument("--opt", default="sgd", type=str, metavar="OPTIMIZER", help="Optimizer")
parser.add_argument("--lr", type=float, default=0.05, metavar="LR", help="learning rate")
parser.add_argument("--epochs", type=int, default=3, metavar="N", help="number of epochs to train")
parser.add_argument("--mixup", type=float, default=0.0, help="mixup alpha")
parser.add_argument("--smoothing", type=float, default=0.1, help="Label smoothing")
parser.add_argument("--amp", action="store_true", default=False, help="use mixed precision")
parser.add_argument("--output", default="", type=str, metavar="PATH", help="path to output folder")
args = parser.parse_args()
folder = Path(args.output or "output") / "train" / "20240504-110709-resnet50-224"
folder.mkdir(parents=True, exist_ok=True)
rows = ["epoch,train_loss,eval_loss,eval_top1,eval_top5"]
best = (0.0, 0)
for epoch in range(args.epochs):
    top1 = 78 - 30 / (epoch + 2) - 2 * abs(log10(args.lr) + 1) - 5 * abs(args.smoothing - 0.1)
    for batch in (0, 50, 78):
        part = f"Loss: {7 - top1 / 20:#.4g} ({7 - top1 / 21:#.3g})"
        sys.stderr.write(f"Train: {epoch} [{batch:>4d}/78 ({100 * batch // 78:>3}%)]  {part}  LR: 1.0e-02\n")
    where = "Test: [  78/78]  Time: 0.041 (0.055)"
    sys.stderr.write(f"{where}  Loss:   0.912 ( 1.023)  Acc@1: {top1 + 2:>7.3f} ({top1:>7.3f})  Acc@5:  93.2 ( 92.5)\n")
    best = max(best, (top1, epoch))
    rows.append(f"{epoch},{7 - top1 / 20:.4f},{6 - top1 / 20:.4f},{top1:.4f},{top1 + 15:.4f}")
    (folder / "summary.csv").write_text("\n".join(rows) + "\n")
sys.stderr.write(f"*** Best metric: {best[0]:.4f} (epoch {best[1]})\n")

"""Imitates tools/train.py of MMDetection: a config in Python, `--cfg-options`, and a log with a line per 50 steps."""

import argparse
import json
import sys
from math import log10
from pathlib import Path

parser = argparse.ArgumentParser(description="Train a detector")
parser.add_argument("config", help="train config file path")
parser.add_argument("--work-dir", help="the dir to save logs and models")
parser.add_argument("--cfg-options", nargs="+", default=[], help="override some settings in the used config")
args = parser.parse_args()
given = dict(option.split("=") for option in args.cfg_options)
lr = float(given.get("optim_wrapper.optimizer.lr", 0.02))
epochs = int(given.get("train_cfg.max_epochs", 3))
folder = Path(args.work_dir or "work_dirs") / Path(args.config).stem / "20240504_110709" / "vis_data"
folder.mkdir(parents=True, exist_ok=True)
log = (folder / "scalars.json").open("w")
head = "2024/05/04 11:07:09 - mmengine - INFO -"
for epoch in range(1, epochs + 1):
    map_ = 0.42 - 0.2 / (epoch + 1) - 0.03 * abs(log10(lr) + 2)
    for step in (50, 100):
        sys.stderr.write(f"{head} Epoch(train)  [{epoch}][{step:4d}/100]  lr: {lr:.4e}  loss: {1 - map_:.4f}\n")
        log.write(json.dumps({"lr": lr, "loss": 1 - map_, "epoch": epoch, "step": 100 * epoch + step}) + "\n")
    sys.stderr.write(f"{head} Epoch(val) [{epoch}][5/5]    coco/bbox_mAP: {map_:.4f}  coco/bbox_mAP_50: {map_ + 0.2:.4f}\n")
    log.write(json.dumps({"coco/bbox_mAP": round(map_, 4), "coco/bbox_mAP_50": map_ + 0.2, "step": epoch}) + "\n")

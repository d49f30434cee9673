"""Imitates a script with Hydra: nested settings from conf/config.yaml, and a folder for the outputs of each run."""

from math import log10
from pathlib import Path

import hydra


@hydra.main(version_base=None, config_path="conf", config_name="config")
def main(cfg):
    log = Path("outputs") / "2024-05-04" / "11-07-09" / "train.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    lr, dropout = float(cfg["optimizer.lr"]), float(cfg["model.dropout"])
    with log.open("w") as file:
        for epoch in range(int(cfg["trainer.max_epochs"])):
            acc = 0.9 - 0.5 / (epoch + 2) - 0.05 * abs(log10(lr) + 2) - 0.1 * abs(dropout - 0.2)
            line = f"[2024-05-04 11:07:{epoch:02d},123][__main__][INFO] - epoch {epoch}: val_acc={acc:.6f}"
            print(line)
            file.write(line + "\n")


main()

"""Imitates run_glue.py of Transformers: options made of dataclasses, dictionaries as lines, results in files."""

import argparse
import json
from dataclasses import dataclass, fields
from math import log10
from pathlib import Path


@dataclass
class TrainingArguments:
    output_dir: str = "out"
    learning_rate: float = 5e-5
    per_device_train_batch_size: int = 8
    per_device_eval_batch_size: int = 8
    weight_decay: float = 0.0
    warmup_ratio: float = 0.1
    num_train_epochs: float = 3.0
    logging_steps: int = 500
    seed: int = 42


def parsed():
    parser = argparse.ArgumentParser(formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    for field in fields(TrainingArguments):
        kind = {"str": str, "float": float, "int": int}[str(getattr(field.type, "__name__", field.type))]
        parser.add_argument(f"--{field.name}", type=kind, default=field.default, help=field.name)
    return parser.parse_args()


args = parsed()
accuracy = 0.0
for epoch in range(1, int(args.num_train_epochs) + 1):
    accuracy = 0.92 - 0.3 / (epoch + 1) - 0.05 * abs(log10(args.learning_rate) + 4.5)
    accuracy -= 0.05 * abs(args.warmup_ratio - 0.2) + args.weight_decay
    print({"loss": round(1 - accuracy, 4), "grad_norm": 4.2, "learning_rate": 1e-5, "epoch": epoch - 0.5})
    print({"eval_loss": 1.1 - accuracy, "eval_accuracy": accuracy, "eval_runtime": 1.2, "epoch": float(epoch)})
print({"train_runtime": 9.9, "train_samples_per_second": 22.3, "train_loss": 0.4, "epoch": args.num_train_epochs})
folder = Path(args.output_dir)
folder.mkdir(exist_ok=True)
(folder / "all_results.json").write_text(json.dumps({"eval_accuracy": accuracy, "epoch": args.num_train_epochs}))

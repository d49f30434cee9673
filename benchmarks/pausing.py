"""What a search of an untouched program trains where it is stopped by the epochs it prints, beside all of them.

    python benchmarks/pausing.py --seeds 30

The program trains 27 epochs whatever it is told, prints each, and writes down every epoch that it has trained. A
line has the epochs of both searches, and the accuracy of the best configuration of each in the end, without noise.
The status is 1 where more than a fifth of the epochs is trained, or the best is worse by more than the noise.
"""

from __future__ import annotations

import argparse
import math
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

from hpsearch import search

EPOCHS, TRIALS, NOISE = 27, 60, 0.002
MOST = 0.2
#: What it reaches after an epoch: the learning rate says how fast, and all three how far.
CURVE = """
def reached(lr, decay, dropout, epoch):
    best = 0.95 - 0.08 * (math.log10(lr) + 2) ** 2 - 0.02 * (math.log10(decay) + 4) ** 2
    best -= 0.3 * (dropout - 0.3) ** 2
    return max(0.1, best - 0.4 * math.exp(-epoch / (3 + 8 * abs(math.log10(lr) + 2))))
"""
SCRIPT = f"""
import math, os, random, sys, time
{CURVE}
told = [float(argument) for argument in sys.argv[1:]]
luck = random.Random(repr(told))
trained = os.open("trained", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
for epoch in range(1, {EPOCHS} + 1):
    print(f"Epoch {{epoch}}/{EPOCHS}", flush=True)
    time.sleep({{seconds}})
    os.write(trained, b".")
    print(f"val_acc: {{reached(*told, epoch) + luck.gauss(0, {NOISE}):.4f}}", flush=True)
"""
SPACE = {
    "lr": {"scale": "log", "low": 1e-4, "high": 1},
    "decay": {"scale": "log", "low": 1e-6, "high": 1e-2},
    "dropout": {"scale": "linear", "low": 0, "high": 0.8},
}


def searched(seed: int, pause: str, seconds: float) -> tuple[int, float]:
    """The epochs that were trained, and the accuracy of the best configuration in the end, without noise."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        (folder / "train.py").write_text(SCRIPT.replace("{seconds}", str(seconds)))
        command = [sys.executable, "-I", "-S", "train.py", *(f"{{{name}}}" for name in SPACE)]
        config: dict[str, Any] = {
            "name": "pausing",
            "seed": seed,
            "objective": {
                "kind": "command",
                "command": command,
                "dir": place,
                "epochs": EPOCHS,
                "pause": pause,
            },
            "space": SPACE,
            "search": {"trials": TRIALS, "metric": "val_acc", "goal": "maximize"},
            "dispatch": {"workers": 2},
        }
        best = search(config, runs_dir=folder / "runs").run.best
        assert best is not None
        known: dict[str, Any] = {"math": math}
        exec(CURVE, known)
        return (folder / "trained").stat().st_size, known["reached"](*best.trial.config.values(), EPOCHS)


def main() -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=30)
    parser.add_argument("--seconds", type=float, default=0.01, help="of an epoch")
    asked = parser.parse_args()
    shares, lost = [], []
    for seed in range(asked.seeds):
        epochs, best = searched(seed, "stop", asked.seconds)
        all_epochs, best_of_all = searched(seed, "off", 0)
        shares.append(epochs / all_epochs)
        lost.append(best_of_all - best)
        print(
            f"seed {seed}: {epochs} of {all_epochs} epochs, best {best:.4f} and {best_of_all:.4f}", flush=True
        )
    share, worse = statistics.mean(shares), statistics.mean(lost)
    print(f"{share:.1%} of the epochs (at most {max(shares):.1%}), best worse by {worse:.4f}; noise {NOISE}")
    return 0 if share <= MOST and worse <= NOISE else 1


if __name__ == "__main__":
    sys.exit(main())

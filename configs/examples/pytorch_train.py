"""Two interleaved spirals, a small network in PyTorch. It runs by itself too: python pytorch_train.py --lr 0.1"""

import argparse
import os
from pathlib import Path

import torch
from torch import nn


def spirals(seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    """600 points of two classes, (600, 2), and the class of each."""
    generator = torch.Generator().manual_seed(seed)
    y = torch.arange(600) % 2
    turn = torch.rand(600, generator=generator)
    angle = 3 * torch.pi * turn + torch.pi * y
    X = torch.stack([turn * angle.cos(), turn * angle.sin()], dim=1)  # noqa: N806 - rows by columns
    return X + 0.02 * torch.randn(600, 2, generator=generator), y


def main() -> None:
    """Train up to --epochs in all, from the checkpoint if there is one, and print the metrics."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--lr", type=float, required=True)
    parser.add_argument("--width", type=int, default=32)
    parser.add_argument("--epochs", type=int, default=27)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()

    torch.manual_seed(given.seed)
    model = nn.Sequential(
        nn.Linear(2, given.width),
        nn.Tanh(),
        nn.Linear(given.width, given.width),
        nn.Tanh(),
        nn.Linear(given.width, 2),
    )
    optimizer = torch.optim.Adam(model.parameters(), lr=given.lr)
    checkpoint = Path(os.environ.get("HPSEARCH_CHECKPOINT", "."), "state.pt")
    done = 0
    if "HPSEARCH_CHECKPOINT" in os.environ and checkpoint.exists():
        state = torch.load(checkpoint)
        done = state["epoch"]
        model.load_state_dict(state["model"])
        optimizer.load_state_dict(state["optimizer"])

    (X, y), (X_val, y_val) = spirals(0), spirals(1)  # noqa: N806
    for epoch in range(done, given.epochs):
        order = torch.randperm(len(X), generator=torch.Generator().manual_seed(epoch))
        for batch in order.split(50):
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(model(X[batch]), y[batch])
            loss.backward()
            optimizer.step()

    if "HPSEARCH_CHECKPOINT" in os.environ:
        state = {"epoch": given.epochs, "model": model.state_dict(), "optimizer": optimizer.state_dict()}
        torch.save(state, checkpoint)
    accuracy = (model(X_val).argmax(dim=1) == y_val).float().mean()
    print(f"train_loss={loss:.6f} val_acc={accuracy:.6f}")  # noqa: T201 - this is where the metric is read


if __name__ == "__main__":
    main()

"""A network in PyTorch: each layer has its width and dropout, which are searched. The data: scikit-learn digits."""

from pathlib import Path

import torch
from sklearn.datasets import load_digits
from torch import Tensor, nn

BATCH = 128
VALIDATION = 360  # the last rows


def train(
    n_layers: int, optimizer: str, lr: float, epochs: int, seed: int, checkpoint: str, **layers: float
) -> dict[str, float]:
    """The accuracy after `epochs` epochs in all; `layers` holds n_units_l0, dropout_l0, n_units_l1, ..."""
    torch.set_num_threads(1)  # the workers share the cores
    torch.manual_seed(seed)
    sizes = [(int(layers[f"n_units_l{i}"]), layers[f"dropout_l{i}"]) for i in range(n_layers)]
    model = network(sizes)
    stepper = getattr(torch.optim, optimizer)(model.parameters(), lr=lr)
    saved = Path(checkpoint, "state.pt")
    done = restored(saved, model, stepper)
    X, y, X_val, y_val = digits()  # noqa: N806 - rows by columns
    for epoch in range(done, epochs):
        one_epoch(model, stepper, X, y, torch.Generator().manual_seed(seed + epoch))
    torch.save({"epoch": epochs, "model": model.state_dict(), "stepper": stepper.state_dict()}, saved)
    return {"val_acc": accuracy(model, X_val, y_val)}


def network(sizes: list[tuple[int, float]]) -> nn.Sequential:
    """Hidden layers of the (units, dropout) of `sizes`, and an output for each of the ten digits."""
    parts: list[nn.Module] = []
    inputs = 64
    for units, dropout in sizes:
        parts += [nn.Linear(inputs, units), nn.ReLU(), nn.Dropout(dropout)]
        inputs = units
    return nn.Sequential(*parts, nn.Linear(inputs, 10))


def digits() -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Pixels in [0, 1] and classes, for training and for validation."""
    pixels, classes = load_digits(return_X_y=True)
    X, y = torch.tensor(pixels / 16, dtype=torch.float32), torch.tensor(classes)  # noqa: N806
    return X[:-VALIDATION], y[:-VALIDATION], X[-VALIDATION:], y[-VALIDATION:]


def restored(saved: Path, model: nn.Module, stepper: torch.optim.Optimizer) -> int:
    """Continue from the state that an earlier call left; returns how many epochs it had trained."""
    if not saved.exists():
        return 0
    state = torch.load(saved)
    model.load_state_dict(state["model"])
    stepper.load_state_dict(state["stepper"])
    return int(state["epoch"])


def one_epoch(
    model: nn.Module,
    stepper: torch.optim.Optimizer,
    X: Tensor,  # noqa: N803
    y: Tensor,
    order: torch.Generator,
) -> None:
    """Go once through the training data."""
    model.train()
    torch.manual_seed(order.initial_seed())  # of dropout: the same, wherever the training was continued
    for rows in torch.randperm(len(X), generator=order).split(BATCH):
        stepper.zero_grad()
        nn.functional.cross_entropy(model(X[rows]), y[rows]).backward()
        stepper.step()


def accuracy(model: nn.Module, X: Tensor, y: Tensor) -> float:  # noqa: N803
    """The share of rows that are classified correctly."""
    model.eval()
    with torch.no_grad():
        return float((model(X).argmax(dim=1) == y).float().mean())

"""Records what PyTorch computes, in float64, for tests/nn/test_goldens.py: run by hand, its output is kept.

    python -m venv /tmp/oracle && /tmp/oracle/bin/pip install torch==2.13.0 numpy
    /tmp/oracle/bin/python tests/nn/goldens/make_goldens.py

writes torch.npz beside this file: for each activation the logits, the loss and the gradients of a 5-6-4-3
network, and for each optimizer its parameters after each of 20 steps on batches of 4. Weight decay is applied
to the weights and not to the biases. Weights are recorded as (inputs, outputs), as hpsearch holds them.
"""

from __future__ import annotations

import importlib
import itertools
from pathlib import Path
from typing import Any

import numpy as np

WIDTHS = (5, 6, 4, 3)
STEPS, BATCH, EXAMPLES = 20, 4, 12
LR, MOMENTUM, BETAS, EPSILON, DECAY = 0.05, 0.9, (0.9, 0.99), 1e-8, 0.01


def main() -> None:
    torch: Any = importlib.import_module("torch")  # not among the project's dependencies
    torch.set_default_dtype(torch.float64)
    torch.manual_seed(0)
    X, y = torch.randn(EXAMPLES, WIDTHS[0]), torch.randint(0, WIDTHS[-1], (EXAMPLES,))
    start = [p.detach().clone() for p in _network(torch, "Tanh").parameters()]
    recorded = {"X": X.numpy(), "y": y.numpy()} | _arrays("start", start)
    for name in ("Sigmoid", "Tanh", "ReLU"):
        recorded |= _passes(torch, name, start, X, y)
    for name in ("sgd", "momentum", "nesterov", "adam"):
        recorded |= _steps(torch, name, start, X, y)
    np.savez_compressed(Path(__file__).with_name("torch.npz"), **recorded)


def _network(torch: Any, activation: str) -> Any:
    layers: list[Any] = []
    for inputs, outputs in itertools.pairwise(WIDTHS):
        layers += [torch.nn.Linear(inputs, outputs), getattr(torch.nn, activation)()]
    return torch.nn.Sequential(*layers[:-1])


def _started(torch: Any, activation: str, start: list[Any]) -> Any:
    network = _network(torch, activation)
    with torch.no_grad():
        for parameter, value in zip(network.parameters(), start, strict=True):
            parameter.copy_(value)
    return network


def _passes(torch: Any, activation: str, start: list[Any], X: Any, y: Any) -> dict[str, Any]:
    network = _started(torch, activation, start)
    logits = network(X)
    loss = torch.nn.functional.cross_entropy(logits, y)
    loss.backward()
    name = activation.lower()
    gradients = _arrays(f"{name}_gradient", [p.grad for p in network.parameters()])
    return {f"{name}_logits": logits.detach().numpy(), f"{name}_loss": loss.item()} | gradients


def _steps(torch: Any, name: str, start: list[Any], X: Any, y: Any) -> dict[str, Any]:
    network = _started(torch, "Tanh", start)
    optimizer = _optimizer(torch, name, list(network.parameters()))
    taken: list[dict[str, Any]] = []
    for step in range(STEPS):
        batch = [(step * BATCH + i) % EXAMPLES for i in range(BATCH)]
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(network(X[batch]), y[batch]).backward()
        optimizer.step()
        taken.append(_arrays(name, [p.detach().clone() for p in network.parameters()]))
    return {key: np.stack([arrays[key] for arrays in taken]) for key in taken[0]}


def _optimizer(torch: Any, name: str, parameters: list[Any]) -> Any:
    groups = [
        {"params": [p for p in parameters if p.ndim == 2], "weight_decay": DECAY},
        {"params": [p for p in parameters if p.ndim == 1], "weight_decay": 0.0},
    ]
    if name == "adam":
        return torch.optim.Adam(groups, lr=LR, betas=BETAS, eps=EPSILON)
    momentum = 0.0 if name == "sgd" else MOMENTUM
    return torch.optim.SGD(groups, lr=LR, momentum=momentum, nesterov=name == "nesterov")


def _arrays(name: str, parameters: list[Any]) -> dict[str, Any]:
    """`name_weight0`, `name_bias0`, ...: layer by layer, weights turned to (inputs, outputs)."""
    kinds = ("weight", "bias")
    return {f"{name}_{kinds[i % 2]}{i // 2}": p.numpy().T.copy() for i, p in enumerate(parameters)}


if __name__ == "__main__":
    main()

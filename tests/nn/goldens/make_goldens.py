"""Records what PyTorch computes, in float64, for tests/nn/test_goldens.py: run by hand, its output is kept.

    python -m venv /tmp/oracle && /tmp/oracle/bin/pip install torch==2.13.0 numpy
    /tmp/oracle/bin/python tests/nn/goldens/make_goldens.py

writes torch.npz beside this file. On a 5-6-4-3 network: for each activation the logits, the loss and the
gradients; for each optimizer, clip and penalty the parameters after each of 20 steps on batches of 4; for batch
norm before and after the activation both, with running statistics and the logits of a test. Weight decay is applied
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
L1, CLIP_NORM, CLIP_VALUE, SMOOTHING = 0.01, 0.3, 0.05, 0.1
#: What an array of a module is called: weights and biases of Linear, slopes of PReLU, all of BatchNorm1d.
NAMES = {
    "Linear": {"weight": "weight", "bias": "bias"},
    "PReLU": {"weight": "slope"},
    "BatchNorm1d": {"weight": "gamma", "bias": "beta", "running_mean": "mean", "running_var": "variance"},
}


def main() -> None:
    torch: Any = importlib.import_module("torch")  # not among the project's dependencies
    torch.set_default_dtype(torch.float64)
    torch.manual_seed(0)
    X, y = torch.randn(EXAMPLES, WIDTHS[0]), torch.randint(0, WIDTHS[-1], (EXAMPLES,))
    plain = _network(torch, "tanh")
    start = [p.detach().clone() for p in plain.parameters()]
    recorded = {"X": X.numpy(), "y": y.numpy()} | _arrays("start", plain)
    for name in _activations(torch):
        recorded |= _passes(torch, name, _started(torch, start, name), X, y)
    for place in ("before", "after"):
        recorded |= _passes(torch, f"norm_{place}", _started(torch, start, "tanh", place), X, y)
        recorded |= _steps(torch, f"norm_{place}_steps", start, X, y, "sgd", norm=place)
    smooth = torch.nn.CrossEntropyLoss(label_smoothing=SMOOTHING)
    recorded |= _passes(torch, "label_smoothing", _started(torch, start, "tanh"), X, y, smooth)
    one_hot = torch.nn.functional.one_hot(y, WIDTHS[-1]).double()
    for name, criterion in {"mse": torch.nn.MSELoss(), "mae": torch.nn.L1Loss()}.items():
        recorded |= _passes(torch, name, _started(torch, start, "tanh"), X, one_hot, criterion)
    for name in ("sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw"):
        recorded |= _steps(torch, name, start, X, y, name)
    for name in ("clip_norm", "clip_value", "l1"):
        recorded |= _steps(torch, name, start, X, y, "momentum", extra=name)
    np.savez_compressed(Path(__file__).with_name("torch.npz"), **recorded)


def _activations(torch: Any) -> dict[str, Any]:
    """Name -> width -> module. The slopes of prelu differ from unit to unit; rrelu is that of a test."""
    nn = torch.nn
    return {
        "sigmoid": lambda _: nn.Sigmoid(),
        "tanh": lambda _: nn.Tanh(),
        "relu": lambda _: nn.ReLU(),
        "leaky_relu": lambda _: nn.LeakyReLU(0.01),
        "prelu": lambda width: nn.PReLU(width),
        "elu": lambda _: nn.ELU(),
        "selu": lambda _: nn.SELU(),
        "gelu": lambda _: nn.GELU(approximate="tanh"),
        "silu": lambda _: nn.SiLU(),
        "rrelu": lambda _: nn.RReLU().eval(),
    }


def _network(torch: Any, activation: str, norm: str = "off") -> Any:
    """`norm` before the activation makes the bias of the layer redundant."""
    make, layers = _activations(torch)[activation], []
    for inputs, outputs in itertools.pairwise(WIDTHS):
        hidden = outputs != WIDTHS[-1]
        normal = [torch.nn.BatchNorm1d(outputs)] if norm != "off" else []
        block = [*normal, make(outputs)] if norm == "before" else [make(outputs), *normal]
        layers += [torch.nn.Linear(inputs, outputs, bias=norm != "before" or not hidden)]
        layers += block if hidden else []
    return torch.nn.Sequential(*layers)


def _started(torch: Any, start: list[Any], activation: str, norm: str = "off") -> Any:
    """A network with the weights and biases `start`."""
    network = _network(torch, activation, norm)
    linear = [module for module in network if isinstance(module, torch.nn.Linear)]
    with torch.no_grad():
        for module, (weight, bias) in zip(linear, zip(start[::2], start[1::2], strict=True), strict=True):
            module.weight.copy_(weight)
            if module.bias is not None:
                module.bias.copy_(bias)
    return network


def _passes(torch: Any, name: str, network: Any, X: Any, y: Any, criterion: Any = None) -> dict[str, Any]:
    logits = network(X)
    loss = (criterion or torch.nn.functional.cross_entropy)(logits, y)
    loss.backward()
    gradients = _arrays(f"{name}_gradient", network, lambda parameter: parameter.grad)
    return {f"{name}_logits": logits.detach().numpy(), f"{name}_loss": loss.item()} | gradients


def _steps(
    torch: Any, name: str, start: list[Any], X: Any, y: Any, rule: str, *, norm: str = "off", extra: str = ""
) -> dict[str, Any]:
    network = _started(torch, start, "tanh", norm)
    optimizer = _optimizer(torch, rule, network)
    taken: list[dict[str, Any]] = []
    for step in range(STEPS):
        batch = [(step * BATCH + i) % EXAMPLES for i in range(BATCH)]
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(network(X[batch]), y[batch])
        if extra == "l1":
            weights = [p for p in network.parameters() if p.ndim == 2]
            loss = loss + L1 * sum((w.square() + 1e-8).sqrt().sum() for w in weights)
        loss.backward()
        if extra == "clip_norm":
            torch.nn.utils.clip_grad_norm_(network.parameters(), CLIP_NORM)
        if extra == "clip_value":
            torch.nn.utils.clip_grad_value_(network.parameters(), CLIP_VALUE)
        optimizer.step()
        taken.append(_arrays(name, network))
    steps = {key: np.stack([arrays[key] for arrays in taken]) for key in taken[0]}
    with torch.no_grad():
        return {**steps, f"{name}_test": network.eval()(X).numpy()} if norm != "off" else steps


def _optimizer(torch: Any, name: str, network: Any) -> Any:
    parameters, optim = list(network.parameters()), torch.optim
    groups = [
        {"params": [p for p in parameters if p.ndim == 2], "weight_decay": DECAY},
        {"params": [p for p in parameters if p.ndim == 1], "weight_decay": 0.0},
    ]
    if name in ("adam", "adamw"):
        return {"adam": optim.Adam, "adamw": optim.AdamW}[name](groups, lr=LR, betas=BETAS, eps=EPSILON)
    if name == "adagrad":
        return optim.Adagrad(groups, lr=LR, eps=EPSILON)
    if name == "rmsprop":
        return optim.RMSprop(groups, lr=LR, alpha=BETAS[1], eps=EPSILON)
    return optim.SGD(groups, lr=LR, momentum=0.0 if name == "sgd" else MOMENTUM, nesterov=name == "nesterov")


def _arrays(name: str, network: Any, of: Any = lambda array: array.detach()) -> dict[str, Any]:
    """`name_weight0`, `name_bias0`, ...: by the depth of the layer, weights turned to (inputs, outputs)."""
    found, depth = {}, -1
    for module in network:
        kind = type(module).__name__
        depth += kind == "Linear"
        for attribute, called in NAMES.get(kind, {}).items():
            array = getattr(module, attribute, None)
            if array is not None and of(array) is not None:
                found[f"{name}_{called}{depth}"] = of(array).numpy().T.copy()
    return found


if __name__ == "__main__":
    main()

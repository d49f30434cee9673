"""The ideas of the courses: each page's experiment finds what the page says, within loose bounds."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise
from math import log
from pathlib import Path

import numpy as np
import pytest

from hpsearch.config import build_space, load_spec
from hpsearch.nn.diagnostics import Activity, activity
from hpsearch.nn.examples import cuts
from hpsearch.nn.network import Pass
from hpsearch.nn.parameters import Array
from hpsearch.nn.training import initial
from hpsearch.objectives.network.single import Single
from hpsearch.objectives.network.workload import prepare_data
from tests.commands import here
from tests.docs.ideas import IDEAS, MAKE, ROOT, Row, Shown, check_pictures, check_tables, run

COURSES = ROOT / "configs" / "courses"
PAGES = sorted(page.stem for page in IDEAS.glob("*.md") if page.stem != "index")
#: What makes a search as short as its claims allow.
CHEAPER = {
    "overfitting": (
        "--set=space.weight_decay.choices=[0, 0.1]",
        "--set=space.dropout.choices=[0, 0.2]",
        "--trials=4",
        "--set=epochs=100",
    ),
    "panda-or-caviar": ("--trials=8", "--set=epochs=3", "--set=search.confirm=off"),
}
LONG = ("activations", "batch-norm", "deep-networks", "hidden-units", "overfitting")
Claims = Callable[[Shown], None]
CLAIMS: dict[str, Claims] = {}


def of(page: str) -> Callable[[Claims], Claims]:
    """Register what `page` says."""

    def register(claims: Claims) -> Claims:
        CLAIMS[page] = claims
        return claims

    return register


@pytest.mark.parametrize(
    "page", [pytest.param(page, marks=[pytest.mark.long] * (page in LONG)) for page in PAGES]
)
def test_what_a_page_says_is_true(page: str, tmp_path: Path) -> None:
    shown = run(IDEAS / f"{page}.md", tmp_path, CHEAPER.get(page, ()))
    check_tables(shown)
    check_pictures(shown)
    CLAIMS[page](shown)


def test_the_index_leads_to_every_page_and_every_picture_is_shown() -> None:
    linked = re.findall(r"\]\(([\w-]+)\.md\)", (IDEAS / "index.md").read_text())
    assert sorted(linked) == PAGES
    shown = [name for page in PAGES for name in MAKE["images"](IDEAS / f"{page}.md")]
    assert sorted(shown) == sorted(path.name for path in IDEAS.glob("*.svg"))


def test_every_experiment_has_its_page_and_passes_the_check(tmp_path: Path) -> None:
    used = {word for page in PAGES for words in MAKE["commands"](IDEAS / f"{page}.md") for word in words}
    for path in COURSES.glob("*.yaml"):
        assert str(path.relative_to(ROOT)) in used
        done = here(tmp_path, "check", str(path))
        assert done.returncode == 0, done.stderr
        assert "warning" not in done.stderr


# -- how to search


@of("random-beats-grid")
def _(shown: Shown) -> None:
    space = build_space(load_spec(COURSES / "hyperparameters.yaml"))
    assert len(space.parameters) == 2
    lr = space.parameters[0]
    levels = lr.encode(lr.levels(4))
    assert levels == pytest.approx([0, 1 / 3, 2 / 3, 1])
    picture = (shown.folder / "random-beats-grid.svg").read_text(encoding="utf-8")
    assert "grid, 16 trials: values tried: 4 of lr, 4 of weight decay." in picture
    assert "random, 16 trials: values tried: 16 of lr, 16 of weight decay." in picture
    starts = np.linspace(0, 0.9, 9001)[:, None]  # of a tenth of the axis
    hits = ((starts < levels - 1e-9) & (levels < starts + 0.1)).any(axis=1).mean()
    assert hits == pytest.approx(2 / 9, abs=0.001)
    assert pytest.approx(0.81, abs=0.005) == 1 - 0.9**16


@of("log-scale")
def _(shown: Shown) -> None:
    printed = shown.ended[0].stdout
    shares = re.findall(r"^  [\d.e-]+ to .*?([\d.]+) %$", printed.split("weight_decay")[0], re.MULTILINE)
    assert shares == ["0.09", "0.9", "9", "90"]


@of("one-minus-beta")
def _(shown: Shown) -> None:
    (momentum,) = build_space(load_spec(shown.folder / "momentum.yaml")).parameters
    assert momentum.decode(np.array([0.5]))[0] == pytest.approx(0.99)
    assert pytest.approx(0.909, abs=0.001) == (0.99 - 0.9) / 0.099
    assert pytest.approx(99, abs=0.1) == 0.099 / (0.999 - 0.998)
    assert pytest.approx(0.948, abs=0.001) == (0.9 * 0.999) ** 0.5


def in_order(shown: Shown) -> list[Row]:
    """The trials in the order in which they were proposed."""
    return sorted(shown.rows(), key=lambda row: int(row["trial"]))


@of("coarse-to-fine")
def _(shown: Shown) -> None:
    rates = np.log10([float(row["lr"]) for row in in_order(shown)])
    assert len(rates) == 40
    assert np.ptp(rates[:8]) > 4
    assert np.ptp(rates[-20:]) < 2
    assert all(1e-3 < float(row["lr"]) < 0.7 for row in shown.rows()[:3])
    assert "Round by round (coarse to fine)" in shown.ended[1].stdout
    (told,) = shown.folder.glob("runs/*/results.txt")
    assert "of its log range" not in told.read_text()


@of("successive-halving")
def _(shown: Shown) -> None:
    best = shown.rows()
    assert float(best[0]["val_acc"]) > 0.85
    assert all(1e-3 < float(row["lr"]) < 0.7 for row in best[:3])
    epochs = [int(row["epochs"]) for row in best]
    assert len(epochs) == 60
    assert sum(epochs) < 400
    assert sum(count <= 2 for count in epochs) > 30
    assert epochs.count(50) <= 3
    assert epochs[0] == 50
    assert re.search(r"\| \d+ of 50 epochs", shown.ended[1].stdout)
    assert sum(0.01 < float(row["lr"]) < 0.3 for row in in_order(shown)[-30:]) < 15


@of("panda-or-caviar")
def _(shown: Shown) -> None:
    assert re.search("bias|variance", shown.ended[0].stdout)
    assert load_spec(ROOT / "configs" / "digits.yaml").search.trials == 60


# -- how fast it learns


@of("learning-rate")
def _(shown: Shown) -> None:
    loss = {float(rate): value for rate, value in shown.losses("lr").items()}
    assert all(value > 0.95 * log(10) for rate, value in loss.items() if rate <= 0.0011)
    best = min(loss, key=lambda rate: loss[rate])
    assert best == pytest.approx(0.316, rel=0.01)
    assert loss[1.0] > 5 * loss[best]
    assert 10.0 not in loss
    assert pytest.approx(1 / 33, rel=0.02) == (0.33 - 0.03) / 10


@of("momentum")
def _(shown: Shown) -> None:
    loss = {(float(lr), float(beta)): value for (lr, beta), value in shown.losses("lr", "momentum").items()}
    assert 0.5 < loss[0.01, 0.9] / loss[0.1, 0] < 1.5
    assert loss[0.01, 0] > 5 * loss[0.01, 0.9]
    assert loss[0.1, 0.9] == min(value for (lr, _), value in loss.items() if lr == 0.1)
    assert loss.get((0.1, 0.99), 9) > 2
    assert max(loss[0.001, 0.99], loss[0.001, 0.999]) < 0.5 * loss[0.001, 0.9]


@of("optimizers")
def _(shown: Shown) -> None:
    best: dict[str, float] = {}
    for (name, _), loss in shown.losses("optimizer", "lr").items():
        best[name] = min(best.get(name, 99.0), loss)
    assert len(best) == 7
    assert best["sgd"] == max(best.values())
    assert min(best.values()) < 0.7 * best["sgd"]
    first, *_, fourth = sorted(best.values())[:4]
    assert fourth < first + 0.05


@of("batch-size")
def _(shown: Shown) -> None:
    loss = {(int(rows), float(lr)): value for (rows, lr), value in shown.losses("batch_size", "lr").items()}
    sizes = (8, 32, 128, 512)
    assert all(loss[small, 0.003] < loss[large, 0.003] for small, large in pairwise(sizes))
    best = {size: min((loss.get((size, lr), 9.0), lr) for lr in (0.003, 0.03, 0.3))[1] for size in sizes}
    assert best[8] == 0.003
    assert best[32] == 0.03
    assert best[512] == 0.3
    assert loss.get((8, 0.3), 9) > 2
    assert [len(cuts(1078, size, 1)) - 1 for size in (8, 512)] == [135, 3]


@of("learning-rate-schedules")
def _(shown: Shown) -> None:
    names = [row["lr_schedule"] for row in sorted(shown.rows(), key=lambda row: int(row["trial"]))]
    moved = {}
    for trial, name in enumerate(names):
        curve = [float(row["val_loss"]) for row in shown.rows("curves.csv") if int(row["trial"]) == trial]
        moved[name] = np.ptp(curve[-10:])
    assert moved["constant"] > 3 * moved["cosine"]
    loss = shown.losses("lr_schedule", metric="train_loss")
    assert len(loss) == 5
    assert loss["cosine"] == min(loss.values())
    assert loss["constant"] > 1.3 * loss["cosine"]


# -- what gets through


@of("initializers")
def _(shown: Shown) -> None:
    loss = shown.losses("initializer")
    assert loss["normal"] > 2.2
    assert loss["zeros"] > 2.2
    assert loss["he"] < 0.3
    assert loss["he"] == min(loss.values())
    assert loss["he"] < loss["lecun"]
    assert max(loss["glorot"], loss["lecun"], loss["orthogonal"]) < 0.6


def drawn(activation: str, initializer: str, std: float) -> tuple[Single, Array]:
    """The first network of activations.yaml, and its first weights (1, P)."""
    sets = {"activation": activation, "initializer": initializer, "init_std": std}
    overrides = [(f"--set {name}={value}", f"objective.{name}={value}") for name, value in sets.items()]
    spec = load_spec(COURSES / "activations.yaml", overrides)
    single = Single(spec.objective.model_dump(), prepare_data(spec), 0, 1)
    return single, initial(single.network, single.settings, [0]).parameters


def spreads(activation: str, initializer: str, std: float = 0.01) -> list[Activity]:
    """What it makes of the digits, layer by layer."""
    single, parameters = drawn(activation, initializer, std)
    return activity(single.network, parameters, single.data.X_train[:200])


def pulls(activation: str, initializer: str, std: float = 0.01) -> list[float]:
    """How much the weights of each layer are pulled at first: the size of their gradient."""
    single, parameters = drawn(activation, initializer, std)
    gradients = np.zeros_like(parameters)
    X, y = single.data.X_train[:100], single.data.y_train[:100]
    losses = np.empty((1, 100), parameters.dtype)
    Pass(single.network, parameters, gradients, 100, training=True).learn(X, y, losses)
    views = [view for view in single.network.layout.views(gradients) if view]
    return [float(np.sqrt((next(iter(view.values())) ** 2).mean())) for view in views]


def test_what_initializers_do_to_the_signal() -> None:
    assert spreads("sigmoid", "normal", 1.0)[-1].saturated > 0.5
    assert spreads("sigmoid", "normal", 0.01)[-1].spread < 0.05
    glorot = spreads("sigmoid", "glorot")
    assert glorot[-1].saturated < 0.01
    assert glorot[-1].spread > 2 * spreads("sigmoid", "normal", 0.01)[-1].spread
    assert spreads("relu", "normal", 0.01)[-1].spread < 1e-3
    assert spreads("relu", "normal", 1.0)[-1].spread > 100
    he, weaker = spreads("relu", "he"), spreads("relu", "glorot")
    assert 0.3 < he[-1].spread / he[0].spread < 3
    assert weaker[-1].spread < he[-1].spread


def test_what_keeps_the_signal_of_sigmoid_does_not_keep_the_gradient() -> None:
    glorot, wide, relu = pulls("sigmoid", "glorot"), pulls("sigmoid", "normal", 1.0), pulls("relu", "he")
    assert all(0.1 < before / after < 0.35 for before, after in pairwise(glorot[:-1]))
    assert glorot[0] < glorot[-1] / 1000
    assert wide[0] > wide[-1] / 30
    assert wide[0] > 100 * glorot[0]
    assert max(relu) < 10 * min(relu)


@of("activations")
def _(shown: Shown) -> None:
    found = shown.losses("activation", "initializer", "init_std", metric="val_acc")
    assert found["relu", "he", ""] > 0.9
    assert found["relu", "normal", "0.01"] < 0.3
    assert found["sigmoid", "normal", "1.0"] > 0.7
    assert all(found["sigmoid", name, ""] < 0.3 for name in ("glorot", "he"))
    (wide,) = (row for row in shown.rows() if (row["activation"], row["init_std"]) == ("relu", "1.0"))
    assert wide["status"] == "diverged"


@of("deep-networks")
def _(shown: Shown) -> None:
    found = shown.losses("initializer", "batch_norm", metric="val_acc")
    assert found["normal", "off"] < 0.3
    assert found["he", "off"] > 0.85
    assert found["normal", "before"] > 0.85
    doctor = shown.ended[1]
    assert doctor.returncode == 1
    assert "fail  layer 12" in doctor.stdout
    assert "initializer: he" in doctor.stdout


@of("batch-norm")
def _(shown: Shown) -> None:
    learned = {"off": 0, "before": 0}
    for row in shown.rows():
        learned[row["batch_norm"]] += row["status"] == "done" and float(row["val_acc"]) > 0.8
    assert learned["before"] >= 12
    assert learned["off"] <= 5


# -- what is learned


@of("overfitting")
def _(shown: Shown) -> None:
    gap = {
        (float(row["weight_decay"]), float(row["dropout"])): (
            float(row["train_loss"]),
            float(row["val_loss"]) - float(row["train_loss"]),
        )
        for row in shown.rows()
    }
    assert gap[0, 0][0] < 0.05
    for cure in ((0.1, 0), (0, 0.2)):
        assert gap[cure][0] > gap[0, 0][0]
        assert gap[cure][1] < gap[0, 0][1]
    assert sum(gap[0.1, 0.2]) > sum(gap[0, 0])
    free, held = (_reached(ended.stdout) for ended in shown.ended[:2])
    assert free[0] < 0.05
    assert held[0] > free[0]
    assert held[1] - held[0] < free[1] - free[0]
    assert "train acc 1.0000\nhigh variance" in shown.ended[0].stdout
    assert "\n  more data" in shown.ended[0].stdout


def _reached(told: str) -> tuple[float, float]:
    """The losses in training and validation that `train` tells at its end."""
    found = re.search(r"^200 epochs: train loss ([\d.]+), val loss ([\d.]+)", told, re.MULTILINE)
    assert found, told
    return float(found[1]), float(found[2])


@of("early-stopping")
def _(shown: Shown) -> None:
    curves = shown.rows("curves.csv")
    (free,) = (int(row["trial"]) for row in shown.rows() if row["early_stopping"] == "0")
    rows = [row for row in curves if int(row["trial"]) == free]
    loss = [float(row["val_loss"]) for row in rows]
    turn = loss.index(min(loss))
    assert len(loss) == 200
    assert turn < 100
    assert loss[-1] > 1.2 * loss[turn]
    assert float(rows[-1]["train_loss"]) < float(rows[turn]["train_loss"]) / 3
    stopped = [row["val_loss"] for row in curves if int(row["trial"]) != free]
    assert len(set(stopped[100:])) == 1
    assert re.search(r"early stopping:20 \| epoch \d+ of 200", shown.ended[1].stdout)


@of("hidden-units")
def _(shown: Shown) -> None:
    found = {
        (int(layers), int(units)): acc
        for (layers, units), acc in shown.losses("hidden_layers", "hidden_units", metric="val_acc").items()
    }
    assert max(found[layers, units] for layers in (1, 2) for units in (1, 2)) < 0.6
    large = [found[2, units] for units in (16, 32, 64, 128)]
    assert max(large) - min(large) < 0.05
    assert found[2, 8] > found[1, 128]
    assert weights(8, 8) == 123
    assert weights(128) == 771


def weights(*hidden: int) -> int:
    """The weights and biases of a network for the spirals."""
    sizes = (2, *hidden, 3)
    return sum((before + 1) * after for before, after in pairwise(sizes))

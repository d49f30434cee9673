"""The way on where the built-in network is searched: doctor, training, and the model of the best."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Sequence
from typing import Any

from hpsearch.objectives.network.model import Model
from hpsearch.objectives.network.model_file import load_model
from tests.walks.searched import Searched
from tests.walks.walk import Tree
from tests.walks.walker import Walker


def before(walker: Walker) -> None:
    """What there is to see before a search: the data and one network, and what `init` writes of a table."""
    for look in walker.some((_doctor, _train, _init)):
        look(walker)


def _doctor(walker: Walker) -> None:
    walker.call("doctor", "config.yaml", status=(0, 1))


def _train(walker: Walker) -> None:
    walker.call("train", "config.yaml", "--save", "one.npz", status=(0, 1))


def _init(walker: Walker) -> None:
    dataset = walker.walk.config["objective"]["dataset"]
    if walker.walk.asked and not walker.walk.refusable:
        walker.call("init", dataset["source"], "--target", dataset["target"], "-o", "init.yaml")
        walker.call("check", "init.yaml")


def of_the_best(walker: Walker, found: Searched) -> None:
    """The model of the best: exported, loaded, asked, measured, trained on."""
    if walker.walk.kind != "mlp" or not found.best:
        return
    name, dataset = walker.walk.name, walker.walk.config["objective"]["dataset"]
    walker.call("export", name, "--to", "model", "-o", "model.npz")
    walker.call("train", "config.yaml", "--from", f"{name}:{found.best[0]['trial']}", status=(0, 1))
    model = load_model(walker.folder / "model.npz")
    if not _has_test_part(dataset):
        walker.call("evaluate", name, status=2)
    else:
        measured = walker.json("evaluate", name)
        walker.hold(finite_on_the_test_part, measured)
        walker.call(
            "evaluate", name, "--refit", status=(0, 2)
        )  # where that training diverges there is no model
        if "test" in dataset:
            text = walker.call("predict", "model.npz", dataset["test"]).stdout
            walker.hold(measured_is_computed_again, measured, text, dataset["target"])
    if walker.walk.asked and not walker.walk.refusable:
        text = walker.call("predict", "model.npz", walker.walk.asked).stdout
        walker.hold(every_row_is_answered, walker.walk.files[walker.walk.asked].decode(), text)
        walker.hold(answers_from_python_are_the_same, model, walker, text)


def _has_test_part(dataset: Tree) -> bool:
    split = dataset["split"]
    return "test" in dataset or split == "auto" or isinstance(split, dict) or len(split) == 3


def finite_on_the_test_part(measured: Any) -> None:
    """What evaluate measures is a number."""
    for key, value in measured.items():
        assert value is not None, f"{key} of the test part is not finite"


def measured_is_computed_again(measured: Tree, text: str, target: str) -> None:
    """The figures of `evaluate` follow from what `predict` says of the same file."""
    header, *rows = csv.reader(io.StringIO(text, newline=""))
    place = [name.strip() for name in header].index(target)
    pairs = [(row[place], row[-1]) for row in rows if row[place]]
    if "test_acc" in measured:
        wanted, told = sum(true == said for true, said in pairs) / len(pairs), measured["test_acc"]
    else:
        apart = [abs(float(true) - float(said)) for true, said in pairs]
        wanted, told = math.fsum(apart) / len(apart), measured["test_mae"]
    assert math.isclose(told, wanted, rel_tol=1e-3), f"evaluate measures {told}, predict gives {wanted}"


def every_row_is_answered(asked: str, text: str) -> None:
    """Every row as it was, with an answer."""
    header, *rows = csv.reader(io.StringIO(asked, newline=""))
    answered, *answers = csv.reader(io.StringIO(text, newline=""))
    column = "prediction_2" if "prediction" in header else "prediction"
    assert answered == [*header, column], f"the header {answered} of {header}"
    assert [row[:-1] for row in answers] == rows, "rows that are not as they were asked"
    assert all(row[-1] not in ("", "nan", "inf", "-inf") for row in answers), "a prediction that is none"


def answers_from_python_are_the_same(model: Model, walker: Walker, text: str) -> None:
    """`load_model(...).predict(...)` says what the command says."""
    rows = list(csv.reader(io.StringIO(text, newline="")))[1:]
    here: Sequence[Any] = model.predict(walker.folder / walker.walk.asked)
    told = [row[-1] for row in rows]
    # As many digits are printed as float32 has of the deviation of the target.
    near = 2e-6 * model.target[1]
    pairs = zip(here, told, strict=True)
    same = [one == other if isinstance(one, str) else abs(one - float(other)) <= near for one, other in pairs]
    assert all(same), f"from Python {here[:5]}, by the command {told[:5]}"

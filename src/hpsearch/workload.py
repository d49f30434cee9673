"""What a search works on, by the kind of its objective: the data it needs, and who trains with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from hashlib import file_digest
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

from hpsearch.config import Spec
from hpsearch.config.dataset import Folds
from hpsearch.config.mlp import MlpObjective
from hpsearch.config.origins import Finding, show
from hpsearch.config.own import CommandObjective, OwnObjective, PythonObjective
from hpsearch.core.errors import DataError, InputError, SpecError, did_you_mean
from hpsearch.objectives import Objective
from hpsearch.objectives.function.signature import Signature

if TYPE_CHECKING:
    from hpsearch.data import DatasetSpec, Folded, Prepared
    from hpsearch.objectives.network.trainer import MLPObjective

_DATA = "data.bin"
_Data = TypeVar("_Data", "Prepared", "Folded")


class Material(Protocol):
    """What has to be there before the first trial; made by `gather`, which finds what is wrong with it.

    Attributes:
        fingerprint: of the data and of the files of weights, empty where there are none; a search is only
            continued with the same (see `replaced`).
        rows: how many rows the metric is measured on; 0 if unknown.
        notes: what a person should know.
        preload: what workers import before the first task comes.
    """

    fingerprint: str
    rows: int
    notes: tuple[str, ...]
    preload: tuple[str, ...]

    def store(self, checkpoints: Path) -> None:
        """Put what workers read into the folder. Raises OSError."""

    def objective(self, checkpoints: Path) -> Objective:
        """Who trains; its states are kept in `checkpoints`."""

    def timeout(self) -> float | None:
        """The seconds after which a worker with one trial is stopped."""


def gather(spec: Spec) -> Material:
    """What the search of `spec` works on.

    Raises:
        InputError: the data cannot be used, or there is no such function or program.
    """
    return MATERIALS[spec.objective.kind](spec)


#: What a fingerprint is of, part by part.
_PARTS = ("the data of objective.dataset", "the file objective.init_file")
_AND = "+"


def replaced(recorded: str, found: str) -> str | None:
    """What is not what it was, by its fingerprints then and now, in words; None where all is.

    >>> replaced("1b+77", "1b+77"), replaced("1b+77", "1b+78")
    (None, 'the file objective.init_file')
    """
    pairs = zip_longest(recorded.split(_AND), found.split(_AND), fillvalue="")
    return next((part for part, (then, now) in zip(_PARTS, pairs, strict=False) if then != now), None)


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return file_digest(stream, "sha256").hexdigest()


def prepare_data(spec: Spec) -> Prepared:
    """The data that one built-in network learns from; of a cross-validation, the first fold.

    Raises:
        InputError: the objective is the user's own, which has its own data.
        SpecError: the data cannot be used, or not as `spec` asks.
    """
    from hpsearch.data import prepare

    return _prepared(spec, prepare)


def prepare_search(spec: Spec) -> Prepared | Folded:
    """The data that the trials of a search learn from. Raises as `prepare_data`."""
    from hpsearch.data import prepare, prepare_folds

    if isinstance(spec.objective, MlpObjective) and isinstance(spec.objective.dataset.split, Folds):
        return _prepared(spec, prepare_folds)
    return _prepared(spec, prepare)


def _prepared(spec: Spec, prepare: Callable[[DatasetSpec, int], _Data]) -> _Data:
    from hpsearch.config.feasibility import check_feasible

    given = _dataset(spec)
    try:
        data = prepare(given, spec.seed)
    except InputError as error:
        about = error.setting if isinstance(error, DataError) else ""
        at = ("objective", "dataset", about) if about else ("objective", "dataset")
        raise _refused(spec, [Finding(at, str(error))]) from error
    check_feasible(spec, data)
    return data


def _dataset(spec: Spec) -> DatasetSpec:
    """What `spec` says about the data. Raises InputError where the objective has its own."""
    from hpsearch import data as datasets

    if not isinstance(spec.objective, MlpObjective):
        raise InputError(f"objective.kind {spec.objective.kind}: has data of its own; this is for kind mlp")
    wanted = dict(spec.objective.dataset)
    if isinstance(split := wanted["split"], Folds):
        wanted["split"] = datasets.Folds(split.folds, split.test)
    return datasets.DatasetSpec(**wanted)


class NetworkMaterial:
    """Prepared data, and the built-in network."""

    preload: tuple[str, ...] = ("hpsearch.objectives.network.trainer",)

    def __init__(self, spec: Spec) -> None:
        self._spec = spec
        self.data = prepare_search(spec)
        self.fingerprint = self.data.fingerprint
        if weights := spec.network.init_file:  # which was read, and fits, when the data was prepared
            self.fingerprint += _AND + _digest(weights)
        self.rows = self.data.val_rows
        self.early_stopping = spec.network.early_stopping
        self.notes = tuple(
            f"note: {note}" for note in (*self.data.facts, *self.data.notes, *_apart(self.data))
        )

    def store(self, checkpoints: Path) -> None:
        """Write the prepared data, which every worker maps."""
        self.data.save(checkpoints / _DATA)

    def objective(self, checkpoints: Path) -> MLPObjective:
        """The network."""
        return self._objective(checkpoints, self.data.folds)

    def objective_on(self, data: Prepared, checkpoints: Path) -> MLPObjective:
        """The network on other `data`, which is written to the folder."""
        data.save(checkpoints / _DATA)
        return self._objective(checkpoints, data.folds)

    def whole(self) -> Prepared:
        """The rows of all folds, to learn from together."""
        from hpsearch.data import prepare_whole

        return prepare_whole(_dataset(self._spec), self._spec.seed)

    def _objective(self, checkpoints: Path, folds: int) -> MLPObjective:
        from hpsearch.objectives.network.trainer import MLPObjective

        fixed = self._spec.objective.model_dump(exclude={"kind", "dataset", "epochs"})
        return MLPObjective(
            fixed,
            checkpoints / _DATA,
            self.data.fingerprint,
            checkpoints,
            self._spec.seed,
            self._spec.objective.epochs,
            folds,
            self._spec.dispatch.memory << 20,
        )

    def timeout(self) -> float | None:
        """That of the dispatch."""
        return self._spec.dispatch.timeout


def _apart(data: Prepared | Folded) -> Iterator[str]:
    """What to know where training and validation are not alike."""
    if data.differences:
        yield (
            f"training and validation are not alike, so scores on validation may mislead: "
            f"{'; '.join(data.differences)}; draw both from the same rows, if you can"
        )


class OwnMaterial:
    """What functions and commands have in common: no data of ours, and a timeout of their own."""

    fingerprint = ""
    rows = 0
    notes: tuple[str, ...] = ()
    preload: tuple[str, ...] = ()

    def __init__(self, spec: Spec) -> None:
        assert isinstance(spec.objective, OwnObjective)
        self._spec = spec
        self._timeout = spec.objective.timeout or spec.dispatch.timeout

    def store(self, checkpoints: Path) -> None:
        """Nothing: the user's code has its own data."""

    def timeout(self) -> float | None:
        """The longest that a trial may take."""
        return self._timeout


class FunctionMaterial(OwnMaterial):
    """A Python function, read but not imported here; or `function` itself, which only this process has."""

    preload: tuple[str, ...] = ("hpsearch.objectives.function.caller",)

    def __init__(self, spec: Spec, function: Callable[..., object] | None = None) -> None:
        super().__init__(spec)
        assert isinstance(spec.objective, PythonObjective)
        self._function = function
        try:
            self._reference = spec.objective.reference
            signature = self._reference.signature()
        except InputError as error:
            raise _refused(spec, [Finding(("objective", "function"), str(error))]) from None
        if signature is not None and signature.sure:
            _refuse(spec, _misfits(spec, signature, self._reference.name))

    def objective(self, checkpoints: Path) -> Objective:
        """The function."""
        from hpsearch.objectives.function.caller import PythonObjective as Called

        capture = self._spec.dispatch.executor != "serial"
        return Called(self._reference, checkpoints, self._spec.search.metric, capture, self._function)


class ProgramMaterial(OwnMaterial):
    """A command, whose program has been looked up."""

    preload: tuple[str, ...] = ("hpsearch.objectives.command.runner",)

    def __init__(self, spec: Spec) -> None:
        super().__init__(spec)
        from hpsearch.objectives.command.runner import program_of

        assert isinstance(spec.objective, CommandObjective)
        self._objective = spec.objective
        self._folder = spec.objective.dir or Path()
        if not self._folder.is_dir():
            raise _refused(spec, [Finding(("objective", "dir"), f"is no folder (got {self._folder})")])
        try:
            program_of(self._objective.command[0], self._folder)
        except InputError as error:
            raise _refused(spec, [Finding(("objective", "command", 0), str(error))]) from None
        if message := absent_script(self._objective.command, self._folder):
            raise _refused(spec, [Finding(("objective", "command", 1), message)])

    def objective(self, checkpoints: Path) -> Objective:
        """The command."""
        from hpsearch.objectives.command.runner import CommandObjective as Run

        spec = self._spec
        command, metric = self._objective.command, spec.search.metric
        return Run(command, tuple(spec.space), self._folder, checkpoints, metric, self._timeout)

    def timeout(self) -> float | None:
        """Later than the objective's own, which ends the command and keeps what it said."""
        return None if self._timeout is None else self._timeout + 15


MATERIALS: Mapping[str, Callable[[Spec], Material]] = {
    "mlp": NetworkMaterial,
    "python": FunctionMaterial,
    "command": ProgramMaterial,
}


# -- what a function takes, and what the space gives -------------------------------------------------------


def _refuse(spec: Spec, findings: Iterator[Finding]) -> None:
    found = list(findings)
    if found:
        raise _refused(spec, found)


def _refused(spec: Spec, findings: list[Finding]) -> SpecError:
    return SpecError(spec.source.problems(findings))


def _misfits(spec: Spec, signature: Signature, function: str) -> Iterator[Finding]:
    """Parameters that the function does not take, and what it needs and does not get."""
    for name in spec.space:
        if name not in signature.names and not signature.anything:
            hint = (
                did_you_mean(name, signature.names) or f"; it takes {', '.join(signature.names) or 'nothing'}"
            )
            yield Finding(("space", name), f"is not taken by {function}{hint}")
    for name in signature.required:
        if name in PythonObjective.given:
            continue
        if name not in spec.space:
            remedy = "give it a default, or search it"
            yield Finding(
                ("objective", "function"), f"{function} needs {name!r}, which the space lacks; {remedy}"
            )
        elif spec.space[name].when:
            remedy = f"give it a default in {function} for where it does not hold"
            yield Finding(("space", name, "when"), f"is a condition, and {function} needs {name!r}; {remedy}")
    if spec.objective.epochs > 1 and "epochs" not in signature.names:
        remedy = f"remove it, or let {function} take epochs"
        message = f"is never told to {function}; {remedy} (got {show(spec.objective.epochs)})"
        yield Finding(("objective", "epochs"), message)


# -- scripts that a command names --------------------------------------------------------------------------

_INTERPRETERS = ("python", "bash", "sh", "zsh", "perl", "ruby", "Rscript", "julia", "node")


def absent_script(command: Sequence[str], folder: Path) -> str | None:
    """What to say of the script that an interpreter is to run and that is not in `folder`; None if all is well."""
    if len(command) < 2 or not Path(command[0]).name.rstrip("0123456789.").endswith(_INTERPRETERS):
        return None
    script = command[1]
    if script.startswith("-") or "{" in script or not Path(script).suffix or (folder / script).is_file():
        return None
    remedy = "give objective.dir, the folder to run in" if Path(script).is_file() else "correct its path"
    return f"there is no file {script!r} in {folder.absolute()}; {remedy}"

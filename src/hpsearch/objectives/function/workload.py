"""What a search of a function works on: what it takes, beside what the space gives."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from hpsearch.config.origins import Finding, show
from hpsearch.config.schema import Spec
from hpsearch.config.slots import trials_at_once
from hpsearch.core.errors import InputError, did_you_mean
from hpsearch.executors import available_cores
from hpsearch.objectives.base import Objective
from hpsearch.objectives.code import digests, module_files
from hpsearch.objectives.function.caller import FunctionObjective
from hpsearch.objectives.function.generators import PATIENCE, Yielding
from hpsearch.objectives.function.settings import FunctionSettings
from hpsearch.objectives.function.signature import HERE, Signature
from hpsearch.objectives.kind import refused
from hpsearch.objectives.own import OwnWorkload

#: So much of the time of a trial at most goes by while another one cleans up.
_SHARE = 0.1


class FunctionWorkload(OwnWorkload):
    """A Python function, read but not imported here; or `function` itself, which only this process has."""

    preload: tuple[str, ...] = ("hpsearch.objectives.function.caller",)

    def __init__(self, spec: Spec, function: Callable[..., object] | None = None) -> None:
        super().__init__(spec)
        assert isinstance(spec.objective, FunctionSettings)
        self._function = function
        try:
            self._reference = spec.objective.reference
            signature = self._signature = self._reference.signature()
        except InputError as error:
            raise refused(spec, [Finding(("objective", "function"), str(error))]) from None
        if signature is not None and signature.sure:
            misfits = list(_misfits(spec, signature, self._reference.name))
            if misfits:
                raise refused(spec, misfits)

        if self._workdir is None:
            self.shared = Path.cwd()

    def objective(self, checkpoints: Path) -> Objective:
        """The function."""
        capture = self._spec.dispatch.executor != "serial"
        return FunctionObjective(
            self._reference,
            checkpoints,
            self._spec.search.ranks_by.name,
            capture,
            self._function,
            workdir=self._workdir,
            again=self._again,
            slots=self.slots,
            yielding=self._yielding(),
        )

    def _yielding(self) -> Yielding | None:
        if self._signature is None or not self._signature.yields:
            return None
        spec = self._spec
        paused = max(1, spec.dispatch.paused // trials_at_once(spec, self.slots, available_cores()))
        patience = PATIENCE if self._timeout is None else min(PATIENCE, self._timeout * _SHARE)
        return Yielding(spec.objective.epochs, spec.search.ranks_by.sign, paused, patience)

    def code(self) -> dict[str, str]:
        """The module and what it imports; what only this process has is known to no file."""
        reference = self._reference
        if reference.module == HERE or (source := reference.source()) is None:
            return {}
        packages = () if reference.is_file else module_files(reference.module, [reference.folder])
        return digests([source, *packages], reference.folder)


def _misfits(spec: Spec, signature: Signature, function: str) -> Iterator[Finding]:
    """Parameters that the function does not take, and what it needs and does not get."""
    for name in spec.space:
        if name not in signature.names and not signature.anything:
            hint = (
                did_you_mean(name, signature.names) or f"; it takes {', '.join(signature.names) or 'nothing'}"
            )
            yield Finding(("space", name), f"is not taken by {function}{hint}")
    for name in signature.required:
        if name in FunctionSettings.given:
            continue
        if name not in spec.space:
            remedy = "give it a default, or search it"
            yield Finding(
                ("objective", "function"), f"{function} needs {name!r}, which the space lacks; {remedy}"
            )
        elif spec.space[name].when:
            remedy = f"give it a default in {function} for where it does not hold"
            yield Finding(("space", name, "when"), f"is a condition, and {function} needs {name!r}; {remedy}")
    if spec.objective.epochs > 1 and not signature.takes_epochs:
        remedy = f"remove it, or let {function} take epochs, or yield its score once per epoch"
        message = f"is never told to {function}; {remedy} (got {show(spec.objective.epochs)})"
        yield Finding(("objective", "epochs"), message)

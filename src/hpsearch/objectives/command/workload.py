"""What a search of a command works on."""

from __future__ import annotations

from pathlib import Path

from hpsearch.config.origins import Finding
from hpsearch.config.schema import Spec
from hpsearch.core.errors import InputError
from hpsearch.objectives.answers import SEEDING
from hpsearch.objectives.base import Objective
from hpsearch.objectives.code import digests
from hpsearch.objectives.command.pausing import Between, Pausing
from hpsearch.objectives.command.program import absent_script, mentions, named_files, program_of, spelled
from hpsearch.objectives.command.rules import names_used
from hpsearch.objectives.command.runner import CommandObjective
from hpsearch.objectives.command.settings import CommandSettings
from hpsearch.objectives.command.settings_file import SettingsFile, read
from hpsearch.objectives.kind import refused
from hpsearch.objectives.own import OwnWorkload


class CommandWorkload(OwnWorkload):
    """A command, whose program has been looked up."""

    preload: tuple[str, ...] = ("hpsearch.objectives.command.runner", SEEDING)

    def __init__(self, spec: Spec) -> None:
        super().__init__(spec)
        assert isinstance(spec.objective, CommandSettings)
        self._objective = spec.objective
        self._folder = spec.objective.dir or Path()
        if not self._folder.is_dir():
            raise refused(spec, [Finding(("objective", "dir"), f"is no folder (got {self._folder})")])
        try:
            program_of(self._objective.command[0], self._folder)
        except InputError as error:
            raise refused(spec, [Finding(("objective", "command", 0), str(error))]) from None
        self._spelled = spelled(self._objective.command, spec.space, self._folder)
        if message := absent_script(self._spelled, self._folder):
            raise refused(spec, [Finding(("objective", "command", 1), message)])

        self._settings = self._settings_file()
        if self._settings:
            self.preload = (*self.preload, SettingsFile.__module__)
        if self._workdir is None:
            self.shared = self._folder

    def _settings_file(self) -> SettingsFile | None:
        spec, config = self._spec, self._objective.config
        if config is None:
            return None
        try:
            return read(getattr(config, "from"), self._objective.changes(spec.space))
        except InputError as error:
            raise refused(spec, [Finding(("objective", "config", "from"), str(error))]) from None

    def objective(self, checkpoints: Path) -> Objective:
        """The command."""
        spec = self._spec
        command, metric = self._objective.command, spec.search.ranks_by.name
        return CommandObjective(
            command,
            tuple(spec.space),
            self._folder,
            checkpoints,
            metric,
            self._timeout,
            self._workdir,
            self._again,
            self._objective.env,
            self._settings,
            self._objective.reading,
            self._pausing(),
            slots=self.slots,
            grace=spec.dispatch.grace,
        )

    def _pausing(self) -> Pausing | None:
        """How the command is stopped early by what it prints; None where it is not."""
        own, spec = self._objective, self._spec
        if not own.pauses or spec.search.halving is None:
            return None
        between: Between = "restart" if own.pause == "restart" else "stop"
        ranks_by, most = spec.search.ranks_by, spec.dispatch.paused
        return Pausing(own.epochs, ranks_by, between, most, placed=self._knows_its_slot())

    def _knows_its_slot(self) -> bool:
        """Whether the command has cards, or is told of its slot, as far as can be seen."""
        told = {"slot", "gpu"} & names_used(self._objective.texts)
        return bool(self.slots.cards or told) or mentions("HPSEARCH_SLOT", self._spelled, self._folder)

    def code(self) -> dict[str, str]:
        """The files that the command names, with what those in Python import."""
        settings = [self._settings.base] if self._settings else []
        return digests([*named_files(self._spelled, self._folder), *settings], self._folder)

    def timeout(self) -> float | None:
        """Later than the objective's own, which ends the command and keeps what it said."""
        if self._timeout is None:
            return None
        # It may also wait for the grace of an earlier command of its slot to end.
        return self._timeout + 2 * self._spec.dispatch.grace + 15

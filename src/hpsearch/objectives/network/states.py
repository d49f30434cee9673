"""The states of trials on the disk. Each says whose it is: what does not is not gone on from."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

from msgspec import Struct

from hpsearch.core.trial import Epochs, Job, Trial
from hpsearch.nn.state import State, label_of
from hpsearch.storage.atomic import replacing

#: A path, whose content the fingerprint of the data tells: a project that moves keeps its states.
_ELSEWHERE = "init_file"


def settings_digest(fixed: Mapping[str, Any], fingerprint: str, seed: int, epochs: int) -> str:
    """What decides every training of a search beside its trial, as one text.

    Args:
        fixed: the objective's own hyperparameters.
        fingerprint: of the data, and of the weights that a network may start from.
        seed: of the search.
        epochs: a full training.
    """
    own = {name: value for name, value in fixed.items() if name != _ELSEWHERE}
    return _digest(own, fingerprint, seed, epochs)


class States(Struct, frozen=True):
    """Those of a search, in `folder`; `settings` is the digest of what decides its trainings."""

    folder: Path
    settings: str

    def load(self, job: Job) -> State | None:
        """That of a job after the epochs that lie behind it; None unless there is one, and it is this job's."""
        path = state_file(self.folder, job.trial.number, job.start)
        try:
            state = State.load(path) if label_of(path) == self._owner(job) else None
        except Exception:  # a state is a cache: whatever is wrong with its file, training again mends it
            return None
        return state if state and state.epoch == job.start else None

    def save(self, job: Job, state: State) -> None:
        """Keep that of a trained job; a disk that is full costs the time to train again, never the result."""
        with suppress(OSError), replacing(state_file(self.folder, job.trial.number, job.epochs)) as stream:
            state.write(stream, self._owner(job))

    def tidy(self, keep: Collection[tuple[int, Epochs]]) -> None:
        """Delete every state but those of (trial number, epochs) in `keep`, as far as they can be."""
        kept = {state_file(self.folder, *state) for state in keep}
        for path in self.folder.glob("trial*.npz"):
            if path not in kept:
                with suppress(OSError):
                    path.unlink()

    def _owner(self, job: Job) -> str:
        trial: Trial = job.trial
        return _digest(self.settings, trial.number, trial.seed, trial.config, job.replicate)


def state_file(checkpoints: Path, number: int, epochs: Epochs) -> Path:
    """Where the state of a trial after so many epochs is kept."""
    return checkpoints / f"trial{number}-epochs{epochs}.npz"


def _digest(*facts: Any) -> str:
    return sha256(json.dumps(facts, sort_keys=True, default=str).encode()).hexdigest()

"""The weights that a recorded trial ended with, for another training to begin with."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace
from numpy.typing import NDArray

from hpsearch.actions.model import network_workload
from hpsearch.core.errors import InputError
from hpsearch.core.trial import Job
from hpsearch.engine.run import Run
from hpsearch.executors import one_blas_thread
from hpsearch.objectives.network.settings import network_of
from hpsearch.objectives.network.states import States, settings_digest
from hpsearch.storage.temporary import temporary_folder


def last_job(run: Run, number: int) -> Job:
    """The training of a trial in the search itself, as far as it ended well.

    Raises:
        InputError: there is no such trial, or it never did.
    """
    if number not in run.trials:
        raise InputError(f"the run has no trial {number}; it has 0 to {len(run.trials) - 1}")
    done = [result.epochs for result in run.searched(number) if result.status == "done"]
    if not done:
        raise InputError(f"trial {number} has no training that ended well; see: hpsearch show {run.name}")
    return Job(run.trials[number], done[-1])


def saved_weights(run: Run, job: Job) -> NDArray[Any] | None:
    """The parameters (P,) after a job, if its state was kept; of a cross-validation, those of fold 0.

    Raises:
        InputError: the objective is the user's own.
    """
    spec = run.spec
    decides = settings_digest(network_of(spec).hyperparameters(), run.data, spec.seed, spec.objective.epochs)
    state = States(run.folder.checkpoints, decides).load(replace(job, start=job.epochs))
    return None if state is None else state.parameters[0]


def trained_again(run: Run, job: Job) -> NDArray[Any]:
    """The same to the bit, where no state was kept.

    Raises:
        InputError: the data is not what it was, or cannot be read.
    """
    workload = network_workload(run)
    one_blas_thread()
    with temporary_folder() as place:
        workload.store(place)
        _, parameters = workload.objective(place).fitted(job)
    return parameters
